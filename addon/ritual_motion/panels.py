"""The panel in the 3D view's sidebar. Drawing reads what is known already: nothing slow, no HTTP, no file."""

from __future__ import annotations

import functools
import json
import textwrap

import bpy

from . import action, backdrop_panel, catalogue, picture_panel, properties, result, starting_pose, work
from .backend_client import BackendError
from .job import Status
from .layout import headed, text_width, wrapped

_SHOWN_SPANS = 8
_PIXELS_PER_BLOCK = 7.4  # of the interface's own font at scale 1
_SOURCE_LETTERS = 160


class RITUAL_PT_motion(bpy.types.Panel):
    """What to dance, the button, how far it is, and what the rules said."""

    bl_idname = "RITUAL_PT_motion"
    bl_label = "Ritual Motion"
    bl_category = "Ritual Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: bpy.types.Context) -> None:
        layout, status = self.layout, work.status()
        if catalogue.known():
            _draw_brief(layout, context)
        elif not work.busy():
            wrapped(layout, context, "The dances come from the backend's knowledge graph.")
            layout.operator("ritual.connect", icon="LINKED")
        if catalogue.outdated():
            wrapped(layout, context, catalogue.outdated(), icon="ERROR")
        if work.busy():
            _draw_progress(layout, context, status)
        elif status.error is not None and status.phase == "failed":
            _draw_error(layout, context, status.error)
        elif status.phase == "cancelled":
            headed(layout, "Cancelled", "X").operator("ritual.dismiss", text="", icon="PANEL_CLOSE", emboss=False)


class RITUAL_PT_report(bpy.types.Panel):
    """The variants of the last generation and the report of the one that is shown."""

    bl_idname = "RITUAL_PT_report"
    bl_label = "Report"
    bl_category = "Ritual Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "RITUAL_PT_motion"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return bool(context.scene.ritual.results)

    def draw(self, context: bpy.types.Context) -> None:
        layout, settings = self.layout, context.scene.ritual
        if warning := result.fps_mismatch(context.scene):
            wrapped(layout, context, warning, icon="ERROR")
        for note in json.loads(settings.notes or "[]"):
            wrapped(layout, context, note, icon="INFO")
        column = layout.column(align=True)
        for number, variant in enumerate(settings.results):
            _draw_variant(column, number, variant, number == settings.shown)
        column = layout.column(align=True)
        column.operator("ritual.check", icon="VIEWZOOM")
        _draw_regenerate(column, context.scene)
        if work.checked():
            _draw_check(layout, context, work.checked())
        if settings.shown < len(settings.results):
            _draw_report(layout, context, _report(settings.results[settings.shown].report))


def _draw_manner(column: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    """Tempo, loop and the two sliders, folded away until they are wanted."""
    icon = "TRIA_DOWN" if settings.show_manner else "TRIA_RIGHT"
    fold = column.row()
    fold.use_property_split = False
    fold.alignment = "LEFT"
    fold.prop(settings, "show_manner", icon=icon, emboss=False)
    if settings.show_manner:
        column.prop(settings, "bpm")
        column.prop(settings, "loop")
        column.prop(settings, "style", slider=True)
        column.prop(settings, "energy", slider=True)


def _draw_from_pose(
    column: bpy.types.UILayout, context: bpy.types.Context, settings: bpy.types.PropertyGroup
) -> None:
    """The switch; grey until a performer is selected, but one that is on can always be switched off."""
    nobody = starting_pose.performer(context) is None
    row = column.row()
    row.enabled = settings.from_pose or not nobody
    row.prop(settings, "from_pose")
    if settings.from_pose and nobody:
        wrapped(column, context, starting_pose.NOBODY, icon="ERROR")


def _draw_brief(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    settings = context.scene.ritual
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.enabled = not work.busy()
    row = column.row(align=True)
    row.prop(settings, "group")
    row.operator("ritual.connect", text="", icon="FILE_REFRESH")
    column.prop(settings, "dance")
    column.prop(settings, "performer")
    column.prop(settings, "occasion")
    column.prop(settings, "seconds")
    column.prop(settings, "variants")
    column.prop(settings, "seed")
    _draw_from_pose(column, context, settings)
    _draw_manner(column, settings)
    sentence = layout.column(align=True)  # the whole width: sentences are long
    sentence.enabled = not work.busy()
    sentence.label(text="The motion in a sentence:")
    sentence.prop(settings, "prompt", text="")
    if not work.busy():
        row = layout.row()
        row.scale_y = 1.6
        row.enabled = bool(settings.prompt.strip())
        row.operator("ritual.generate", icon="ARMATURE_DATA")


def _draw_progress(layout: bpy.types.UILayout, context: bpy.types.Context, status: Status) -> None:
    column = layout.column(align=True)
    left = f" · {status.eta:.0f} s left" if status.eta is not None else ""
    if hasattr(column, "progress"):  # Blender 4.0 and later
        column.progress(factor=status.factor or 0.0, text=status.text + left)
    else:
        column.label(text=status.text + left, icon="SORTTIME")
        length = int(text_width(context) / _PIXELS_PER_BLOCK)
        done = round(length * (status.factor or 0.0))
        column.label(text="█" * done + "░" * (length - done))
    column.operator("ritual.cancel", icon="CANCEL")


def _draw_error(layout: bpy.types.UILayout, context: bpy.types.Context, error: BackendError) -> None:
    box = layout.box()
    title = "A rule forbids this" if error.code == "refused" else "That did not work"
    headed(box, title, "ERROR").operator("ritual.dismiss", text="", icon="PANEL_CLOSE", emboss=False)
    wrapped(box, context, error.message)
    for refusal in error.refusals:
        for word, key in (("Rule", "text"), ("Source", "source"), ("Allowed", "allowed")):
            if refusal.get(key) and str(refusal[key]) not in error.message:
                wrapped(box, context, f"{word}: {refusal[key]}")
    if error.hint and not error.refusals:  # the refusals have said what is allowed
        wrapped(box, context, error.hint, icon="INFO")


def _draw_variant(
    layout: bpy.types.UILayout, number: int, variant: bpy.types.PropertyGroup, shown: bool
) -> None:
    report = _report(variant.report)
    count = len(report.get("interceptions", ()))
    said = "no rule was touched" if not count else f"{count} span{'s' if count > 1 else ''} replaced"
    icon = "CHECKMARK" if report.get("compliant") else "ERROR"
    row = layout.row(align=True)
    row.operator(
        "ritual.show_variant", text=f"Variant {number + 1}: {said}", icon=icon, depress=shown
    ).number = number


def _draw_report(layout: bpy.types.UILayout, context: bpy.types.Context, report: dict) -> None:
    spans = report.get("interceptions", [])
    for span in spans[:_SHOWN_SPANS]:
        box = layout.box()
        row = headed(box, _title(span), "MARKER_HLT")
        row.operator("ritual.go_to", text="", icon="TRACKING_FORWARDS_SINGLE", emboss=False).frame = (
            action.FIRST_FRAME + span["start_frame"]
        )
        wrapped(box, context, f"{span.get('text') or span['rule']}")
        wrapped(box, context, f"Now: {span['replaced_by']}")
        wrapped(box, context, f"Source: {textwrap.shorten(span['source'], _SOURCE_LETTERS, placeholder=' ...')}")
    if len(spans) > _SHOWN_SPANS:
        layout.label(text=f"and {len(spans) - _SHOWN_SPANS} more; the markers show all")


def _draw_regenerate(layout: bpy.types.UILayout, scene: bpy.types.Scene) -> None:
    row = layout.row()
    row.enabled = scene.use_preview_range
    span = f"frames {scene.frame_preview_start} to {scene.frame_preview_end}" if row.enabled else "span"
    row.operator("ritual.regenerate", text=f"Regenerate {span}", icon="FILE_REFRESH")


def _draw_check(layout: bpy.types.UILayout, context: bpy.types.Context, checked: dict) -> None:
    violations = checked["violations"]
    said = f"{checked['frames']} frames keep every rule" if checked["compliant"] else "The motion now breaks a rule"
    headed(layout, said, "CHECKMARK" if checked["compliant"] else "ERROR").operator(
        "ritual.dismiss", text="", icon="PANEL_CLOSE", emboss=False
    )
    rate = properties.frame_rate(context.scene)
    for violation in violations[:_SHOWN_SPANS]:
        box = layout.box()
        start, end = (context.scene.frame_start + round(violation[key] * rate) for key in ("start", "end"))
        row = headed(box, f"Frames {start} to {end}: {violation['angle'].replace('_', ' ')}", "MARKER_HLT")
        row.operator("ritual.go_to", text="", icon="TRACKING_FORWARDS_SINGLE", emboss=False).frame = start
        low, high = violation["allowed_deg"]
        wrapped(box, context, f"{violation['value_deg']:.1f} deg; allowed {low:g} to {high:g} deg")
        wrapped(box, context, violation["text"])


def _title(span: dict) -> str:
    start, end = (action.FIRST_FRAME + span[key] for key in ("start_frame", "end_frame"))
    frames = f"Frame {start}" if start == end else f"Frames {start} to {end}"
    return f"{frames}: {span['angle'].replace('_', ' ')}"


@functools.lru_cache(maxsize=64)
def _report(text: str) -> dict:
    return json.loads(text) if text else {}


CLASSES = (RITUAL_PT_motion, *picture_panel.CLASSES, *backdrop_panel.CLASSES, RITUAL_PT_report)

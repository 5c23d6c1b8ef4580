"""The panel **Symbols and pictures**: what an image shows, in words, and which symbols the costume shows."""

from __future__ import annotations

import bpy

from . import catalogue, symbols, work
from .costume import drawn
from .layout import headed, wrapped

_LIKELY = 0.05  # of a form or a concept; what is less likely than that is not told
_PREVIEW = 5.0  # height of the picture, in rows


class RITUAL_PT_symbols(bpy.types.Panel):
    """An image, the question what it is, and the answer."""

    bl_idname = "RITUAL_PT_symbols"
    bl_label = "Symbols and pictures"
    bl_category = "Ritual Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "RITUAL_PT_motion"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return catalogue.known()

    def draw(self, context: bpy.types.Context) -> None:
        layout, settings = self.layout, context.scene.ritual
        _draw_chosen(layout, context)
        layout.template_ID(settings, "picture", open="image.open")
        layout.operator("ritual.describe", icon="VIEWZOOM")
        image = settings.picture
        if image is not None and work.seen(image.name):
            if image.preview is not None:
                layout.template_icon(icon_value=image.preview.icon_id, scale=_PREVIEW)
            _draw_seen(layout, context, work.seen(image.name))


def _draw_chosen(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The symbols that the brief puts on the costume, each with a button that takes it off."""
    chosen = symbols.chosen(context.scene)
    if chosen:
        layout.label(text="On the costume, beside its own:")
    for slug, name in chosen.items():
        headed(layout, name, "CHECKMARK").operator("ritual.drop_symbol", text="", icon="X", emboss=False).symbol = slug
        if drawn(slug) is None:
            wrapped(layout, context, "The border has no drawing of it.", icon="BLANK1")


def _draw_seen(layout: bpy.types.UILayout, context: bpy.types.Context, seen: dict) -> None:
    box = layout.box()
    wrapped(box, context, f"Form: {listed(seen['form'])}")
    for sentence in meanings(seen, catalogue.occasion_names()):
        wrapped(box, context, sentence)
    for note in seen["notes"]:
        wrapped(box, context, f"{note[:1].upper()}{note[1:]}", icon="INFO")
    if not seen["symbols"]:
        wrapped(box, context, "It is like no symbol of the graph.")
    for symbol in seen["symbols"]:
        _draw_symbol(layout.box(), context, symbol, [text for slug, text in seen["taboos"] if slug == symbol["slug"]])


def _draw_symbol(layout: bpy.types.UILayout, context: bpy.types.Context, symbol: dict, taboos: list[str]) -> None:
    people = ", ".join(symbol["groups"])
    wrapped(layout, context, f"May be: {symbol['label']} ({people}), {symbol['confidence']:.2f}", icon="IMAGE_DATA")
    if symbol["meanings"]:
        wrapped(layout, context, f"The graph: {', '.join(symbol['meanings'])}")
    for taboo in taboos:
        wrapped(layout, context, taboo, icon="ERROR")
    layout.operator("ritual.use_symbol", icon="ADD").symbol = symbol["slug"]


def meanings(seen: dict, occasions: dict[str, str]) -> list[str]:
    """What it means, a sentence for each occasion that it was asked about.

    Args:
        seen: a reply of /v1/pictures/describe.
        occasions: names of the occasions, by slug.
    """
    return [
        f"Means {f'at or on {occasions.get(slug, slug)}' if slug else 'where nothing is said'}: {listed(concepts)}"
        for slug, concepts in seen["concepts"].items()
    ]


def listed(likely: list[dict]) -> str:
    """Names with how sure the memory is: the first, and all that are likely at all."""
    told = [one for n, one in enumerate(likely) if n == 0 or one["confidence"] >= _LIKELY]
    return ", ".join(f"{one['label']} {one['confidence']:.2f}" for one in told)


CLASSES = (RITUAL_PT_symbols,)

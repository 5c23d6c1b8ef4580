"""The buttons about symbols: what a picture is, and which symbols the costume shows."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .. import catalogue, picture, preferences, starting_pose, symbols, work
from ..backend_client import Picture
from ..job import Session
from .doing import do


class RITUAL_OT_describe(bpy.types.Operator):
    """Ask the memory of patterns what the picture is, and what it means at the occasion that is chosen"""

    bl_idname = "ritual.describe"
    bl_label = "What is this?"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return not work.busy() and context.scene.ritual.picture is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        image = context.scene.ritual.picture
        try:
            asked = Picture(picture.read(image), image.name, _place(context.scene.ritual))
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        image.preview_ensure()
        return do(self, context, Session(preferences.launch(context), picture=asked))


class RITUAL_OT_use_symbol(bpy.types.Operator):
    """Let the costume show this symbol, if the rules allow it: in the next generation, and on the selected performer"""

    bl_idname = "ritual.use_symbol"
    bl_label = "Use as symbol"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # no UNDO: the one undo step is pushed when the rules have answered

    symbol: bpy.props.StringProperty(description="Slug of the symbol", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not work.busy()

    def execute(self, context: bpy.types.Context) -> set[str]:
        others = [slug for slug in symbols.chosen(context.scene) if slug != self.symbol]
        return _dress(self, context, [self.symbol, *others])


class RITUAL_OT_drop_symbol(bpy.types.Operator):
    """Take this symbol off the costume again"""

    bl_idname = "ritual.drop_symbol"
    bl_label = "Take off"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # as `ritual.use_symbol`

    symbol: bpy.props.StringProperty(description="Slug of the symbol", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not work.busy()

    def execute(self, context: bpy.types.Context) -> set[str]:
        return _dress(self, context, [slug for slug in symbols.chosen(context.scene) if slug != self.symbol])


def _place(settings: bpy.types.PropertyGroup) -> dict:
    """Where the picture is seen, as the panel says it; what it leaves to the dance is the dance's own."""
    dance = catalogue.dance(settings.dance) or {"occasions": []}
    own = {"occasion": next(iter(dance["occasions"]), None), "performer": dance.get("default_performer")}
    said = {key: getattr(settings, key) for key in own}
    said = {key: own[key] if value == catalogue.AUTO else value for key, value in said.items()}
    return {key: value for key, value in {**said, "group": dance.get("group")}.items() if value}


def _dress(operator: bpy.types.Operator, context: bpy.types.Context, patterns: list[str]) -> set[str]:
    armature = starting_pose.performer(context)
    try:
        asked = symbols.question(context.scene, armature, patterns)
    except ValueError as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    onto = armature.name if armature is not None else ""
    return do(operator, context, Session(preferences.launch(context), dress=asked, onto=onto))


CLASSES = (RITUAL_OT_describe, RITUAL_OT_use_symbol, RITUAL_OT_drop_symbol)

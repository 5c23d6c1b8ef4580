"""The button **Generate ritual motion**, and the one that takes it back while it runs."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .. import catalogue, preferences, properties, starting_pose, work
from ..job import Session
from .doing import do


class RITUAL_OT_generate(bpy.types.Operator):
    """Generate motion that the culture's rules allow, and give it to the performer"""

    bl_idname = "ritual.generate"
    bl_label = "Generate ritual motion"
    # No UNDO: with a window this only starts the work; the one undo step is pushed when the result is there.
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    prompt: bpy.props.StringProperty(description="Empty: the prompt in the panel", options={"SKIP_SAVE"})
    dance: bpy.props.StringProperty(description="Slug; empty: the dance in the panel", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not work.busy()

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            brief = _asked(context, self.prompt, self.dance)
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return do(self, context, Session(preferences.launch(context), brief))


class RITUAL_OT_cancel(bpy.types.Operator):
    """Cancel the generation, on the backend too; the scene stays as it is"""

    bl_idname = "ritual.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return work.busy()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        work.cancel()
        return {"FINISHED"}


def _asked(context: bpy.types.Context, prompt: str, dance: str) -> dict:
    """The brief of the panel, or with another prompt or dance.

    Raises:
        ValueError: it need not even be sent; everything else the backend says.
    """
    brief = properties.brief(context.scene)
    brief["prompt"], brief["dance"] = prompt or brief["prompt"], dance or brief["dance"]
    if not brief["prompt"].strip():
        raise ValueError("The prompt is empty: describe the motion in a sentence.")
    if not brief["dance"] or brief["dance"] == "NONE":
        known = catalogue.known()
        raise ValueError("No dance is chosen." if known else "No dance is chosen: connect to the backend first.")
    if context.scene.ritual.from_pose:
        brief["pose"] = starting_pose.read(context)
    return brief


CLASSES = (RITUAL_OT_generate, RITUAL_OT_cancel)

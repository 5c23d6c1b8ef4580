"""The buttons of the result: play another variant, go to where a rule was kept."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .. import result, work


class RITUAL_OT_show_variant(bpy.types.Operator):
    """Let the performer play this variant, with its markers and its report"""

    bl_idname = "ritual.show_variant"
    bl_label = "Show variant"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    number: bpy.props.IntProperty(min=0, description="Counted from 0", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        if self.number >= len(context.scene.ritual.results):
            self.report({"ERROR"}, f"There is no variant {self.number + 1}.")
            return {"CANCELLED"}
        try:
            result.show(context.scene, self.number)
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        work.clear()  # what was checked was the other variant
        return {"FINISHED"}


class RITUAL_OT_go_to(bpy.types.Operator):
    """Go to the frame where the rule was kept"""

    bl_idname = "ritual.go_to"
    bl_label = "Go to"

    frame: bpy.props.IntProperty(options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.scene.frame_set(self.frame)
        return {"FINISHED"}


CLASSES = (RITUAL_OT_show_variant, RITUAL_OT_go_to)

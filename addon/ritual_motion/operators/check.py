"""The button that asks the rules about the motion as it is now, edits included."""

from __future__ import annotations

import bpy

from .. import check, preferences, work
from ..job import Session
from .doing import do_with_poses


class RITUAL_OT_check(bpy.types.Operator):
    """Ask the dance's rules about the motion as it plays now, with whatever has been edited since"""

    bl_idname = "ritual.check"
    bl_label = "Check the motion as it is now"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return not work.busy() and context.scene.ritual.performer_object is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = context.scene
        try:
            asked = check.question(scene)
            frames = check.read(scene.name, scene.ritual.performer_object.name)
            launch = preferences.launch(context)
            total = scene.frame_end - scene.frame_start + 1
            return do_with_poses(
                self, context, frames, total, lambda poses: Session(launch, motion=asked | check.motion(poses))
            )
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}


CLASSES = (RITUAL_OT_check,)

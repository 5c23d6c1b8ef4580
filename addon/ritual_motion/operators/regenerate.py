"""The button that dances a span of the performer's action anew."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .. import check, preferences, span, work
from ..check import Pose
from ..job import Session
from .doing import do_with_poses


class RITUAL_OT_regenerate(bpy.types.Operator):
    """Dance the frames of the preview range (P in the timeline) anew, after the sentence above; all others stay"""

    bl_idname = "ritual.regenerate"
    bl_label = "Regenerate span"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # no UNDO, as in `ritual.generate`

    start: bpy.props.IntProperty(
        description="First new frame; 0 = that of the preview range", min=0, options={"SKIP_SAVE"}
    )
    end: bpy.props.IntProperty(description="Last new frame", min=0, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return not work.busy() and context.scene.ritual.performer_object is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = context.scene
        try:
            brief, edit = span.question(scene, *span.chosen(scene, self.start, self.end))
            armature = scene.ritual.performer_object
            name, (first, last) = armature.name, span.frames(armature)
            poses = check.read(scene.name, name, (first, last), world=False)
            launch = preferences.launch(context)

            def session(poses: list[Pose]) -> Session:
                motion = edit["motion"] | check.motion(poses)
                return Session(launch, brief, edit=edit | {"motion": motion}, onto=name)

            return do_with_poses(self, context, poses, last - first + 1, session)
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}


CLASSES = (RITUAL_OT_regenerate,)

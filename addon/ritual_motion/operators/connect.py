"""The button that reads the list of dances off the backend (and starts it if it must)."""

from __future__ import annotations

import bpy

from .. import preferences, work
from ..job import Session
from .doing import do


class RITUAL_OT_connect(bpy.types.Operator):
    """Start the backend if it must be started, and read the dances of its knowledge graph"""

    bl_idname = "ritual.connect"
    bl_label = "Connect"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not work.busy()

    def execute(self, context: bpy.types.Context) -> set[str]:
        return do(self, context, Session(preferences.launch(context)))


class RITUAL_OT_dismiss(bpy.types.Operator):
    """Take the message off the panel"""

    bl_idname = "ritual.dismiss"
    bl_label = "Dismiss"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        work.clear()
        return {"FINISHED"}


CLASSES = (RITUAL_OT_connect, RITUAL_OT_dismiss)

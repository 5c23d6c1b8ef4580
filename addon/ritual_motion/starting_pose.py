"""The pose that a motion is to begin in: that of the selected performer, as Blender shows it now."""

from __future__ import annotations

import bpy

from . import rig

_DIGITS = 6
NOBODY = "No performer is selected: select one, or switch 'Start from the current pose' off."


def performer(context: bpy.types.Context) -> bpy.types.Object | None:
    """The performer that is selected, itself or by a mesh of its body; the active one where there are several."""
    objects = context.view_layer.objects
    active = [objects.active] if objects.active is not None and objects.active.select_get() else []
    for obj in (*active, *objects.selected):
        armature = obj if obj.type == "ARMATURE" else obj.parent
        if armature is not None and rig.SKELETON_KEY in armature:
            return armature
    return None


def read(context: bpy.types.Context) -> list[float]:
    """The 36 angles [rad] of the selected performer's pose: evaluated, constraints and drivers included.

    Raises:
        ValueError: no performer is selected, or its bones are being edited and it shows no pose.
    """
    armature = performer(context)
    if armature is None:
        raise ValueError(NOBODY)
    if armature.mode == "EDIT":
        raise ValueError(f"The bones of '{armature.name}' are being edited; leave Edit Mode to start from its pose.")
    return [round(angle, _DIGITS) for angle in rig.read_angles(armature)]

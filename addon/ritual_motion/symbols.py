"""Symbols that a brief puts on the costume beside the graph's own, and the costume that shows them."""

from __future__ import annotations

import json
import re

import bpy

from . import catalogue, compat, materials, rig
from .costume import Costume, drawn
from .result import BRIEF_KEY

_TRIM = re.compile(r" trim(\.\d+)?$")  # how `Wardrobe` names that stuff


def chosen(scene: bpy.types.Scene) -> dict[str, str]:
    """Names of the symbols of the scene's brief, by slug, the newest first."""
    return json.loads(scene.ritual.symbols or "{}")


def keep(scene: bpy.types.Scene, patterns: list[str], names: dict[str, str]) -> None:
    """Let the brief show these symbols (slugs) and no others."""
    scene.ritual.symbols = json.dumps({slug: names[slug] for slug in patterns}) if patterns else ""


def question(scene: bpy.types.Scene, armature: bpy.types.Object | None, patterns: list[str]) -> dict:
    """The fields of a DressRequest: for the dance that the performer dances, else for the one in the panel.

    Raises:
        ValueError: no dance is chosen.
    """
    settings, action = scene.ritual, None
    if armature is not None and armature.animation_data:
        action = armature.animation_data.action
    if action is not None and BRIEF_KEY in action:
        brief, _variant = json.loads(action[BRIEF_KEY])
        return {key: brief[key] for key in ("dance", "performer", "occasion")} | {"patterns": patterns}
    if catalogue.dance(settings.dance) is None:
        raise ValueError("No dance is chosen: the rules on a costume are those of its dance.")
    asked = {"performer": settings.performer, "occasion": settings.occasion}
    named = {key: None if value == catalogue.AUTO else value for key, value in asked.items()}
    return {"dance": settings.dance, **named, "patterns": patterns}


def put_on(armature_name: str, patterns: list[str]) -> bool:
    """Let a performer's costume show these symbols; returns whether its border changed.

    Args:
        armature_name: made by `rig.make_performer`.
        patterns: slugs of all that it shows; the border is that of the first that has a drawing.

    Raises:
        ValueError: it is gone, or was not made here.
    """
    armature = bpy.data.objects.get(armature_name)
    if armature is None or rig.LOOK_KEY not in armature:
        raise ValueError(f"The performer '{armature_name}' is gone: its costume was not changed.")
    skeleton, table = json.loads(armature[rig.LOOK_KEY])
    before, table = Costume.from_table(table), {**table, "patterns": patterns}
    after = Costume.from_table(table)
    armature[rig.LOOK_KEY] = json.dumps([skeleton, table], sort_keys=True)
    if after.border == before.border:
        return False
    for material in _trims(armature):
        texture = next(node for node in compat.node_tree(material).nodes if node.type == "TEX_IMAGE")
        former, texture.image = texture.image, materials.border_of(after, f"{armature_name} trim")
        if former is not None and not former.users:
            bpy.data.images.remove(former)
    return True


def told(patterns: list[str], names: dict[str, str], performer: str) -> str:
    """What came of it, in a sentence: the symbols (slugs) that were asked for, and who wears them."""
    if not patterns:
        return "The costume is the dance's own again"
    if not performer:
        return f"To be worn from the next generation on: {names[patterns[0]]}"
    undrawn = "" if drawn(patterns[0]) else ", which the border has no drawing of"
    return f"On the costume: {names[patterns[0]]}{undrawn}"


def _trims(armature: bpy.types.Object) -> list[bpy.types.Material]:
    found = {
        slot.material.name: slot.material
        for child in armature.children
        for slot in child.material_slots
        if slot.material is not None and _TRIM.search(slot.material.name)
    }
    return list(found.values())

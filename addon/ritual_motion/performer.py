"""The built-in performer: a costumed dancer made from nothing, skinned to the 24 bones.

Two meshes: `body` for all that sits on the limbs, `drape` for what hangs (skirt, sash ends) and spans two legs.
"""

from __future__ import annotations

import bpy

from . import compat, figure, garments, head, headdress, rig
from .costume import Costume
from .loft import Cloth
from .materials import Wardrobe

_PART_KEY = "ritual_motion_part"


def body_of(armature: bpy.types.Object) -> bpy.types.Object | None:
    """The body mesh that `make_body` hung on an armature; None if somebody removed it."""
    return next((child for child in armature.children if child.get(_PART_KEY) == "body"), None)


def make_body(armature_name: str, skeleton: dict, costume: dict) -> list[str]:
    """Dress an armature; returns the names of the mesh objects.

    Args:
        armature_name: made by `rig.make_armature` from the same skeleton.
        costume: as `meta["costume"]` of a clip, with `performer` ("female" or "male") where that is known.

    Raises:
        ValueError: a colour or kind of the costume is not one.
    """
    armature = bpy.data.objects[armature_name]
    names = [joint["name"] for joint in skeleton["joints"]]
    positions = dict(zip(names, rig.rest_positions(skeleton), strict=True))
    person = figure.Figure(positions, Costume.from_table(costume))
    wardrobe = Wardrobe(armature_name, person.costume)
    body, drape = Cloth(), Cloth()
    _dress(person, body, drape)
    made = []
    for part, cloth, volume in (("body", body, True), ("drape", drape, False)):
        obj = cloth.build(f"{armature_name} {part}", wardrobe)
        obj[_PART_KEY] = part
        compat.link(obj)
        obj.parent = armature
        bones = obj.modifiers.new("Armature", "ARMATURE")
        bones.object = armature
        bones.use_deform_preserve_volume = volume  # limbs keep their girth; cloth between the legs may thin
        made.append(obj.name)
    return made


def _dress(person: figure.Figure, body: Cloth, drape: Cloth) -> None:
    head.make_head(person, body)
    head.make_hair(person, body)
    head.make_neck(person, body)
    figure.make_hands(person, body)
    headdress.make_headdress(person, body)
    garments.make_top(person, body)
    garments.make_sash(person, body, drape)
    _BELOW[person.costume.garment](person, body, drape)


def _skirt(person: figure.Figure, body: Cloth, drape: Cloth) -> None:
    garments.make_sleeves(person, body, wide=True)
    garments.make_skirt(person, drape, hem=0.2, full=2.25, stuff="lower", pleats=17)
    figure.make_legs(person, body, "hose")
    figure.make_shoes(person, body)


def _robe(person: figure.Figure, body: Cloth, drape: Cloth) -> None:
    garments.make_sleeves(person, body, wide=not person.male)
    garments.make_skirt(person, drape, hem=0.3, full=1.85, stuff="robe", pleats=11)
    figure.make_legs(person, body, "hose")
    figure.make_shoes(person, body, boot=0.24)


def _trousers(person: figure.Figure, body: Cloth, drape: Cloth) -> None:
    garments.make_sleeves(person, body, wide=not person.male)
    garments.make_skirt(person, drape, hem=0.72, full=1.25, stuff="robe", pleats=11)
    garments.make_trousers(person, body, boot=0.2)
    figure.make_shoes(person, body, boot=0.2)


_BELOW = {"skirt": _skirt, "robe": _robe, "trousers": _trousers}

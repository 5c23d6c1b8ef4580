"""The kinds of damage by name, in the order in which they befall a thing: what fades first is torn last."""

from __future__ import annotations

from ritual.errors import BadInput, nearest
from ritual.pictures.damage.abrasion import Abrasion
from ritual.pictures.damage.curl import Curl
from ritual.pictures.damage.fading import Fading
from ritual.pictures.damage.insect import Insect
from ritual.pictures.damage.mould import Mould
from ritual.pictures.damage.occlusion import Occlusion
from ritual.pictures.damage.sheet import Kind

KINDS: dict[str, Kind] = {
    "fading": Fading(),
    "abrasion": Abrasion(),
    "mould": Mould(),
    "insect": Insect(),
    "occlusion": Occlusion(),
    "curl": Curl(),
}


def kind_of(name: str) -> Kind:
    """A kind with its usual parameters.

    Raises:
        BadInput: there is none of that name.
    """
    if name not in KINDS:
        raise BadInput(f"There is no damage '{name}'.", hint=nearest(name, KINDS))
    return KINDS[name]

"""The rows of an evaluation: pictures alone, or each beside its partner, and what is known of a real one's scene."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.evaluation.picture_sets import PictureSet, Reader, Shape
from ritual.imagery.metrics.structure import Structure, structure_of

STRUCTURE = "structure.json"
Rows = Iterator[tuple[str, tuple[Tensor, ...]]]
"""Name and (3, H, W) pictures in -1..1."""


def alone(one: PictureSet, reader: Reader, shape: Shape) -> Rows:
    """Every picture that can be read, at one size (H, W)."""
    for name, path in one.files.items():
        picture = reader.at(path, shape)
        if picture is not None:
            yield name, (picture,)


def pairs(one: PictureSet, truth: PictureSet, reader: Reader, shape: Shape, notes: list[str]) -> Rows:
    """(made at one size, made at its partner's, its partner); what has no partner is told in `notes`.

    Raises:
        BadInput: nothing has a partner.
    """
    names = [name for name in truth.files if name in one.files]
    if not names:
        raise BadInput(
            f"No picture in '{one.folder}' has the name of one in '{truth.folder}'"
            f" ('{next(iter(one.files))}', '{next(iter(truth.files))}').",
            hint="Give partners the same name, or leave --paired out.",
        )
    for lone, what in ((one.files.keys() - truth.files.keys(), one.name), (truth.files.keys() - one.files.keys(), "")):
        if lone:
            whose = f"of '{what}' have no real partner" if what else f"of the real ones have no partner in '{one.name}'"
            notes.append(f"{len(lone)} {whose} and are left out, such as {min(lone)}.")
    for name in names:
        partner, picture = reader.read(truth.files[name]), reader.read(one.files[name])
        if partner is None or picture is None:
            continue
        beside = reader.sized(one.files[name], picture, tuple(partner.shape[1:]))
        yield name, (reader.sized(one.files[name], picture, shape), beside, partner)


def scenes_of(truth: PictureSet, notes: list[str]) -> dict[str, Structure]:
    """What is told of the structure of real pictures: by structure.json in their folder or the one above it (by path
    from there), as `ritual image scenes` writes it, or by NAME.json beside a picture."""
    told: dict[Path, object] = {}
    for folder in (truth.folder.resolve().parent, truth.folder.resolve()):
        found = _read(folder / STRUCTURE, notes)
        told |= {folder / path: facts for path, facts in found.items()} if isinstance(found, dict) else {}
    scenes = {}
    for name, path in truth.files.items():
        facts = told.get(path.resolve()) or _read(path.with_suffix(".json"), notes)
        try:
            if facts is not None:
                scenes[name] = structure_of(facts, f"What is told of '{path.name}'")
        except BadInput as error:
            notes.append(str(error))
    return scenes


def _read(path: Path, notes: list[str]) -> object:
    """None = there is no such file, or it is broken, which is told."""
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError) as error:
        notes.append(f"'{path}' is no JSON that can be read: {error}.")
        return None

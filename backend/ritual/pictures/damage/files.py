"""Damage to files and folders: picture, mask and a line of what was done, for each; inputs stay as they are."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ritual.files import write_bytes, write_text
from ritual.pictures.damage.damaged import PAPER, Colour, damaged
from ritual.pictures.folder import inputs, no_input, own_names
from ritual.pictures.png import png
from ritual.pictures.reading import Picture

LINES = "damage.jsonl"
Told = Callable[[int, int, str], None]


@dataclass
class Done:
    """How a run went.

    Attributes:
        lines: what `damage.jsonl` holds: input, image, mask, seed, strengths, ground and the share that each kind hit.
        bad, noted: (path, sentence) of what could not be read, (path, notes) of what was converted.
    """

    lines: list[dict] = field(default_factory=list)
    bad: list[tuple[Path, str]] = field(default_factory=list)
    noted: list[tuple[Path, tuple[str, ...]]] = field(default_factory=list)


def damage_folder(
    places: Sequence[Path],
    out: Path,
    strengths: dict[str, float],
    seed: int = 0,
    ground: Colour = PAPER,
    on_ground: bool = False,
    tell: Told | None = None,
) -> Done:
    """Damage every picture of some files and folders.

    Args:
        out: folder for NAME-damaged.png, NAME-mask.png and damage.jsonl; what lies in it is no input.
        strengths: by kind. seed: with a picture's file name it gives the picture's own seed, which its line tells.
        on_ground: lay transparent pictures on `ground` first, so that the ground ages with them.
        tell: called with pictures done, how many there are, and the next one's name.

    Raises:
        BadInput: nothing to read, or `out` cannot be written.
    """
    folder = inputs(places, out)
    names = own_names(folder.paths)
    taken = {path.resolve() for path in folder.paths}
    done = Done()
    try:
        for picture in folder:
            if tell is not None:
                tell(len(done.lines) + len(folder.bad), len(folder.paths), picture.path.name)
            wanted = (out / f"{names[picture.path]}-{what}.png" for what in ("damaged", "mask"))
            files = [no_input(file, taken) for file in wanted]
            done.lines.append(_one(picture, files, strengths, seed, ground, on_ground))
    finally:  # also when it is stopped: what is there is told
        done.bad, done.noted = folder.bad, folder.noted
        if done.lines:
            write_text(out / LINES, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in done.lines))
    return done


def own_seed(seed: int, path: Path) -> int:
    """A picture's seed from the run's and its file name: the same wherever it lies and whatever lies beside it."""
    return zlib.crc32(f"{seed} {path.name}".encode())


def _one(
    picture: Picture, files: list[Path], strengths: dict[str, float], seed: int, ground: Colour, on_ground: bool
) -> dict:
    image = picture.rgba
    if on_ground:
        image = picture.on(ground)
    elif image[..., 3].min() == 1:
        image = image[..., :3]
    mine = own_seed(seed, picture.path)
    result = damaged(image, list(strengths), strengths, mine, ground)
    write_bytes(files[0], _png(result.image))
    write_bytes(files[1], _png(result.mask.astype(np.float32)))
    return {
        "input": str(picture.path),
        "image": files[0].name,
        "mask": files[1].name,
        "seed": mine,
        "strength": strengths,
        "ground": [round(value, 4) for value in ground],
        "on_ground": on_ground,
        "changed": round(float(result.mask.mean()), 4),
        "changed_by": {kind: round(float(mask.mean()), 4) for kind, mask in result.masks.items()},
        "notes": list(picture.notes),
    }


def _png(image: np.ndarray) -> bytes:
    return png((image * 255).round().astype(np.uint8))

"""What was made out of noise, as files: a picture or a clip for each seed, and a sheet of them."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from ritual.brief import ProgressCallback
from ritual.errors import BadInput, Refused
from ritual.files import write_bytes, written
from ritual.imagery.preparation.media import write_video
from ritual.imagery.use.canvas import Canvas
from ritual.imagery.use.folder import Done
from ritual.imagery.use.judged import Glance, Judge
from ritual.imagery.use.network import Network
from ritual.imagery.use.synthesise import FPS, synthesised, webp
from ritual.pictures.side_by_side import side_by_side


def write_synthesised(
    network: Network,
    out: Path,
    name: str,
    count: int,
    seed: int = 0,
    judge: Judge | None = None,
    tell: ProgressCallback | None = None,
    done: Done | None = None,
    *,
    together: bool = True,
    film: bool = False,
) -> Done:
    """OUT/NAME-SEED.png (a clip: .webp, or .mp4 as a `film`) for each, and NAME-sheet.png.

    Raises:
        BadInput: see `synthesised`; or `out` cannot be written.
    """
    done = Done() if done is None else done
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot make the folder {out}: {error.strerror}.") from None
    kept, began = [], time.monotonic()
    for n, made in enumerate(synthesised(network, count, seed, tell)):
        stem, still = f"{name}-{seed + n}", made if made.ndim == 3 else made[len(made) // 2]
        try:
            judgement = _judged(still, judge)
        except Refused as error:
            done.refused.append((Path(stem), error))
            continue
        if made.ndim == 4:
            file = _write_clip(out / stem, made, film)
        else:
            _write(file := out / f"{stem}.png", made)
        kept.append(made)
        height, width = still.shape[:2]
        line = {"input": "", "image": str(file), "seed": seed + n, "width": width, "height": height, "notes": []}
        line["seconds"] = round(time.monotonic() - began, 2)
        done.lines.append({**line, **({"judged": judgement} if judge else {})})
        began = time.monotonic()
    if together and len(kept) > 1:
        _write(out / f"{name}-sheet.png", side_by_side([one if one.ndim == 3 else one[len(one) // 2] for one in kept]))
    return done


def _judged(picture: np.ndarray, judge: Judge | None) -> dict:
    """What the rules say of a picture, (H, W, 3) uint8. Raises: Refused: one keeps it out."""
    if judge is None:
        return {}
    glance = Glance(*picture.shape[:2])
    glance(picture)
    judgement = judge.judge(glance.pixels)
    judgement.raise_refusal()
    return judgement.to_dict()


def _write_clip(stem: Path, clip: np.ndarray, film: bool) -> Path:
    if film:
        return write_video(stem.with_name(f"{stem.name}.mp4"), clip, FPS, crf=16)
    return write_bytes(stem.with_name(f"{stem.name}.webp"), webp(clip))


def _write(path: Path, picture: np.ndarray) -> None:
    with written(path) as file:
        Canvas(*picture.shape, iter([picture])).write(file)

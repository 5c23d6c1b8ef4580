"""Rows of pictures with their names, as one picture to look at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

_GAP, _MARGIN, _LINE = 4, 6, 16  # px
_SMALLEST = 64  # px: the side below which a picture is shown larger


def grid(rows: Mapping[str, Tensor]) -> np.ndarray:
    """(H, W, 3) uint8: a line for each name, its pictures side by side below it.

    Args:
        rows: name -> (N, 3, H, W) in -1..1, of any sizes; what is no number is shown black.
    """
    lines = {name: [_pixels(picture) for picture in pictures] for name, pictures in rows.items()}
    side = max(_SMALLEST, *(max(p.shape[:2]) for line in lines.values() for p in line))
    columns = max(len(line) for line in lines.values())
    height = len(lines) * (side + _LINE + _GAP) + 2 * _MARGIN
    sheet = Image.new("RGB", (columns * (side + _GAP) + 2 * _MARGIN, height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for at, (name, line) in enumerate(lines.items()):
        top = _MARGIN + at * (side + _LINE + _GAP)
        draw.text((_MARGIN, top), name.replace("_", " "), fill="black", font=font)
        for column, picture in enumerate(line):
            scale = side / max(picture.shape[:2])
            shape = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
            shown = Image.fromarray(picture).resize(shape, Image.Resampling.NEAREST)
            sheet.paste(shown, (_MARGIN + column * (side + _GAP), top + _LINE))
    return np.asarray(sheet)


def _pixels(picture: Tensor) -> np.ndarray:
    unit = picture.detach().float().cpu().nan_to_num(-1).clamp(-1, 1).add(1).mul(127.5).round()
    return unit.permute(1, 2, 0).numpy().astype(np.uint8)

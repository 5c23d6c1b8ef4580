"""Insect galleries as correlated random walks: what the generator learns holes from.

A larva keeps its heading but for a small turn at each step (Kareiva and Shigesada, "Analyzing insect movement as a
correlated random walk", Oecologia 56 (1983) 234-238), bores a gallery that widens as it grows, and leaves by a round
hole. Widths, lengths and turns are ours, in shares of the square: no source.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from ritual.pictures.damage.growth.size import SIZE

FINER = 4  # cells of the drawing to one of the square, for soft edges
WIDTH = (0.012, 0.028)  # radius of a gallery
TURN = (0.05, 0.3)  # standard deviation of the turn at each step [rad]
STEP = 0.01
LENGTH = (0.15, 1.2)  # of a gallery; many larvae hardly move: HOLES of them only leave a hole
HOLES = 0.4


def bore_galleries(coverage: np.ndarray, rng: np.random.Generator, size: int = SIZE) -> Tensor:
    """Galleries and holes in squares.

    Args:
        coverage: (B,) share of each square to be lost, 0..1.
        rng: of everything that is drawn.

    Returns:
        (B, size, size) what is lost, 0..1.
    """
    return torch.stack([_one(float(share), rng, size) for share in coverage])


def _one(coverage: float, rng: np.random.Generator, size: int) -> Tensor:
    side = size * FINER
    picture = Image.new("L", (side, side))
    draw = ImageDraw.Draw(picture)
    radius = rng.uniform(*WIDTH)  # one brood, one size
    lost = 0.0
    while lost < coverage:
        for number, (x, y, r) in enumerate(_larva(radius * rng.uniform(0.8, 1.25), rng)):
            draw.ellipse([(x - r) * side, (y - r) * side, (x + r) * side, (y + r) * side], fill=255)
            if number % 8 == 7:
                lost = _share(picture)
                if lost >= coverage:
                    break
        lost = _share(picture)
    small = np.asarray(picture.resize((size, size), Image.Resampling.BOX), dtype=np.float32)
    return torch.from_numpy(small / 255)


def _larva(radius: float, rng: np.random.Generator) -> np.ndarray:
    """(N, 3) x, y and radius along one gallery, its exit last; a larva turns back at the rim."""
    x, y = rng.uniform(0.02, 0.98, 2)
    if rng.random() < HOLES:
        return np.array([[x, y, radius * rng.uniform(1.0, 1.8)]])
    count = max(int(rng.uniform(*LENGTH) / STEP), 2)
    turn = rng.uniform(*TURN)
    heading = rng.uniform(0, 2 * math.pi)
    path = []
    for along in np.linspace(0.55, 1.0, count):
        path.append((x, y, radius * along))
        heading += rng.normal(0, turn)
        ahead = x + STEP * math.cos(heading), y + STEP * math.sin(heading)
        if not (0 < ahead[0] < 1 and 0 < ahead[1] < 1):
            heading += math.pi * rng.uniform(0.5, 1.5)
            ahead = x, y
        x, y = ahead
    path.append((x, y, radius * 1.3))
    return np.array(path)


def _share(picture: Image.Image) -> float:
    return picture.histogram()[255] / (picture.width * picture.height)

"""Small pictures drawn for the tests: what a translation can learn in a few steps."""

from pathlib import Path

import numpy as np
from PIL import Image


def scene(seed, side=48, colour=None):
    """(side, side, 3) uint8: discs on a ground; the same seed draws the same discs, in any colour."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    ground = rng.integers(180, 255, 3)
    picture = np.full((side, side, 3), ground if colour is None else (250, 245, 235), np.uint8)
    for _ in range(4):
        cx, cy, r = rng.uniform((0.2, 0.2, 0.08), (0.8, 0.8, 0.25))
        ink = rng.integers(0, 160, 3)
        picture[(x - cx) ** 2 + (y - cy) ** 2 < r**2] = ink if colour is None else colour
    return picture


def textured(seed, side=64):
    """(side, side, 3) uint8: clouds, as a photograph has them everywhere."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (9, 9, 3)).astype(np.uint8))
    return np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))


def write(path, picture):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path


def domains(root, train=8, test=4, side=48):
    """trainA, trainB, testA, testB: photographs of discs, and the same discs cut in red."""
    for split, first, count in (("train", 0, train), ("test", 1000, test)):
        for n in range(count):
            write(root / f"{split}A" / f"{n}.png", scene(first + n, side))
            write(root / f"{split}B" / f"{n}.png", scene(first + n, side, (190, 20, 30)))
    return root

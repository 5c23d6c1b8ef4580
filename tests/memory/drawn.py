"""Patterns with known answers, drawn as formulas, and a small corpus of them whose meaning is known too."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

SIDE = 256


def axes():
    line = (torch.arange(SIDE) + 0.5) / SIDE - 0.5
    return torch.meshgrid(line, line, indexing="ij")


def painted(ink, colour=(0.0, 0.0, 0.0), ground=(1.0, 1.0, 1.0)):
    """(1, 3, S, S) of an ink coverage (S, S) in 0..1."""
    front, back = torch.tensor(colour).view(3, 1, 1), torch.tensor(ground).view(3, 1, 1)
    return (ink * front + (1 - ink) * back)[None]


def edge(distance, softness=0.004):
    """Coverage of what lies where the distance is negative."""
    return torch.sigmoid(-distance / softness)


def lines(count=6, width=0.02, turned=0.0):
    y, x = axes()
    across = x * math.cos(turned) + y * math.sin(turned)
    apart = ((across * count + 0.5) % 1 - 0.5).abs() / count
    return edge(apart - width)


def line_grid(count=5, width=0.015):
    return torch.maximum(lines(count, width), lines(count, width, math.pi / 2))


def disc(radius=0.3):
    y, x = axes()
    return edge((x**2 + y**2).sqrt() - radius)


def spiral(turns=4, width=0.018):
    y, x = axes()
    radius, angle = (x**2 + y**2).sqrt(), torch.atan2(y, x)
    pitch = 0.45 / turns
    apart = ((radius / pitch - angle / (2 * math.pi) + 0.5) % 1 - 0.5).abs() * pitch
    return edge(torch.maximum(apart - width, radius - 0.45))


def rosette(folds, turned=0.3):
    y, x = axes()
    radius, angle = (x**2 + y**2).sqrt(), torch.atan2(y, x)
    return edge(radius - 0.28 - 0.12 * (folds * (angle - turned)).cos())


FORMS = {
    "lines": lambda r: lines(int(r.integers(4, 9)), turned=r.uniform(0, 3)),
    "grid": lambda r: line_grid(int(r.integers(4, 8))),
    "disc": lambda r: disc(r.uniform(0.15, 0.4)),
    "spiral": lambda r: spiral(int(r.integers(2, 6))),
    "rosette": lambda r: rosette(int(r.integers(4, 9)), r.uniform(0, 1)),
}
GROUPS = {  # ink, place
    "miao": ((0.8, 0.1, 0.2), (26.6, 108.1)),
    "yi": ((0.1, 0.2, 0.7), (27.9, 102.3)),
    "tibetan": ((0.9, 0.6, 0.1), (29.6, 91.1)),
}
CONCEPTS = ("life", "death", "luck", "power")
OCCASIONS = ("", "wedding", "funeral")


@dataclass(frozen=True)
class Label:
    form: str
    symbol: str
    group: str
    concept: str
    occasion: str
    place: tuple[float, float]
    level: float

    @property
    def context(self):
        return self.occasion


class DrawnCorpus:
    """`concept` = (form + group + 2 * funeral) mod 4, so that no one of the three tells it."""

    def __init__(self, count=240, size=32, seed=0):
        rng = np.random.default_rng(seed)
        self.size, self.labels, self._images = size, [], []
        for _ in range(count):
            f, g, o = int(rng.integers(5)), int(rng.integers(3)), int(rng.integers(3))
            form, group = list(FORMS)[f], list(GROUPS)[g]
            ink, place = GROUPS[group]
            concept = CONCEPTS[(f + g + 2 * (OCCASIONS[o] == "funeral")) % 4]
            self.labels.append(Label(form, f"{group}-{form}", group, concept, OCCASIONS[o], place, g / 2))
            colour = tuple(np.clip(np.array(ink) + rng.normal(0, 0.05, 3), 0, 1))
            picture = F.interpolate(painted(FORMS[form](rng), colour).float(), (size, size), mode="area")[0]
            self._images.append((picture.permute(1, 2, 0) * 255).to(torch.uint8).numpy())

    def image(self, index):
        return self._images[index]

    def splits(self):
        order = np.arange(len(self.labels))
        a, b = int(0.7 * len(order)), int(0.85 * len(order))
        return {"train": order[:a], "val": order[a:b], "test": order[b:]}

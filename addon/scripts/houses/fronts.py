"""The front of a house: bays between posts, with carved windows and doors; what a builder would draw first."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from .shapes import Point, Surfaces


@dataclass
class Marks:
    """Points and lines of the structure that a true picture must keep.

    Attributes:
        points: (name, place in the world).
        lines: pairs of numbers of points.
    """

    points: list[tuple[str, Point]] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)

    def outline(self, name: str, corners: list[Point]) -> None:
        """A closed outline: its corners and the lines between them."""
        first = len(self.points)
        self.points += [(name, corner) for corner in corners]
        self.lines += [(first + k, first + (k + 1) % len(corners)) for k in range(len(corners))]

    def line(self, a: tuple[str, Point], b: tuple[str, Point]) -> None:
        self.points += [a, b]
        self.lines.append((len(self.points) - 2, len(self.points) - 1))


def opening(
    surfaces: Surfaces,
    marks: Marks,
    kind: str,
    low: Point,
    width: float,
    height: float,
    frame: str = "wood",
    edge: float = 0.09,
) -> None:
    """A window or door (`kind`) that stands in a wall whose face is y = low[1]; x and z of `low` are its corner."""
    x, y, z = low
    surfaces.quad(
        ((x, y - 0.04, z), (x + width, y - 0.04, z), (x + width, y - 0.04, z + height), (x, y - 0.04, z + height)),
        kind,
        kind,
    )
    for lo, hi in (
        ((x - edge, y - 0.12, z - edge), (x, y, z + height + edge)),
        ((x + width, y - 0.12, z - edge), (x + width + edge, y, z + height + edge)),
        ((x, y - 0.12, z + height), (x + width, y, z + height + edge)),
        ((x - edge / 2, y - 0.16, z - edge), (x + width + edge / 2, y, z)),
    ):
        surfaces.box(lo, hi, frame, kind)
    marks.outline(
        kind, [(x, y - 0.05, z), (x + width, y - 0.05, z), (x + width, y - 0.05, z + height), (x, y - 0.05, z + height)]
    )


def doors(
    surfaces: Surfaces,
    marks: Marks,
    middle: float,
    y: float,
    z: float,
    width: float,
    height: float,
    leaves: int,
    frame: str = "wood",
) -> None:
    """Door leaves side by side: carved above, panelled below."""
    leaf = width / leaves
    for k in range(leaves):
        x = middle - width / 2 + k * leaf
        surfaces.quad(
            (
                (x + 0.05, y - 0.05, z + 0.9),
                (x + leaf - 0.05, y - 0.05, z + 0.9),
                (x + leaf - 0.05, y - 0.05, z + height - 0.08),
                (x + 0.05, y - 0.05, z + height - 0.08),
            ),
            "door",
            "door",
        )
        surfaces.box((x + 0.05, y - 0.04, z + 0.06), (x + leaf - 0.05, y, z + 0.82), "door panel", "door")
        surfaces.box((x + 0.14, y - 0.07, z + 0.16), (x + leaf - 0.14, y, z + 0.72), "door panel", "door")
        for lo, hi in (
            ((x, y - 0.08, z), (x + 0.05, y, z + height)),
            ((x + leaf - 0.05, y - 0.08, z), (x + leaf, y, z + height)),
            ((x, y - 0.08, z + 0.82), (x + leaf, y, z + 0.9)),
            ((x, y - 0.08, z + height - 0.08), (x + leaf, y, z + height)),
            ((x, y - 0.08, z), (x + leaf, y, z + 0.06)),
        ):
            surfaces.box(lo, hi, frame, "door")
    left, right = middle - width / 2, middle + width / 2
    marks.outline(
        "door", [(left, y - 0.06, z), (right, y - 0.06, z), (right, y - 0.06, z + height), (left, y - 0.06, z + height)]
    )


def front(
    surfaces: Surfaces,
    marks: Marks,
    rng: Random,
    *,
    width: float,
    bays: int,
    y: float,
    floor: float,
    top: float,
    wooden: bool,
    frame: str = "wood",
) -> None:
    """Posts, lintel, windows and doors on a wall from `floor` to `top`; the door is in the middle bay.

    Args:
        wooden: whether posts stand between the bays and the windows fill them, as in a house of timber.
    """
    bay = width / bays
    tall = min(2.25, top - floor - 0.45)
    sill = rng.uniform(0.75, 0.95)
    for k in range(bays):
        middle = -width / 2 + (k + 0.5) * bay
        if k == bays // 2:
            leaves = 4 if wooden and bay > 2.2 else 2
            doors(surfaces, marks, middle, y, floor, min(bay - 0.3, leaves * 0.66), tall, leaves, frame)
        else:
            wide = bay - 0.42 if wooden else min(bay - 0.7, rng.uniform(1.1, 1.5))
            opening(surfaces, marks, "window", (middle - wide / 2, y, floor + sill), wide, tall - sill, frame)
    if wooden:
        for k in range(bays + 1):
            x = -width / 2 + k * bay
            surfaces.tube([(x, y - 0.06, floor), (x, y - 0.06, top)], [0.12, 0.11], frame, "wood", spokes=10)
            surfaces.turned((x, y - 0.06, floor), ((0.19, 0), (0.2, 0.06), (0.15, 0.14)), "plinth", "plinth", spokes=10)
        surfaces.box((-width / 2 - 0.1, y - 0.14, top - 0.3), (width / 2 + 0.1, y, top - 0.06), frame, "wood")
        surfaces.box((-width / 2, y - 0.09, floor + tall + 0.06), (width / 2, y, floor + tall + 0.18), frame, "wood")


def couplets(surfaces: Surfaces, middle: float, y: float, floor: float, half: float) -> None:
    """Red strips of paper on either side of a door and one above, with strokes of ink that stand for writing."""
    for x in (middle - half - 0.26, middle + half + 0.06):
        surfaces.quad(
            ((x, y, floor + 0.55), (x + 0.2, y, floor + 0.55), (x + 0.2, y, floor + 1.95), (x, y, floor + 1.95)),
            "red paper",
            "prop",
        )
        for k in range(5):
            z = floor + 0.66 + 0.25 * k
            surfaces.box((x + 0.05, y - 0.004, z), (x + 0.15, y - 0.002, z + 0.13), "ink", "prop")
    surfaces.quad(
        (
            (middle - 0.45, y, floor + 2.28),
            (middle + 0.45, y, floor + 2.28),
            (middle + 0.45, y, floor + 2.48),
            (middle - 0.45, y, floor + 2.48),
        ),
        "red paper",
        "prop",
    )

"""A stick figure, its shadow and the floor, painted on a picture; twice as large as shown, for smooth edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from ritual.film.camera import Camera
from ritual.film.outlines import on_floor, tapered
from ritual.film.stick import GROUPS, LEFT, LIMBS, MEMBERS, MIDDLE, RADII, RIGHT, Stick

DENSITY = 2  # painted pixels to a shown one
PAPER, FLOOR, INK, SOFT = "#f7f8fa", "#eceff4", "#1f2430", "#5b6272"
SIDES = {LEFT: "#2468b0", MIDDLE: "#566074", RIGHT: "#dd8b17"}
BROKEN, MENDED = "#d1102f", "#7c3aed"
_GRID, _SHADOW, _PRINT = "#a9b3c4", "#ccd3de", "#8b95a7"
_EDGE = 0.007  # dark line around a limb [m]
_RING = 0.16  # around a limb that breaks a rule [m]
_HAZE = 0.38  # how pale the far side of a body is
_REACH = 0.75  # half-depth of a body [m]
_TILE = 0.5  # between the lines of the floor [m]
_ROOM = 2.25  # the floor ends so far from the dancer [m]

Colour = tuple[int, int, int]


def rgb(colour: str) -> Colour:
    """`#rrggbb` -> red, green, blue."""
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))  # type: ignore[return-value]


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """One colour with a share of the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class Painting:
    """A clip as one camera sees it, ready to be painted frame by frame.

    Attributes:
        skins, edges, lights: (T, L, P, 2) outlines of the limbs, of the line around them and of the light on them.
        rings: (T, L, 3) middle and radius of a ring around each limb.
        nearness: (T, L) 0 = as far away as a limb gets, 1 = as near.
        shadows: (T, L, P, 2); prints: (T, 2, P, 2) where a sole touches the floor.
        standing: (T, 2) bool: whether that sole does.
        hands: (T, 2, 2) left and right hand.
        broken: (T, L) bool: limbs that break a rule.
        camera: (its pictures are `DENSITY` times as large as shown).
    """

    skins: np.ndarray
    edges: np.ndarray
    lights: np.ndarray
    rings: np.ndarray
    nearness: np.ndarray
    shadows: np.ndarray
    prints: np.ndarray
    standing: np.ndarray
    hands: np.ndarray
    broken: np.ndarray
    camera: Camera

    @staticmethod
    def of(stick: Stick, camera: Camera, broken: np.ndarray) -> Painting:
        flat, depth = camera.project(stick.ends)
        width = RADII * camera.lens / depth
        edge = _EDGE * camera.lens / depth
        shift = width.mean(-1, keepdims=True)[..., None] * np.array([-0.26, -0.30])  # the light comes from upper left
        shadows, _ = camera.project(on_floor(stick.ends, RADII))
        soles = stick.soles.copy()
        soles[..., 2] = 0.0
        prints, _ = camera.project(on_floor(soles[:, :, [0, 2]], np.array([0.034, 0.026])))
        return Painting(
            skins=tapered(flat[..., 0, :], flat[..., 1, :], width),
            edges=tapered(flat[..., 0, :], flat[..., 1, :], width + edge),
            lights=tapered(*np.moveaxis(flat + shift, 2, 0), 0.42 * width),
            rings=np.concatenate((flat.mean(2), _RING * camera.lens / depth.mean(-1, keepdims=True)), -1),
            nearness=np.clip(0.5 + (camera.distance - depth.mean(-1)) / (2 * _REACH), 0.0, 1.0),
            shadows=shadows,
            prints=prints,
            standing=stick.standing.any(-1),
            hands=camera.project(stick.hands)[0],
            broken=broken,
            camera=camera,
        )

    def floor(self, draw: ImageDraw.ImageDraw, frame: int, middle: tuple[float, float]) -> None:
        """A grid of half metres around the dancer that fades with the distance."""
        focus = self.camera.focus[frame, :2]
        lines, far = _grid(focus)
        flat, _ = self.camera.at(slice(frame, frame + 1)).project(lines[None])
        flat, grid, paper = flat[0] + middle, rgb(_GRID), rgb(PAPER)
        for (start, end), share in zip(flat.tolist(), (far / _ROOM).tolist(), strict=True):
            draw.line((*start, *end), fill=blend(grid, paper, min(share, 1.0) ** 2), width=DENSITY)

    def shadow(self, draw: ImageDraw.ImageDraw, frame: int, middle: tuple[float, float]) -> None:
        """The body's shadow, and the print of each sole that touches the floor."""
        for outline in (self.shadows[frame] + middle).reshape(len(LIMBS), -1).tolist():
            draw.polygon(outline, fill=_SHADOW)
        for outline, stands in zip(self.prints[frame] + middle, self.standing[frame], strict=True):
            if stands:
                draw.polygon(outline.ravel().tolist(), fill=_PRINT)

    def trail(self, draw: ImageDraw.ImageDraw, frame: int, since: int, middle: tuple[float, float]) -> None:
        """Where the hands were from frame `since` on, the older the paler."""
        way = self.hands[since : frame + 1] + middle
        for hand, side in ((0, LEFT), (1, RIGHT)):
            colour = rgb(SIDES[side])
            for n in range(len(way) - 1):
                age = 1 - (n + 1) / len(way)
                ends = (*way[n, hand].tolist(), *way[n + 1, hand].tolist())
                draw.line(ends, fill=blend(colour, rgb(PAPER), 0.45 + 0.45 * age), width=3 * DENSITY, joint="curve")

    def body(self, draw: ImageDraw.ImageDraw, frame: int, middle: tuple[float, float]) -> None:
        """The limbs, far ones first."""
        near, broken = self.nearness[frame], self.broken[frame]
        skins, edges, lights = (
            (part[frame] + middle).reshape(len(LIMBS), -1).tolist() for part in (self.skins, self.edges, self.lights)
        )
        for group in sorted(range(len(GROUPS)), key=lambda g: near[list(MEMBERS[g])].mean()):
            members = MEMBERS[group]
            looks = [_looks(BROKEN, 1.0) if broken[n] else _looks(SIDES[LIMBS[n].side], near[n]) for n in members]
            for n, (_, dark, _) in zip(members, looks, strict=True):
                draw.polygon(edges[n], fill=dark)
            for n, (plain, _, _) in zip(members, looks, strict=True):
                draw.polygon(skins[n], fill=plain)
            for n, (_, _, light) in zip(members, looks, strict=True):
                if LIMBS[n].lit:
                    draw.polygon(lights[n], fill=light)
        if not broken.all():  # a ring leads the eye to a hand, but not to a whole body
            for x, y, radius in self.rings[frame, broken] + (*middle, 0):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=BROKEN, width=2 * DENSITY)


def _looks(colour: str, near: float) -> tuple[Colour, Colour, Colour]:
    """A limb's colour, that of the line around it, and that of the light on it."""
    plain = blend(rgb(colour), rgb(PAPER), _HAZE * (1 - near))
    return plain, blend(plain, (16, 20, 30), 0.55), blend(plain, (255, 255, 255), 0.28)


def _grid(focus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2, 3) pieces of lines around a spot on the floor [m], and how far from it (N,) the middle of each lies."""
    reach = int(np.ceil(_ROOM / _TILE))
    at = (np.round(focus / _TILE)[:, None] + np.arange(-reach, reach + 1)) * _TILE  # (2, 2 reach + 1)
    x, y = np.meshgrid(*at, indexing="ij")
    along_x = np.stack((np.stack((x[:-1], y[:-1]), -1), np.stack((x[1:], y[1:]), -1)), -2).reshape(-1, 2, 2)
    along_y = np.stack((np.stack((x[:, :-1], y[:, :-1]), -1), np.stack((x[:, 1:], y[:, 1:]), -1)), -2)
    lines = np.concatenate((along_x, along_y.reshape(-1, 2, 2)))
    far = np.linalg.norm(lines.mean(1) - focus, axis=1)
    lines, far = lines[far < _ROOM], far[far < _ROOM]
    return np.concatenate((lines, np.zeros_like(lines[..., :1])), -1), far

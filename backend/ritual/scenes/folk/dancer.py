"""A dancer in costume, painted as polygons: legs, skirt or robe, trunk, sleeves, head, far parts first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw
from scipy.spatial import ConvexHull, QhullError

from ritual.body.skeleton import JOINT_INDEX
from ritual.clip.clip import MotionClip
from ritual.film.camera import Camera
from ritual.film.outlines import on_floor, tapered
from ritual.film.paint import Colour, blend, rgb
from ritual.film.stick import GROUPS, LIMBS, MEMBERS, RADII, Stick
from ritual.scenes.folk.headdress import paint_headdress

SKIN, HAIR, SHOE = rgb("#d8a27c"), rgb("#17110f"), rgb("#2b211d")
_WIDER = {"left_elbow": (1.15, 2.1), "right_elbow": (1.15, 2.1), "left_shoulder": (1.25, 1.3),
          "right_shoulder": (1.25, 1.3), "left_hip": (1.25, 1.3), "right_hip": (1.25, 1.3),
          "left_knee": (1.3, 1.5), "right_knee": (1.3, 1.5)}  # cloth over a limb: times its radii  # fmt: skip
_RING = 20  # points round a skirt
_LIGHT, _SHADE = (255, 246, 226), (18, 14, 26)


@dataclass(frozen=True)
class Dress:
    """Colours and kinds of a costume, as `meta["costume"]` of a clip has them; trousers, skirt or robe."""

    robe: Colour
    trim: Colour
    sash: Colour
    sleeve: Colour
    lower: Colour
    headdress_colour: Colour
    garment: str
    headdress: str

    @staticmethod
    def of(table: dict) -> Dress:
        names = ("robe", "trim", "sash", "sleeve", "garment_colour", "headdress_colour")
        return Dress(*(rgb(table[name]) for name in names), table["garment"], table["headdress"])


@dataclass(frozen=True, eq=False)
class Dancer:
    """A dance at its place; metres in the world, frames first.

    Attributes:
        stick: the limbs.
        joints: (T, 24, 3).
        dress: what is worn.
    """

    stick: Stick
    joints: np.ndarray
    dress: Dress

    @staticmethod
    def of(clip: MotionClip, place: tuple[float, float] = (0.0, 0.0), yaw: float = 0.0) -> Dancer:
        """A clip danced from a place (x, y) [m], the whole of it turned by `yaw` [rad]."""
        stick, joints = Stick.of(clip), np.asarray(clip.positions, np.float64)
        start = np.array((*joints[0, 0, :2], 0.0))
        turn = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])

        def moved(points: np.ndarray) -> np.ndarray:
            return (points - start) @ turn.T + np.array((*place, 0.0))

        stick = Stick(*(moved(p) for p in (stick.ends, stick.hands, stick.pelvis, stick.soles)), stick.fps)
        return Dancer(stick, moved(joints), Dress.of(clip.meta["costume"]))

    def part(self, start: int, stop: int) -> Dancer:
        """Only frames start to stop."""
        s = self.stick
        cut = Stick(s.ends[start:stop], s.hands[start:stop], s.pelvis[start:stop], s.soles[start:stop], s.fps)
        return Dancer(cut, self.joints[start:stop], self.dress)


class Painted:
    """A dancer as one camera sees it. Pixels are counted from the middle of the picture."""

    def __init__(self, dancer: Dancer, camera: Camera) -> None:
        self.dress, self.camera = dancer.dress, camera
        stick = dancer.stick
        flat, depth = camera.project(stick.ends)
        wide = RADII * np.array([_WIDER.get(limb.group, (1.0, 1.0)) for limb in LIMBS])
        if self.dress.garment == "trousers":
            wide = np.maximum(wide, RADII * 1.15)
        width = wide * camera.lens / depth
        shift = width.mean(-1, keepdims=True)[..., None] * np.array([-0.28, -0.22])
        self.skins = tapered(flat[..., 0, :], flat[..., 1, :], width)
        self.lights = tapered(*np.moveaxis(flat + shift, 2, 0), 0.5 * width)
        self.shadows = camera.project(on_floor(stick.ends, RADII * 1.6))[0]
        self.depth = depth.mean(-1)
        self.flat, self.width = flat, RADII * camera.lens / depth
        self.cloth = self._cloth(dancer)
        self.head = self._head(stick)

    @property
    def farness(self) -> np.ndarray:
        """(T,) mean depth of the body [m]: who is farther is painted first."""
        return self.depth.mean(1)

    def _cloth(self, dancer: Dancer) -> tuple[np.ndarray, np.ndarray]:
        """(T, R, P, 2) rings of the skirt or robe from the waist down, and (T, R, P) how deep they lie."""
        joint = {name: dancer.joints[:, JOINT_INDEX[name]] for name in ("pelvis", "spine1")}
        knees, ankles = (
            dancer.joints[:, [JOINT_INDEX[f"left_{n}"], JOINT_INDEX[f"right_{n}"]]] for n in ("knee", "ankle")
        )
        apart = [np.linalg.norm((pair[:, 0] - pair[:, 1])[:, :2], axis=-1) / 2 for pair in (knees, ankles)]
        hem = 0.72 if self.dress.garment == "skirt" else 0.45  # of the way from the knees to the ankles
        low = knees.mean(1) + hem * (ankles.mean(1) - knees.mean(1))
        up = joint["spine1"] - joint["pelvis"]
        centres = (joint["pelvis"] + 0.9 * up, joint["pelvis"] - 0.6 * up, knees.mean(1), low)
        flare = 0.10 if self.dress.garment == "skirt" else 0.05
        radii = (np.full(len(low), 0.135), np.full(len(low), 0.19), 0.17 + 0.85 * apart[0],
                 0.17 + flare + (1 - hem) * apart[0] + hem * apart[1])  # fmt: skip
        angle = np.linspace(0, 2 * np.pi, _RING, endpoint=False)
        circle = np.stack((np.cos(angle), np.sin(angle), np.zeros(_RING)), -1)
        rings = np.stack([c[:, None] + r[:, None, None] * circle for c, r in zip(centres, radii, strict=True)], 1)
        return self.camera.project(rings)

    def _head(self, stick: Stick) -> dict[str, np.ndarray]:
        """Pixels of the head's middle, its up, its front and its left, a metre long each, and whether it looks here."""
        crown, nose = (next(n for n, limb in enumerate(LIMBS) if limb.group == g) for g in ("head", "nose"))
        middle = stick.ends[:, crown].mean(1)
        up = stick.ends[:, crown, 1] - stick.ends[:, crown, 0]
        front = stick.ends[:, nose, 1] - middle
        up /= np.linalg.norm(up, axis=-1, keepdims=True)
        front -= (front * up).sum(-1, keepdims=True) * up
        front /= np.linalg.norm(front, axis=-1, keepdims=True)
        axes = np.stack((np.zeros_like(up), up, front, np.cross(up, front)), 1) * 0.1 + middle[:, None]
        flat, depth = self.camera.project(axes)
        return {"middle": flat[:, 0], "axes": (flat[:, 1:] - flat[:, :1]) * 10, "towards": (depth[:, 0] - depth[:, 2])}

    def shadow(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray, colour: Colour) -> None:
        """What falls on the floor."""
        for outline in (self.shadows[frame] + middle).reshape(len(LIMBS), -1).tolist():
            draw.polygon(outline, fill=colour)

    def body(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray) -> None:
        """All of the dancer in one frame."""
        depth = self.depth[frame]
        steps = [
            (depth[list(members)].mean(), lambda g=group, m=members: self._limb(draw, frame, middle, g, m))
            for group, members in zip(GROUPS, MEMBERS, strict=True)
            if group not in ("head", "nose")
        ]
        trunk = depth[list(MEMBERS[GROUPS.index("trunk")])].mean()
        if self.dress.garment != "trousers":
            legs = [depth[list(m)].mean() for g, m in zip(GROUPS, MEMBERS, strict=True) if "hip" in g or "knee" in g]
            steps.append((min(trunk, *legs) - 0.01, lambda: self._skirt(draw, frame, middle)))
        steps.append((trunk - 0.02, lambda: self._sash(draw, frame, middle)))
        head = depth[list(MEMBERS[GROUPS.index("head")])].mean()
        steps.append((min(head, trunk - 0.021), lambda: self._face(draw, frame, middle)))
        for _, paint in sorted(steps, key=lambda step: -step[0]):
            paint()

    def _limb(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray, group: str, members: tuple) -> None:
        colour = self._colour(group)
        outlines = [(self.skins[frame, n] + middle).ravel().tolist() for n in members]
        for outline in outlines:
            draw.polygon(outline, fill=colour)
        light = blend(colour, _LIGHT, 0.22)
        for n in members:
            if LIMBS[n].lit:
                draw.polygon((self.lights[frame, n] + middle).ravel().tolist(), fill=light)
        if group == "trunk":
            self._lapel(draw, frame, middle)
        if group.endswith("elbow"):  # a cuff
            (n,) = members
            a, b = self.flat[frame, n]
            cut = a + 0.86 * (b - a)
            wide = float(self.width[frame, n].mean() * 2.6)
            draw.line([*(cut + middle), *(b + middle)], fill=self.dress.trim, width=max(2, round(wide)))

    def _colour(self, group: str) -> Colour:
        if group == "trunk":
            return self.dress.robe
        if group.endswith(("shoulder", "elbow")):
            return self.dress.sleeve
        if group.endswith("wrist"):
            return SKIN
        if group.endswith("ankle"):
            return SHOE
        return self.dress.lower if self.dress.garment == "trousers" else blend(self.dress.lower, _SHADE, 0.55)

    def _lapel(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray) -> None:
        """The border of the robe's front, from the throat to the waist, where it is turned to the camera."""
        if self.head["towards"][frame] < 0:
            return
        by_ends = {(limb.start[0], limb.end[0]): n for n, limb in enumerate(LIMBS) if limb.group == "trunk"}
        spine = self.flat[frame, by_ends[JOINT_INDEX["spine1"], JOINT_INDEX["spine3"]]]
        throat = self.head["middle"][frame] * 0.28 + spine[1] * 0.72
        wide = float(self.width[frame].mean() * 0.7)
        draw.line([*(throat + middle), *(spine[0] + middle)], fill=self.dress.trim, width=max(2, round(wide)))

    def _skirt(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray) -> None:
        rings, deep = self.cloth[0][frame] + middle, self.cloth[1][frame]
        colour = self.dress.lower if self.dress.garment == "skirt" else self.dress.robe
        for upper, lower in ((2, 3), (1, 2), (0, 1)):
            draw.polygon(_hull(np.concatenate((rings[upper], rings[lower]))), fill=colour)
        near = np.flatnonzero(deep[-1] < deep[-1].mean())
        near = near[np.argsort(rings[-1, near, 0])]  # from left to right
        for k, n in enumerate(near):  # pleats; the light comes from the left
            share = 0.28 * (1 - 2 * k / max(len(near) - 1, 1))
            tone = blend(colour, _LIGHT, share) if share > 0 else blend(colour, _SHADE, -1.3 * share)
            draw.line(rings[:, n].ravel().tolist(), fill=tone, width=max(2, round(self.width[frame].mean() * 0.6)))
        hem = rings[-1, near].ravel().tolist()
        thick = self.width[frame].mean()
        draw.line(hem, fill=self.dress.trim, width=max(2, round(1.5 * thick)), joint="curve")
        high = (rings[-1, near] * 0.84 + rings[-2, near] * 0.16).ravel().tolist()
        draw.line(high, fill=blend(self.dress.trim, colour, 0.3), width=max(1, round(0.4 * thick)), joint="curve")

    def _sash(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray) -> None:
        rings = self.cloth[0][frame] + middle
        band = np.concatenate((rings[0] * 1.0, rings[0] * 0.72 + rings[1] * 0.28))
        draw.polygon(_hull(band), fill=self.dress.sash)

    def _face(self, draw: ImageDraw.ImageDraw, frame: int, middle: np.ndarray) -> None:
        m, (up, front, left) = self.head["middle"][frame] + middle, self.head["axes"][frame]
        r = 0.098 * float(np.linalg.norm([up, front, left]) / np.sqrt(2.0))  # pixels of the head's radius

        def disc(at: np.ndarray, radius: float, colour: Colour) -> None:
            draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=colour)

        behind = self.head["towards"][frame] < 0
        if not behind:
            disc(m + 0.012 * up - 0.03 * front, r * 1.08, HAIR)
            disc(m + 0.022 * front - 0.018 * up, r * 0.92, SKIN)
            disc(m + 0.05 * front - 0.02 * up + 0.03 * left - 0.012 * up, r * 0.30, blend(SKIN, (205, 70, 70), 0.25))
            disc(m + 0.05 * front - 0.02 * up - 0.03 * left - 0.012 * up, r * 0.30, blend(SKIN, (205, 70, 70), 0.25))
            for side in (-1, 1):
                disc(m + 0.075 * front + 0.010 * up + side * 0.036 * left, r * 0.12, HAIR)
            mouth, thick = m + 0.08 * front - 0.050 * up, max(1, round(r * 0.14))
            draw.line([*(mouth - 0.02 * left), *(mouth + 0.02 * left)], fill=(150, 40, 40), width=thick)
        else:
            disc(m, r * 1.08, HAIR)
        paint_headdress(draw, self.dress, m, up, front, left, r, behind)


def _hull(points: np.ndarray) -> list[float]:
    try:
        return points[ConvexHull(points).vertices].ravel().tolist()
    except QhullError:  # seen edge on: a line
        return points.ravel().tolist()

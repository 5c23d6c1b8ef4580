"""The dancer under the costume: how flesh follows bones, and the hands, legs and shoes. `head.py` has the rest."""

from __future__ import annotations

from dataclasses import dataclass

from mathutils import Vector

from .costume import Costume
from .loft import Cloth, Weights, around, mix, profile, section, smoothstep, steps

SIDES = (("left", 1.0), ("right", -1.0))

# Head in horizontal slices [cm from its middle]: height, half-width, front, back.
_HEAD = (
    (-11.3, 1.2, 7.3, -4.2),
    (-10.8, 2.3, 8.2, -2.6),
    (-9.6, 3.6, 8.7, -0.6),
    (-8.0, 4.7, 8.75, 2.6),
    (-6.0, 5.6, 8.7, 5.2),
    (-3.6, 6.35, 8.75, 7.0),
    (-1.0, 6.9, 8.9, 8.4),
    (1.5, 7.2, 8.85, 9.2),
    (4.0, 7.35, 9.1, 9.6),
    (6.5, 7.1, 8.8, 9.3),
    (8.5, 6.3, 7.4, 8.2),
    (10.2, 4.7, 5.2, 6.2),
    (11.2, 2.5, 2.7, 3.4),
    (11.5, 0.9, 0.9, 1.2),
)
_FINGERS = (  # base across the palm (front +), length, lean [cm]
    (2.9, 7.0, 0.5), (1.0, 7.8, 0.15), (-0.9, 7.3, -0.2), (-2.7, 5.8, -0.6),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """Rest positions by joint name [m], and what is worn."""

    at: dict[str, Vector]
    costume: Costume

    @property
    def male(self) -> bool:
        return self.costume.performer == "male"

    @property
    def head_middle(self) -> Vector:
        return self.at["head"] + Vector((0, -0.012, 0.056))

    # --- how flesh follows bones ---------------------------------------------------------------------------

    def trunk(self, p: Vector) -> Weights:
        """Pelvis, lumbar and thoracic spine, by height."""
        lumbar = smoothstep(p.z - self.at["spine1"].z, -0.06, 0.06)
        thorax = smoothstep(p.z - self.at["spine3"].z, -0.06, 0.05)
        return {"pelvis": 1 - lumbar, "spine1": lumbar * (1 - thorax), "spine3": lumbar * thorax}

    def chest(self, p: Vector) -> Weights:
        """The trunk, whose shoulders rise a little with the arms."""
        side = "left" if p.x > 0 else "right"
        joint = self.at[f"{side}_shoulder"]
        lift = 0.45 * smoothstep(abs(p.x), 0.5 * abs(joint.x), 1.05 * abs(joint.x))
        lift *= smoothstep(p.z, joint.z - 0.13, joint.z - 0.01)
        weights = {bone: w * (1 - lift) for bone, w in self.trunk(p).items()}
        return {**weights, f"{side}_shoulder": lift}

    def throat(self, p: Vector) -> Weights:
        neck = smoothstep(p.z - self.at["neck"].z, -0.045, 0.015)
        head = smoothstep(p.z - self.at["head"].z, -0.045, 0.03)
        return {"spine3": 1 - neck, "neck": neck * (1 - head), "head": neck * head}

    def skull(self, p: Vector) -> Weights:
        return {"head": 1.0}

    def arm(self, side: str, soft: float = 0.045):
        elbow = self.at[f"{side}_elbow"].z

        def weigh(p: Vector) -> Weights:
            lower = smoothstep(elbow - p.z, -soft, soft)
            return {f"{side}_shoulder": 1 - lower, f"{side}_elbow": lower}

        return weigh

    def hand(self, side: str):
        wrist = self.at[f"{side}_wrist"].z

        def weigh(p: Vector) -> Weights:
            below = smoothstep(wrist - p.z, -0.022, 0.022)
            return {f"{side}_elbow": 1 - below, f"{side}_wrist": below}

        return weigh

    def leg(self, side: str, soft: float = 0.06):
        knee, ankle = self.at[f"{side}_knee"].z, self.at[f"{side}_ankle"].z

        def weigh(p: Vector) -> Weights:
            shin = smoothstep(knee - p.z, -soft, soft)
            foot = smoothstep(ankle - p.z, -0.035, 0.025)
            return {f"{side}_hip": 1 - shin, f"{side}_knee": shin * (1 - foot), f"{side}_ankle": shin * foot}

        return weigh

    # --- the head's surface --------------------------------------------------------------------------------

    def head_point(self, azimuth: float, height: float, grow: float = 0.0) -> Vector:
        """A point on the head; `height` from its middle and `grow` outwards, both [cm]."""
        width, front, back = profile(_HEAD, height)
        middle = (back - front) / 2
        x, y = section(azimuth, width + grow, (front + back) / 2 + grow, (front + back) / 2 + grow, 2.05)
        return self.head_middle + Vector((x, y + middle, height)) * 0.01


def make_hands(figure: Figure, cloth: Cloth) -> None:
    """Forearm end, palm, four fingers and a thumb; the palm faces the thigh, the thumb forward."""
    size = 1.08 if figure.male else 0.97
    for side, sign in SIDES:
        wrist, weigh = figure.at[f"{side}_wrist"], figure.hand(side)

        def place(inward: float, forward: float, down: float, wrist=wrist, sign=sign) -> Vector:
            return wrist + Vector((-sign * inward, -forward, -down)) * (0.01 * size)

        table = (  # down, thickness, breadth [cm]
            (-16, 3.6, 3.8), (-9, 3.1, 3.4), (-3, 2.2, 2.8), (0, 1.95, 2.7), (3, 1.75, 3.5), (6.5, 1.6, 4.1),
            (9.2, 1.2, 3.9),
        )  # fmt: skip
        rows = []
        for down in steps(-16, 9.2, 15):
            thick, broad = profile(table, down)
            rows.append([place(*_swap(section(a, thick, broad, broad, 2.3)), down) for a in around(14)])
        cloth.grid(rows, weigh, "skin", cap_last=True)
        for base, length, lean in _FINGERS:
            curl = (0.0, 0.12, 0.5, 1.25)
            path = [
                place(c * length / 7, base + lean * t, 8.2 + length * t)
                for t, c in zip((0, 0.33, 0.7, 1), curl, strict=True)
            ]
            cloth.tube(path, [0.0092 * size, 0.0085 * size, 0.0075 * size, 0.005 * size], weigh, "skin")
        thumb = [place(0.3, 2.2, 1.8), place(0.9, 4.3, 4.2), place(1.1, 5.2, 6.3), place(1.2, 5.5, 8.3)]
        cloth.tube(thumb, [0.013 * size, 0.0115 * size, 0.0092 * size, 0.006 * size], weigh, "skin")


def _swap(pair: tuple[float, float]) -> tuple[float, float]:
    """Section coordinates as (inward, forward)."""
    return pair[0], -pair[1]


def make_legs(figure: Figure, cloth: Cloth, stuff: str) -> None:
    """Slim legs from the hip to the ankle."""
    for side, _ in SIDES:
        hip, knee, ankle = (figure.at[f"{side}_{j}"] for j in ("hip", "knee", "ankle"))
        table = ((0, 7.8, 0.0), (0.25, 7.0, 0.0), (0.48, 5.3, 0.0), (0.62, 5.4, 0.8), (0.75, 4.7, 0.8), (1, 3.7, 0.3))
        rows = []
        for t in steps(0, 1, 24):
            radius, back = profile(table, t)
            centre = hip.lerp(knee, t / 0.5) if t < 0.5 else knee.lerp(ankle, (t - 0.5) / 0.5)
            row = [
                centre + Vector((x, y + back * 0.01, 0))
                for x, y in (section(a, *[radius * 0.01] * 3) for a in around(16))
            ]
            rows.append(row)
        cloth.grid(rows, figure.leg(side), stuff, cap_first=True)


def make_shoes(figure: Figure, cloth: Cloth, *, boot: float = 0.0) -> None:
    """Shoes; with a `boot` shaft of that height above the ankle [m]. The toe turns up a little."""
    for side, _ in SIDES:
        ankle, weigh = figure.at[f"{side}_ankle"], figure.leg(side)
        floor = ankle.z - 0.078
        table = (  # forward, half-width, top, sole, all [cm] from the ankle's foot point
            (-6.6, 1.6, 5.2, 0.6), (-5.6, 2.8, 6.8, 0.1), (-2.0, 3.4, 8.4, 0.0), (2.0, 3.5, 8.2, 0.1),
            (6.0, 3.9, 6.2, 0.3),
            (10.0, 4.4, 4.9, 0.3), (14.0, 4.3, 4.2, 0.3), (17.0, 3.2, 4.0, 0.8), (18.6, 1.4, 4.0, 2.0),
        )  # fmt: skip
        rows = []
        for forward in steps(-6.6, 18.6, 20):
            half, top, sole = profile(table, forward)
            middle, high = (top + sole) / 2, (top - sole) / 2
            row = []
            for a in around(18):
                x, z = section(a, half, high, high, 2.5)
                row.append(Vector((ankle.x + x * 0.01, ankle.y - forward * 0.01, floor + (middle - z) * 0.01)))
            rows.append(row)

        def under(i: int, k: int) -> str:
            return "sole" if 6 <= k <= 11 else "shoe"

        cloth.grid(rows, weigh, under, cap_first=True, cap_last=True)
        if boot:
            shaft = []
            for t in steps(-0.012, boot, 8):
                radius = mix(0.047, 0.066, smoothstep(t, 0, boot))
                shaft.append([ankle + Vector((*section(a, radius, radius, radius * 1.1), t)) for a in around(18)])
            cloth.grid(shaft, weigh, lambda i, k: "trim" if i >= 6 else "shoe", repeat=6)

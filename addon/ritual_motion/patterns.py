"""Border patterns, feather eyes and a painted face, drawn pixel by pixel into packed images.

Each pattern is a function of (u, v) in one tile, u along the border and v across it, that says how much ink
(0 to 1) lies there; edges are a pixel soft.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable

import bpy

from .costume import Rgb
from .loft import mix, smoothstep

Ink = Callable[[float, float], float]
_SOFT = 0.035


def _line(distance: float, width: float) -> float:
    return 1 - smoothstep(distance, width - _SOFT, width + _SOFT)


def _meander(u: float, v: float) -> float:
    """Key fret: a square spiral, alternately hanging and standing."""
    strokes = (  # x0, y0, x1, y1 in a 9 x 7 raster
        (0, 1, 0, 6), (0, 6, 7, 6), (7, 6, 7, 2), (7, 2, 3, 2), (3, 2, 3, 4), (3, 4, 5, 4), (0, 1, 9, 1),
    )  # fmt: skip
    x, y = u * 9, 0.5 + v * 6.4
    nearest = 9.0
    for shift in (-9, 0, 9):
        for x0, y0, x1, y1 in strokes:
            dx = max(min(x0, x1) + shift - x, 0, x - max(x0, x1) - shift)
            dy = max(min(y0, y1) - y, 0, y - max(y0, y1))
            nearest = min(nearest, math.hypot(dx, dy))
    return _line(nearest, 0.42)


def _lozenge(u: float, v: float) -> float:
    d = abs(u - 0.5) * 2 + abs(v - 0.5) * 2
    corner = abs(abs(u - 0.5) - 0.5) * 2 + abs(abs(v - 0.5) - 0.5) * 2
    return max(_line(abs(d - 0.78), 0.1), _line(d, 0.36), _line(corner, 0.3))


def _wave(u: float, v: float) -> float:
    crest = 0.5 + 0.2 * math.sin(2 * math.pi * u)
    ink = max(_line(abs(v - crest), 0.06), _line(abs(v - crest + 0.2), 0.05), _line(abs(v - crest - 0.2), 0.05))
    return max(ink, _line(math.hypot(u - 0.75, (v - 0.62) * 0.8), 0.08))


def _eye(u: float, v: float) -> float:
    r = math.hypot((u - 0.5) * 1.25, v - 0.5)
    side = math.hypot((abs(u - 0.5) - 0.5) * 1.4, v - 0.5)
    return max(_line(abs(r - 0.36), 0.055), _line(math.hypot((u - 0.5) * 1.25, v - 0.42), 0.17), _line(side, 0.1))


def _flame(u: float, v: float) -> float:
    sway = 0.12 * math.sin(v * 5.0)
    tongue = 0.42 * max(0.0, 1 - v) ** 0.75
    x = abs(u - 0.5 + sway)
    return max(_line(x - tongue, 0.0) - _line(x - tongue * 0.5, 0.0) * (v < 0.6), 0.0)


def _scroll(u: float, v: float) -> float:
    x, y = (u - 0.5) * 1.3, v - 0.5
    r, a = math.hypot(x, y), math.atan2(y, x)
    turn = min(abs(r - 0.062 * ((a / math.pi + 1) + 2 * k)) for k in range(4))
    return max(_line(turn, 0.04) * (r < 0.46), _line(abs(v - 0.06), 0.04))


def _disc(u: float, v: float) -> float:
    r = math.hypot((u - 0.5) * 1.15, v - 0.5)
    rays = 0.5 + 0.5 * math.cos(12 * math.atan2(v - 0.5, u - 0.5))
    return max(_line(abs(r - 0.4), 0.045), _line(r, 0.12), smoothstep(rays, 0.5, 0.8) * _line(abs(r - 0.25), 0.07))


def _peak(u: float, v: float) -> float:
    height = 1 - 2 * abs(u - 0.5)
    steps = math.floor(height * 4 + 0.5) / 4
    return max(_line(abs(v - 0.1 - steps * 0.75), 0.07), _line(v - steps * 0.75 + 0.22, 0.0))


def _wheat(u: float, v: float) -> float:
    """An ear of wheat: grains in pairs up a stem."""
    ink = _line(abs(u - 0.5), 0.03)
    for k in range(4):
        x, y = abs(u - 0.5) - 0.17, v - 0.22 - 0.2 * k
        along, across = 0.75 * x + 0.66 * y, -0.66 * x + 0.75 * y
        ink = max(ink, _line(math.hypot(along / 1.9, across), 0.085))
    return max(ink, _line(math.hypot((abs(u - 0.5) - 0.5) * 1.2, v - 0.5), 0.08))


def _butterfly(u: float, v: float) -> float:
    x = abs(u - 0.5)
    upper = math.hypot((x - 0.22) / 0.2, (v - 0.65) / 0.24)
    lower = math.hypot((x - 0.16) / 0.14, (v - 0.3) / 0.17)
    wings = max(_line(upper - 1, 0.0) - _line(upper, 0.4), _line(lower - 1, 0.0) - _line(lower, 0.35))
    return max(wings, _line(math.hypot(x * 2.2, v - 0.45) - 0.22, 0.0), _line(math.hypot(x - 0.5, v - 0.5), 0.06))


BORDERS: dict[str, Ink] = {
    "meander": _meander, "lozenge": _lozenge, "wave": _wave, "eye": _eye,
    "flame": _flame, "scroll": _scroll, "disc": _disc, "peak": _peak,
    "wheat": _wheat, "butterfly": _butterfly,
}  # fmt: skip


def border(name: str, pattern: str, ground: Rgb, ink: Rgb) -> bpy.types.Image:
    """One tile of a border: pattern in `ink` on `ground`, a plain edge line above and below."""
    draw = BORDERS[pattern]

    def colour(u: float, v: float) -> Rgb:
        if v < 0.06 or v > 0.94:
            return ink
        if v < 0.14 or v > 0.86:
            return ground
        return blend(ground, ink, draw(u, (v - 0.14) / 0.72))

    return paint(name, 96, 96, colour)


def brocade(name: str, ground: Rgb, light: Rgb) -> bpy.types.Image:
    """Tone on tone: a roundel in the tile's middle, a blossom in its corners."""

    def colour(u: float, v: float) -> Rgb:
        x, y = u - 0.5, v - 0.5
        r = math.hypot(x, y)
        petals = 0.13 + 0.04 * math.cos(6 * math.atan2(y, x))
        ink = max(_line(abs(r - 0.24), 0.03), _line(r, petals))
        cx, cy = abs(x) - 0.5, abs(y) - 0.5
        corner = math.hypot(cx, cy)
        ink = max(ink, _line(corner, 0.1 + 0.05 * math.cos(4 * math.atan2(cy, cx))))
        return blend(ground, light, ink)

    return paint(name, 64, 64, colour)


def feather(name: str, ground: Rgb, light: Rgb) -> bpy.types.Image:
    """A peacock feather, v along its shaft: barbs and the eye near the tip."""
    ring, heart = (0.02, 0.16, 0.55), (0.005, 0.01, 0.08)

    def colour(u: float, v: float) -> Rgb:
        x = (u - 0.5) * 0.62
        barbs = 0.5 + 0.5 * math.sin(60 * (v - abs(u - 0.5) * 0.55))
        out = blend(ground, light, 0.35 * barbs)
        if abs(u - 0.5) < 0.04 and v < 0.74:
            out = light
        for reach, tone in ((0.2, light), (0.15, (0.35, 0.12, 0.02)), (0.115, ring), (0.06, heart)):
            out = blend(out, tone, _line(math.hypot(x, (v - 0.76) * 0.8), reach))
        return out

    return paint(name, 64, 128, colour)


def face(name: str, skin: Rgb, hair: Rgb, painted: bool) -> bpy.types.Image:
    """A face seen from the front; u over 18 cm of width, v over 24 cm of height, the head's middle at 0.5.

    Args:
        painted: with rouge and red lips, as a woman of the stage wears them.
    """
    dark = (0.012, 0.008, 0.007)
    lips = (0.42, 0.03, 0.035) if painted else blend(skin, (0.4, 0.08, 0.06), 0.55)

    def colour(u: float, v: float) -> Rgb:
        x, z = abs(u - 0.5) * 18, (v - 0.5) * 24  # cm
        out = blend(skin, (0.75, 0.16, 0.12), (0.34 if painted else 0.12) * _spot(x - 4.3, z + 3.0, 2.2, 1.8))
        out = blend(out, (0.3, 0.1, 0.07), 0.35 * _spot(x - 3.1, z - 1.2, 2.0, 0.8))  # lid
        out = blend(out, (0.2, 0.06, 0.04), 0.4 * _spot(x - 0.75, z + 4.1, 0.6, 0.35))  # nostril
        rise = 0.16 * (x - 3.1)  # eyes slant a little upwards
        almond = ((x - 3.1) / 1.62) ** 2 + abs((z - 0.55 - rise) / (0.82 if z > 0.55 + rise else 0.6)) ** 1.5
        out = blend(out, (0.8, 0.78, 0.74), 1 - smoothstep(almond, 0.75, 1.0))
        iris = math.hypot(x - 3.05, z - 0.62)
        inside = 1 - smoothstep(almond, 0.8, 1.0)
        out = blend(out, (0.03, 0.014, 0.008), inside * (1 - smoothstep(iris, 0.55, 0.72)))
        out = blend(out, (0.9, 0.9, 0.9), inside * _spot(x - 2.85, z - 0.85, 0.16, 0.16))
        lash = smoothstep(almond, 0.72, 0.95) * (1 - smoothstep(almond, 1.15, 1.75)) * (z > 0.4 + rise)
        out = blend(out, dark, lash)
        arch = 3.05 - 0.11 * (x - 3.5) ** 2
        brow = 1 - smoothstep(abs(z - arch), 0.08, 0.36 if x < 3.6 else 0.28)
        out = blend(
            out, hair, (0.7 if painted else 0.85) * brow * smoothstep(x, 1.3, 2.0) * (1 - smoothstep(x, 4.6, 5.5))
        )
        seam = -6.42 + 0.075 * x * x  # the corners of the mouth go up
        width = 1 - smoothstep(x, 1.25, 2.1)
        upper = 0.5 * width * (1 + 0.16 * math.cos(x * 3.4))
        lower = 0.62 * width
        reach = (z - seam) / max(upper, 1e-3) if z > seam else (seam - z) / max(lower, 1e-3)
        out = blend(out, lips, width**0.5 * (1 - smoothstep(abs(reach), 0.75, 1.15)))
        return blend(
            out, (0.13, 0.012, 0.014), 0.7 * (1 - smoothstep(x, 1.5, 2.0)) * (1 - smoothstep(abs(z - seam), 0.02, 0.13))
        )

    return paint(name, 160, 208, colour, mirrored=True)


def blend(a: Rgb, b: Rgb, t: float) -> Rgb:
    if t <= 0:
        return a
    return mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)


def paint(
    name: str, width: int, height: int, colour: Callable[[float, float], Rgb], *, mirrored: bool = False
) -> bpy.types.Image:
    """An image packed into the .blend.

    Args:
        width, height: pixels; an even width where mirrored.
        colour: linear RGB at (u, v), v upwards.
        mirrored: the right half is the left one's mirror image (and costs nothing).
    """
    image = bpy.data.images.new(name, width, height)
    pixels = array("f")
    for row in range(height):
        line = []
        for column in range(width // 2 if mirrored else width):
            red, green, blue = colour((column + 0.5) / width, (row + 0.5) / height)
            line.append((_encoded(red), _encoded(green), _encoded(blue), 1.0))
        for pixel in line + line[::-1] if mirrored else line:
            pixels.extend(pixel)
    image.pixels.foreach_set(pixels)
    image.update()
    image.pack()
    return image


def _encoded(c: float) -> float:
    """sRGB value of a linear one: what an 8-bit image holds."""
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


def _spot(x: float, z: float, wide: float, high: float) -> float:
    return math.exp(-((x / wide) ** 2) - (z / high) ** 2)

"""Where a dance takes place: sky, hills, houses and people who look on, painted behind a floor in perspective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from ritual.film.paint import Colour, blend

KINDS = ("village", "terraces", "night-square", "stage")


@dataclass(frozen=True)
class Palette:
    """Colours of a place at its time of day; `tint` multiplies red, green and blue of everything at last."""

    sky: tuple[Colour, Colour]
    hills: Colour
    ground: tuple[Colour, Colour]
    wall: Colour
    roof: Colour
    window: Colour
    tint: tuple[float, float, float]


PALETTES = {
    "village": Palette(((126, 176, 218), (226, 232, 226)), (98, 128, 104), ((150, 136, 110), (186, 170, 136)),
                       (176, 132, 92), (72, 66, 66), (60, 40, 30), (1.0, 1.0, 1.0)),
    "terraces": Palette(((236, 190, 140), (250, 228, 190)), (92, 116, 70), ((118, 124, 70), (160, 156, 92)),
                        (150, 112, 80), (96, 70, 52), (48, 32, 26), (1.05, 0.98, 0.88)),
    "night-square": Palette(((14, 20, 46), (48, 44, 78)), (26, 32, 50), ((70, 54, 50), (112, 84, 64)),
                            (96, 64, 50), (34, 30, 40), (250, 196, 96), (0.92, 0.84, 0.86)),
    "stage": Palette(((90, 18, 26), (138, 28, 34)), (110, 22, 30), ((116, 72, 44), (168, 112, 70)),
                     (150, 30, 36), (196, 150, 60), (236, 196, 96), (1.04, 0.98, 0.94)),
}  # fmt: skip


def backdrop(kind: str, width: int, height: int, horizon: float, rng: np.random.Generator) -> Image.Image:
    """One place.

    Args:
        kind: of `KINDS`. width, height: [px].
        horizon: row where a level look ends [px from the top]; the floor begins a little below it.
    """
    palette = PALETTES[kind]
    foot = horizon + 0.06 * height  # where what stands behind the floor meets it
    image = Image.fromarray(_gradient(palette.sky, width, height, int(foot)))
    draw = ImageDraw.Draw(image)
    if kind == "stage":
        _curtain(draw, palette, width, foot, rng)
    else:
        _hills(draw, palette, width, height, horizon, rng, steps=kind == "terraces")
        _houses(draw, palette, width, height, foot, rng)
    image = image.filter(ImageFilter.GaussianBlur(width / 400))
    image.paste(Image.fromarray(_floor(palette, width, height, foot, horizon, rng)), (0, int(foot)))
    draw = ImageDraw.Draw(image)
    if kind != "stage":
        _onlookers(draw, width, height, foot, rng)
    _lanterns(draw, width, height, horizon, rng, lit=kind in ("night-square", "stage"))
    return image


def _gradient(ends: tuple[Colour, Colour], width: int, height: int, foot: int) -> np.ndarray:
    share = np.clip(np.arange(height) / max(foot, 1), 0, 1)[:, None, None]
    rows = np.array(ends[0]) * (1 - share) + np.array(ends[1]) * share
    return np.broadcast_to(rows, (height, width, 3)).astype(np.uint8)


def _floor(
    palette: Palette, width: int, height: int, foot: float, horizon: float, rng: np.random.Generator
) -> np.ndarray:
    """Trodden earth or planks: lines towards the vanishing point, finer the farther, and coarse grain."""
    rows, cols = np.arange(int(foot), height)[:, None], np.arange(width)[None]
    far = (foot - horizon) / np.maximum(rows - horizon, 1)  # 1 at the back, towards 0 in front
    x = (cols - width / 2) * far / (0.06 * width)
    depth = 1 / np.maximum(1 - far + 0.05, 0.05)
    pattern = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * (x + rng.random()))) * np.sign(np.sin(9 * depth))
    grain = np.asarray(
        Image.fromarray((rng.random((max(height // 12, 2), max(width // 24, 2))) * 255).astype(np.uint8)).resize(
            (width, len(rows)), Image.Resampling.BICUBIC
        ),
        np.float64,
    )
    share = np.clip(0.75 * (1 - far) + 0.12 * pattern + 0.25 * (grain / 255 - 0.5), 0, 1)[..., None]
    return (np.array(palette.ground[0]) * (1 - share) + np.array(palette.ground[1]) * share).astype(np.uint8)


def _hills(
    draw: ImageDraw.ImageDraw, palette: Palette, width: int, height: int, horizon: float, rng: np.random.Generator,
    *, steps: bool,
) -> None:  # fmt: skip
    x = np.linspace(0, 1, 80)
    for layer in range(3):
        rise = (0.34 - 0.10 * layer) * height
        waves = sum(rng.normal() / k * np.sin(2 * np.pi * (k * x * 0.8 + rng.random())) for k in range(1, 6))
        top = horizon - rise * (0.55 + 0.22 * waves)
        colour = blend(palette.hills, palette.sky[1], 0.55 - 0.2 * layer)
        for step in range(6 if steps and layer else 1):  # terraces: the ridge again and again, lower and lower
            line = top + (horizon + 0.08 * height - top) * step / 6
            tone = blend(colour, (228, 214, 140) if step % 2 else (60, 92, 50), 0.18 * (step > 0))
            ridge = np.stack((x * width, line), -1).ravel().tolist()
            draw.polygon([*ridge, width, height, 0, height], fill=tone)


def _houses(
    draw: ImageDraw.ImageDraw, palette: Palette, width: int, height: int, foot: float, rng: np.random.Generator
) -> None:
    count = int(rng.integers(2, 5))
    for k in rng.permutation(count):
        middle = width * ((k + 0.5) / count + rng.uniform(-0.06, 0.06))
        wide, high = width * rng.uniform(0.16, 0.28), height * rng.uniform(0.13, 0.22)
        left, right, eaves = middle - wide / 2, middle + wide / 2, foot - high
        wall = blend(palette.wall, (255, 240, 220), rng.uniform(0, 0.3))
        draw.rectangle((left, eaves, right, foot + 2), fill=wall)
        for post in np.linspace(left, right, 5):
            draw.line((post, eaves, post, foot), fill=blend(wall, (30, 16, 10), 0.5), width=max(2, int(wide / 40)))
        for n in range(4):  # lattice windows, a door in one bay
            x0, x1 = left + wide * (n + 0.18) / 4, left + wide * (n + 0.82) / 4
            if n == 1:
                draw.rectangle((x0, eaves + 0.35 * high, x1, foot), fill=blend(wall, (20, 8, 4), 0.7))
            else:
                _lattice(draw, (x0, eaves + 0.3 * high, x1, eaves + 0.72 * high), palette.window, wall)
        lift = 0.55 * high  # a roof with upturned eaves
        roof = [(left - 0.13 * wide, eaves - 0.08 * high), (left - 0.02 * wide, eaves + 0.06 * high),
                (right + 0.02 * wide, eaves + 0.06 * high), (right + 0.13 * wide, eaves - 0.08 * high),
                (right - 0.08 * wide, eaves - lift), (left + 0.08 * wide, eaves - lift)]  # fmt: skip
        draw.polygon(roof, fill=palette.roof)
        for x in np.linspace(0.0, 1.0, 14):
            top = (left + wide * (0.08 + 0.84 * x), eaves - lift)
            draw.line((*top, left + wide * x, eaves + 0.04 * high), fill=blend(palette.roof, (0, 0, 0), 0.3), width=1)
        draw.line((*roof[5], *roof[4]), fill=blend(palette.roof, (255, 255, 255), 0.35), width=max(2, int(high / 22)))


def _lattice(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], dark: Colour, wood: Colour) -> None:
    x0, y0, x1, y1 = box
    draw.rectangle(box, fill=dark, outline=blend(wood, (30, 16, 10), 0.4))
    for share in (0.25, 0.5, 0.75):
        draw.line((x0 + share * (x1 - x0), y0, x0 + share * (x1 - x0), y1), fill=wood, width=1)
        draw.line((x0, y0 + share * (y1 - y0), x1, y0 + share * (y1 - y0)), fill=wood, width=1)


def _curtain(draw: ImageDraw.ImageDraw, palette: Palette, width: int, foot: float, rng: np.random.Generator) -> None:
    folds = int(rng.integers(14, 26))
    for n in range(folds * 6):
        share = 0.5 + 0.5 * np.sin(2 * np.pi * n / 6 + rng.normal() * 0.15)
        x = width * n / (folds * 6)
        draw.rectangle((x, 0, x + width / (folds * 6) + 1, foot), fill=blend((64, 8, 16), palette.wall, share))
    for y, thick in ((0.06, 0.05), (0.95, 0.02)):
        draw.rectangle((0, foot * y, width, foot * (y + thick)), fill=palette.roof)
    for n in range(18):
        x = width * (n + 0.5) / 18
        draw.pieslice((x - width / 36, foot * 0.02, x + width / 36, foot * 0.20), 0, 180, fill=palette.roof)


def _onlookers(draw: ImageDraw.ImageDraw, width: int, height: int, foot: float, rng: np.random.Generator) -> None:
    """A loose row of people along the back of the floor."""
    for x in np.sort(rng.uniform(0, width, int(rng.integers(6, 16)))):
        tall = height * rng.uniform(0.07, 0.10)
        cloth = tuple(int(c) for c in rng.integers(40, 190, 3))
        draw.rounded_rectangle(
            (x - 0.22 * tall, foot - 0.66 * tall, x + 0.22 * tall, foot + 0.25 * tall), 0.18 * tall, fill=cloth
        )
        draw.ellipse((x - 0.14 * tall, foot - 0.98 * tall, x + 0.14 * tall, foot - 0.64 * tall), fill=(196, 146, 112))
        hair = (x - 0.16 * tall, foot - 1.02 * tall, x + 0.16 * tall, foot - 0.7 * tall)
        draw.pieslice(hair, 180, 360, fill=(28, 20, 18))


def _lanterns(
    draw: ImageDraw.ImageDraw, width: int, height: int, horizon: float, rng: np.random.Generator, *, lit: bool
) -> None:
    """A string of lanterns across the picture."""
    x = np.linspace(0, 1, 9)
    y = 0.05 * height + 0.22 * horizon * (1 - (2 * x - 1) ** 2) * rng.uniform(0.3, 0.9)
    draw.line(np.stack((x * width, y), -1).ravel().tolist(), fill=(50, 34, 30), width=max(1, width // 300))
    red = (255, 120, 60) if lit else (204, 44, 40)
    for a, b in zip(x[1:-1] * width, y[1:-1], strict=True):
        size = 0.018 * height
        draw.ellipse((a - 1.2 * size, b, a + 1.2 * size, b + 2 * size), fill=red)
        draw.line((a, b + 2 * size, a, b + 3.2 * size), fill=(228, 186, 70), width=max(1, width // 300))

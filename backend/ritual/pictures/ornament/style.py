"""How a symbol is got up: palette, craft, arrangement, companion; what tells symbols of one form apart.

Palette and craft follow the graph. Which of its people's colours a symbol prefers, and which small companion stands
beside it, is a convention of the generated corpus, fixed by the symbol's slug: it claims nothing of the culture
(docs/decisions/0025-pattern-corpus.md).
"""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ritual.culture.patterns import Pattern
from ritual.pictures.ornament.sketch import Manner

ARRANGEMENTS = ("single", "band", "roundel", "all-over")
COMPANIONS = ("none", "dots", "diamonds", "flowers", "crosses", "teeth", "waves", "keys", "stars")
CRAFTS = (
    "applique", "batik", "brocade", "carving", "casting", "embroidery", "lacquer", "painting", "paper-cut",
    "silver-wire",
)  # fmt: skip
_STUFF = {  # craft -> ground, main, second, accent, line where the stuff itself has a colour
    "batik": ("#1f2f63", "#eef1f4", "#b9c8e4", "#7f9bd0", "#16234d"),
    "casting": ("#4a5a4c", "#8f7a45", "#a99355", "#c7b06a", "#2e372f"),
    "carving": ("#6d4a2c", "#b98a56", "#a3713f", "#d6b07c", "#3d2817"),
    "paper-cut": ("#f4ecdc", "#c6202b", "#c6202b", "#d8413f", "#a3141f"),
    "lacquer": ("#1b1517", "#c1281f", "#e0a020", "#d9461f", "#0f0b0c"),
    "silver-wire": ("", "#d5d9de", "#a3abb6", "#f4f6f8", "#525963"),
}
_OWN = {"batik": 0.12, "casting": 0.22, "carving": 0.22, "paper-cut": 0.0, "lacquer": 0.0, "silver-wire": 0.08}


@dataclass(frozen=True)
class Style:
    """What a drawing is painted with.

    Attributes:
        palette: (5, 3) uint8 sRGB of ground, main, second, accent, line.
        craft, arrangement, companion: one of `CRAFTS`, `ARRANGEMENTS`, `COMPANIONS`.
        repeats: how many motifs stand in a row, where there are several.
    """

    palette: np.ndarray
    craft: str
    arrangement: str
    companion: str
    repeats: int = 1


def companions(patterns: Iterable[Pattern]) -> dict[tuple[str, str], str]:
    """(symbol, group) -> its companion: neighbours of one people get different ones as far as they reach."""
    given: dict[tuple[str, str], str] = {}
    taken: dict[str, set[int]] = {}
    for pattern in sorted(patterns, key=lambda p: (p.group, p.symbol)):
        used = taken.setdefault(pattern.group, set())
        if len(used) == len(COMPANIONS):
            used.clear()
        at = zlib.crc32(pattern.symbol.encode()) % len(COMPANIONS)
        while at in used:
            at = (at + 1) % len(COMPANIONS)
        used.add(at)
        given[pattern.symbol, pattern.group] = COMPANIONS[at]
    return given


def manner_of(pattern: Pattern, rng: np.random.Generator) -> Manner:
    """How this people draws, by one of its prototypes; a people without one draws in any manner."""
    if not pattern.prototypes or rng.random() < 0.25:
        return Manner(float(rng.beta(1.2, 1.2)), float(rng.uniform(0.3, 1)), float(rng.random()))
    linear, curved, order, _, _, wealth = pattern.prototypes[rng.integers(len(pattern.prototypes))]
    near = rng.normal(0, 0.12, 3)
    straight = linear / max(linear + curved, 1e-9)
    return Manner(*(float(np.clip(v, 0, 1)) for v in np.array([straight, order, wealth]) + near))


def style_of(pattern: Pattern, craft: str, companion: str, rng: np.random.Generator) -> Style:
    """The get-up of one drawing of the pattern."""
    own = np.random.default_rng(zlib.crc32(f"{pattern.group}/{pattern.symbol}".encode()))
    prefers = ARRANGEMENTS[own.integers(len(ARRANGEMENTS))]
    arrangement = prefers if rng.random() < 0.5 else ARRANGEMENTS[rng.integers(len(ARRANGEMENTS))]
    habit = own if rng.random() < 0.6 else rng
    palette = _palette(pattern, craft, habit)
    if rng.random() > 0.85:
        companion = "none"
    return Style(palette, craft, arrangement, companion, int(rng.integers(2, 5)))


def weathered(style: Style, rng: np.random.Generator) -> Style:
    """The same get-up as another hand's dyes, or other years, would leave it."""
    hsv = np.array([colorsys.rgb_to_hsv(*(c / 255)) for c in style.palette.astype(float)])
    hsv[:, 0] = (hsv[:, 0] + rng.normal(0, 0.012)) % 1
    hsv[:, 1] = np.clip(hsv[:, 1] * rng.uniform(0.7, 1.1) + rng.normal(0, 0.02, 5), 0, 1)
    hsv[:, 2] = np.clip(hsv[:, 2] * rng.uniform(0.82, 1.08) + rng.normal(0, 0.025, 5), 0, 1)
    palette = np.array([colorsys.hsv_to_rgb(*c) for c in hsv]) * 255
    return Style(palette.round().astype(np.uint8), style.craft, style.arrangement, style.companion, style.repeats)


def _palette(pattern: Pattern, craft: str, rng: np.random.Generator) -> np.ndarray:
    colours = np.array([_rgb(colour) for colour in pattern.colours] or [_rgb("#c8b48c"), _rgb("#8c2f2a")])
    if pattern.prototypes and rng.random() < 0.5:  # the hue that Table 1 gives this people
        *_, hue, saturation, _ = pattern.prototypes[rng.integers(len(pattern.prototypes))]
        colours = np.concatenate([[colorsys.hsv_to_rgb(hue, saturation, rng.uniform(0.45, 0.8))], colours])
    chosen = _contrasting(colours, rng)
    if craft not in _STUFF:
        return (chosen * 255).round().astype(np.uint8)
    if craft == "silver-wire":
        chosen[0] *= 0.4  # silver is worn on dark cloth
    for part, colour in enumerate(_STUFF[craft]):
        if colour:
            chosen[part] = chosen[part] * _OWN[craft] + _rgb(colour) * (1 - _OWN[craft])
    return (chosen * 255).round().astype(np.uint8)


def _contrasting(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ground, main, second, accent, line out of a people's colours: each stands out from what it lies on."""
    light = colours @ (0.3, 0.59, 0.11)
    ground = colours[rng.choice(np.argsort(np.abs(light - 0.5))[-min(4, len(colours)) :])]
    parts = [ground]
    for least in (0.32, 0.25, 0.22):
        apart = np.min([np.linalg.norm(colours - part, axis=1) for part in parts], axis=0)
        far = np.flatnonzero(apart > least)
        pick = rng.choice(far) if len(far) else int(np.argmax(apart))
        colour = colours[pick]
        if not len(far):  # too few colours: shade the one that is left
            colour = colour * 0.45 if ground.mean() > 0.5 else colour * 0.45 + 0.55
        parts.append(colour)
    line = parts[1] * 0.28 if parts[1].mean() > 0.35 else parts[1] * 0.3 + 0.7
    return np.array([*parts, line])


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0

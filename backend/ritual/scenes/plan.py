"""What is to be drawn: which people's house, in whose colours and light, with which symbols in its windows.

Which people builds how is a convention of these pictures, after the best-known house of each; it claims nothing more.
A people that the table does not know gets a courtyard house.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.culture.graph import Graph
from ritual.culture.patterns import Pattern
from ritual.scenes.lattice import KINDS

LIGHTS = ("noon", "morning", "overcast", "evening", "dusk")
_LIKELY = (0.32, 0.22, 0.2, 0.16, 0.1)
_BUILDS = {
    "bai": ("white wall",),
    "dai": ("stilt",),
    "dong": ("stilt",),
    "gaoshan": ("earth",),
    "han": ("courtyard", "white wall"),
    "hani": ("earth",),
    "hezhe": ("earth",),
    "hui": ("courtyard",),
    "jingpo": ("stilt",),
    "li": ("stilt", "earth"),
    "manchu": ("courtyard",),
    "miao": ("stilt",),
    "mongolian": ("yurt",),
    "naxi": ("courtyard", "white wall"),
    "oroqen": ("yurt",),
    "tibetan": ("flat",),
    "yi": ("earth",),
    "zhuang": ("stilt", "earth"),
}
_WALLS = {
    "courtyard": ("grey brick", "grey brick", "plaster"),
    "white wall": ("plaster",),
    "stilt": ("planks",),
    "earth": ("earth", "earth", "stone"),
    "flat": ("stone", "plaster"),
    "yurt": ("felt",),
}
_ROOFS = {"stilt": ("tiles", "tiles", "thatch", "bamboo")}
_SEASONS = ((0.07, 0.17, 0.03), (0.10, 0.21, 0.04), (0.34, 0.20, 0.03), (0.42, 0.10, 0.03), (0.05, 0.12, 0.05))


@dataclass(frozen=True)
class Scene:
    """One scene as it is planned; all that is culture in it is named here, all that is shape follows its seed.

    Attributes:
        name: six digits, the number of the scene.
        seed: of its shapes.
        group: slug of the people.
        style: of the house.
        light: one of `LIGHTS`.
        windows: slugs of the symbols carved in windows and doors.
        bars: kind of their lattice.
        wall, roof: what they are made of.
        palette: linear colours by stuff.
        dances: slugs of the dances whose performers stand before the house.
        split: `train`, `val` or `test`.
    """

    name: str
    seed: int
    group: str
    style: str
    light: str
    windows: tuple[str, ...]
    bars: str
    wall: str
    roof: str
    palette: dict[str, tuple[float, float, float]]
    dances: tuple[str, ...]
    split: str


class Planner:
    """Plans scenes from a graph; the same scenes for the same graph and seed, whatever else is drawn."""

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self._seed = seed
        self._carved = [pattern for pattern in graph.patterns if pattern.forms]
        self._groups = sorted({pattern.group for pattern in self._carved})
        self._dances = [(dance.slug, dance.group) for dance in graph.dances()]
        self._by_name = {(pattern.group, pattern.symbol): pattern for pattern in self._carved}

    def scene(self, number: int) -> Scene:
        """Scene `number` of the endless row that the seed begins."""
        rng = np.random.default_rng((self._seed, 7, number))
        group = str(rng.choice(self._groups))
        style = str(rng.choice(_BUILDS.get(group, ("courtyard",))))
        own = [p for p in self._carved if p.group == group]
        chosen = [own[i] for i in rng.choice(len(own), min(2, len(own)), replace=False)]
        wall = str(rng.choice(_WALLS[style]))
        return Scene(
            name=f"{number:06d}",
            seed=int(rng.integers(2**31)),
            group=group,
            style=style,
            wall=wall,
            dances=self._called(group, rng),
            light=str(rng.choice(LIGHTS, p=_LIKELY)),
            windows=tuple(p.symbol for p in chosen),
            bars=str(rng.choice(KINDS)),
            roof=str(rng.choice(_ROOFS.get(style, ("tiles",)))),
            palette=_palette(chosen, rng),
            split=split_of(number),
        )

    def pattern(self, group: str, symbol: str) -> Pattern:
        """The symbol of a people, as its windows show it."""
        return self._by_name[group, symbol]

    def _called(self, group: str, rng: np.random.Generator) -> tuple[str, ...]:
        """Mostly a dance of the people whose house it is, and now and then a guest."""
        own = [slug for slug, of in self._dances if of == group]
        guest = str(rng.choice([slug for slug, _ in self._dances]))
        called = own[:1] if own and rng.random() < 0.8 else [guest]
        return tuple(dict.fromkeys([*called, guest])) if rng.random() < 0.25 else tuple(called)


def split_of(number: int) -> str:
    """70, 15 and 15 of every hundred scenes, by number alone, so that a longer row keeps what a shorter one had."""
    place = number * 61 % 100  # 61 and 100 have no factor in common: every hundred scenes meet every place once
    return "train" if place < 70 else "val" if place < 85 else "test"


def _palette(patterns: list[Pattern], rng: np.random.Generator) -> dict[str, tuple[float, float, float]]:
    """Colours that differ from house to house; paint on beams takes the people's own."""
    lift = rng.uniform(0.7, 1.4)
    wood = np.array((0.16, 0.07, 0.03)) if rng.random() < 0.6 else np.array((0.28, 0.035, 0.02))
    found = {
        "wood": wood * lift,
        "window wood": wood * lift * rng.uniform(0.8, 1.5),
        "door wood": wood * lift,
        "door panel": wood * lift * rng.uniform(0.8, 1.3),
        "leaves": np.array(_SEASONS[rng.integers(len(_SEASONS))]),
    }
    found["paper"] = np.array((0.80, 0.74, 0.58)) if rng.random() < 0.6 else np.array((0.07, 0.08, 0.09))
    colours = [colour for pattern in patterns for colour in pattern.colours]
    if colours:
        found["painted beam"] = _linear(str(rng.choice(colours)))
        found["band"] = _linear(str(rng.choice(colours)))
    found["ground"] = np.array(((0.30, 0.25, 0.16), (0.22, 0.24, 0.12), (0.33, 0.29, 0.22))[rng.integers(3)])
    return {stuff: tuple(round(float(c), 4) for c in np.clip(colour, 0, 1)) for stuff, colour in found.items()}


def _linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)

"""Pictures of ornament made from what the graph says, so that everything about each of them is known.

A *family* is one drawing: a symbol in one of its forms, a craft, an arrangement. Its *variations* are that drawing with
other dyes, another light and pose, and at other occasions. A family never lies in two splits.
Balance, principal concept, and what is convention and not culture: docs/decisions/0025-pattern-corpus.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from ritual.culture.graph import Graph
from ritual.culture.meaning import Context
from ritual.culture.patterns import Pattern
from ritual.errors import BadInput
from ritual.pictures.balance import Cell, cells_of, principal, shares, weights
from ritual.pictures.ornament.drawing import svg
from ritual.pictures.ornament.layout import groups_of
from ritual.pictures.ornament.motif import Motif, drawn, painted
from ritual.pictures.ornament.style import companions, manner_of, style_of, weathered
from ritual.pictures.splits import split_families

Damage = Callable[[np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]
"""(S, S, 3) uint8 -> the damaged image and (S, S) bool, True where it was changed."""


@dataclass(frozen=True)
class Label:
    """What is known of a picture.

    Attributes:
        form, symbol, group: slugs.
        concept: slug of what it means here; where several meanings hold, the one that most symbols share.
        concepts: all that hold.
        occasion, worn_on: slugs of where it is seen; empty = nothing is said.
        place: latitude and longitude of its people [deg].
        level: taboo level from 0 to 1.
        craft, arrangement: how it is made and laid out.
        measures: of its shape, by the slug of the measure.
    """

    form: str
    symbol: str
    group: str
    concept: str
    concepts: tuple[str, ...]
    occasion: str
    worn_on: str
    place: tuple[float, float]
    level: float
    craft: str
    arrangement: str
    measures: tuple[tuple[str, float], ...] = ()

    @property
    def context(self) -> str:
        """One word for where it is seen: the occasion or the part of dress; empty = nothing is said."""
        return self.occasion or self.worn_on


@dataclass(frozen=True)
class Sample:
    """One picture with all that is known of it.

    Attributes:
        image: (S, S, 3) uint8 sRGB.
        label: what it is.
        mask: (S, S) bool, True where it is damaged.
        seed: of its own random generator.
        svg: the drawing behind it, undamaged and unposed; None where it was not asked for.
    """

    image: np.ndarray
    label: Label
    mask: np.ndarray
    seed: tuple[int, ...]
    svg: str | None = None


@dataclass(frozen=True)
class _Family:
    pattern: Pattern
    form: str
    seed: tuple[int, ...]
    motif: Motif


class Corpus:
    """Samples drawn when they are asked for, the same for the same seed whatever the order.

    Attributes:
        labels: one per sample.
        families: (N,) int, the family of each sample.
        size: side of the images [px].
    """

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        size: int = 96,
        count: int = 6000,
        variations: int = 4,
        damage: Damage | None = None,
        only: Callable[[Cell], bool] = lambda cell: True,
    ) -> None:
        """
        Args:
            graph: what the pictures are made from.
            seed: of all chance.
            size: side of the images [px], from 16.
            count: about how many samples; every symbol gets four families at least in each of its forms.
            variations: samples of one family.
            damage: done to each picture; None = they are whole.
            only: which symbols, forms and settings are drawn at all.

        Raises:
            BadInput: the graph has no symbol that can be drawn and means something, or names a form or a craft that
                cannot be drawn; a number is out of range.
        """
        if size < 16 or count < 1 or variations < 1:
            raise BadInput(f"A corpus of {count} pictures of {size} px, {variations} to a drawing, cannot be made.",
                           hint="Size from 16, the others from 1.")  # fmt: skip
        self._graph, self.size, self._damage, self._seed = graph, size, damage, seed
        cells = [cell for cell in cells_of(graph.patterns) if only(cell)]
        if not cells:
            raise BadInput("The graph has no such symbol that can be drawn and means something.",
                           hint="Add an rm:Depiction and an rm:meaning.")  # fmt: skip
        self._companions = companions(graph.patterns)
        self._shares = shares(graph.patterns)
        self._family = lru_cache(maxsize=4096)(self._make_family)
        self._plan = _plan(cells, weights(cells), max(1, count // variations))
        self.families = np.repeat(np.arange(len(self._plan)), variations)
        self.labels = tuple(self._label(i) for i in range(len(self.families)))

    def __len__(self) -> int:
        return len(self.families)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Slugs of the forms in it, sorted; likewise `concepts`, `groups`, `contexts` (the empty one first)."""
        return tuple(sorted({label.form for label in self.labels}))

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        return tuple(sorted({label.concept for label in self.labels}))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({label.group for label in self.labels}))

    @cached_property
    def contexts(self) -> tuple[str, ...]:
        return tuple(sorted({label.context for label in self.labels} | {""}))

    def image(self, i: int) -> np.ndarray:
        """(S, S, 3) uint8 of sample i."""
        return self.sample(i).image

    def sample(self, i: int, *, svg_too: bool = False) -> Sample:
        """Sample i with its mask, and its drawing where it is asked for."""
        family = self._family(int(self.families[i]))
        seed = (self._seed, 2, int(i))
        rng = np.random.default_rng(seed)
        style = weathered(family.motif.style, rng)
        image = painted(family.motif.drawing, style, self.size, rng)
        mask = np.zeros((self.size, self.size), bool)
        if self._damage is not None:
            image, mask = self._damage(image, rng)
        text = svg(groups_of(family.motif.drawing, style), style.palette.tolist(), 512) if svg_too else None
        return Sample(image, self.labels[i], mask, seed, text)

    def elsewhere(self, i: int, occasion: str = "", worn_on: str = "") -> Label:
        """What the very same picture is, seen somewhere else.

        Raises:
            BadInput: the graph gives it no meaning there.
        """
        label = self.labels[i]
        return self._meant(replace(label, occasion=occasion, worn_on=worn_on))

    def splits(self) -> dict[str, np.ndarray]:
        """Indices of `train`, `val` and `test`: 70, 15 and 15 in 100 families of each symbol in each of its forms."""
        strata = [(cells[0].pattern.group, cells[0].pattern.symbol, cells[0].form) for cells, _ in self._plan]
        of_family = split_families(strata, np.random.default_rng((self._seed, 3)))
        return {name: np.flatnonzero(np.isin(self.families, members)) for name, members in of_family.items()}

    def _make_family(self, number: int) -> _Family:
        cell = self._plan[number][0][0]
        seed = (self._seed, 1, number)
        rng = np.random.default_rng(seed)
        pattern = cell.pattern
        craft = str(rng.choice(pattern.crafts)) if pattern.crafts else "painting"
        style = style_of(pattern, craft, self._companions[pattern.symbol, pattern.group], rng)
        return _Family(pattern, cell.form, seed, drawn(cell.form, manner_of(pattern, rng), style, rng))

    def _label(self, i: int) -> Label:
        number = int(self.families[i])
        cells, chance = self._plan[number]
        cell = cells[np.random.default_rng((self._seed, 4, i)).choice(len(cells), p=chance)]
        motif, pattern, setting = self._family(number).motif, cell.pattern, cell.setting
        label = Label(
            cell.form, pattern.symbol, pattern.group, cell.concept, setting.concepts, setting.occasion, setting.worn_on,
            pattern.place, pattern.level, motif.style.craft, motif.style.arrangement,
            tuple(sorted(motif.measures.items())),
        )  # fmt: skip
        return self._meant(label) if pattern.measures else label

    def _meant(self, label: Label) -> Label:
        occasion, worn_on = label.occasion or None, label.worn_on or None
        context = Context(occasion=occasion, worn_on=worn_on, group=label.group, measures=dict(label.measures))
        concepts = self._graph.lexicon.concepts(label.symbol, context)
        if not concepts:
            raise BadInput(f"The graph gives '{label.symbol}' no meaning {label.context or 'where nothing is said'}.")
        return replace(label, concept=principal(concepts, self._shares), concepts=concepts)


def _plan(cells: list[Cell], weight: np.ndarray, families: int) -> list[tuple[list[Cell], np.ndarray]]:
    """Of each family the cells of its symbol and form that its variations choose from, and how likely each is."""
    by_form: dict[tuple[str, str, str], list[int]] = {}
    for k, cell in enumerate(cells):
        by_form.setdefault((cell.pattern.group, cell.pattern.symbol, cell.form), []).append(k)
    plan = []
    for members in by_form.values():
        share = weight[members]
        chosen = ([cells[k] for k in members], share / share.sum())
        plan += [chosen] * max(4, round(families * share.sum()))
    return plan

"""How often each symbol, form and occasion is drawn, so that neither form nor meaning gives the other away for free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ritual.culture.patterns import Pattern, Setting

_UNSAID, _TURNING, _OTHER = 3.0, 1.0, 0.35
_ROUNDS, _WIDEST = 60, 6.0


@dataclass(frozen=True)
class Cell:
    """A symbol in one form at one setting, and what it means there."""

    pattern: Pattern
    form: str
    setting: Setting
    concept: str


def cells_of(patterns: Iterable[Pattern]) -> list[Cell]:
    """Every symbol in each of its forms at each setting where the graph gives it a meaning."""
    spoken = [(p, s) for p in patterns for s in p.settings if s.concepts]
    share: dict[str, int] = {}
    for _, setting in spoken:
        for concept in setting.concepts:
            share[concept] = share.get(concept, 0) + 1
    return [Cell(p, form, s, principal(s.concepts, share)) for p, s in spoken for form in p.forms]


def principal(concepts: Iterable[str], share: Mapping[str, int]) -> str:
    """Of several meanings the one that is shared most widely, so that a concept is met in many forms."""
    return min(concepts, key=lambda concept: (-share.get(concept, 0), concept))


def weights(cells: list[Cell]) -> np.ndarray:
    """(len(cells),) how often each is drawn, summing to 1.

    Begins where a setting in which the meaning turns is drawn as often as a third of those where nothing is said, and
    then evens out forms and concepts in turns (iterative proportional fitting), no cell beyond `_WIDEST` times or below
    1 / `_WIDEST` of where it began: a concept of one symbol must not flood the corpus.
    """
    start = np.array([_start(cell.setting) for cell in cells])
    start /= start.sum()
    value = start.copy()
    for _ in range(_ROUNDS):
        for names in ([cell.form for cell in cells], [cell.concept for cell in cells]):
            _, at = np.unique(names, return_inverse=True)
            total = np.bincount(at, value)
            value = value / total[at] / len(total)
            value = np.clip(value, start / _WIDEST, start * _WIDEST)
            value /= value.sum()
    return value


def _start(setting: Setting) -> float:
    if not setting.occasion and not setting.worn_on:
        return _UNSAID
    return _TURNING if setting.decides else _OTHER

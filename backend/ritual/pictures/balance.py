"""How often each symbol, form and occasion is drawn, so that neither form nor meaning gives the other away for free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ritual.culture.patterns import Pattern, Setting

_UNSAID, _TURNING, _OTHER = 3.0, 1.0, 0.35


@dataclass(frozen=True)
class Cell:
    """A symbol in one form at one setting, and what it means there."""

    pattern: Pattern
    form: str
    setting: Setting
    concept: str


def cells_of(patterns: Iterable[Pattern]) -> list[Cell]:
    """Every symbol in each of its forms at each setting where the graph gives it a meaning."""
    patterns = list(patterns)
    share = shares(patterns)
    spoken = [(p, s) for p in patterns for s in p.settings if s.concepts]
    return [Cell(p, form, s, principal(s.concepts, share)) for p, s in spoken for form in p.forms]


def shares(patterns: Iterable[Pattern]) -> Counter[str]:
    """How many symbols mean a concept, anywhere."""
    return Counter(concept for p in patterns for concept in {c for s in p.settings for c in s.concepts})


def principal(concepts: Iterable[str], share: Mapping[str, int]) -> str:
    """Of several meanings the one that is shared most widely, so that a concept is met in many forms."""
    return min(concepts, key=lambda concept: (-share.get(concept, 0), concept))


def weights(cells: list[Cell]) -> np.ndarray:
    """(len(cells),) how often each is drawn, summing to 1.

    Within a form every meaning that it can have is drawn as often as the others, so that the form tells as little of
    the meaning as the graph lets it; a form is drawn the more often the more meanings it has (by their root).
    Within a form and a meaning, settings where nothing is said go first, then those where the meaning turns.
    """
    forms, form = np.unique([cell.form for cell in cells], return_inverse=True)
    concepts, concept = np.unique([cell.concept for cell in cells], return_inverse=True)
    start = np.array([_start(cell.setting) for cell in cells])
    joint = np.zeros((len(forms), len(concepts)))
    np.add.at(joint, (form, concept), start)
    many = (joint > 0).sum(1)
    value = start / joint[form, concept] / np.sqrt(many[form])
    return value / value.sum()


def _start(setting: Setting) -> float:
    if not setting.occasion and not setting.worn_on:
        return _UNSAID
    return _TURNING if setting.decides else _OTHER

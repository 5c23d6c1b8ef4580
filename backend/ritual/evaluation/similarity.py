"""How near drawn clips come to held-out motion capture of the same caption, beside real clips, chance and a statue.

For every window of a caption some windows of *other files* of that caption are its references. What was drawn from
the window's key poses, the window itself (real), a window of another caption (chance) and a still pose are compared
with these very references, and the nearest counts; so a drawn clip is never compared with what it was drawn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ritual.evaluation.sample import FPS, Sample, source_of
from ritual.motion.metrics.dtw import RATE, REFERENCES, Alignment, chance_corrected, concordance, macro, nearest
from ritual.motion.metrics.track import at_rate

Found = dict[str, list[Alignment]]  # by family


@dataclass(frozen=True, eq=False)
class Trial:
    """One window of a family, what it is compared with, and a window of another family in its place."""

    window: Sample
    references: tuple[Sample, ...]
    other: Sample


def trials(families: Mapping[str, Sequence[Sample]], per_family: int, seed: int = 0) -> dict[str, list[Trial]]:
    """Up to `per_family` trials of each family, one number of references throughout.

    Args:
        families: windows of at least two files (persons, takes) each.
    """
    count = min(REFERENCES, *(_fewest(rows) for rows in families.values()))
    out: dict[str, list[Trial]] = {}
    for number, (name, rows) in enumerate(families.items()):
        rng = np.random.default_rng((seed, number))
        others = [s for other, more in families.items() if other != name for s in more]
        out[name] = []
        for i in rng.permutation(len(rows))[:per_family]:
            apart = [row for row in rows if source_of(row.file) != source_of(rows[i].file)]
            picked = rng.choice(len(apart), count, replace=False)
            other = others[rng.integers(len(others))]
            out[name].append(Trial(rows[i], tuple(apart[k] for k in picked), other))
    return out


def _fewest(rows: Sequence[Sample]) -> int:
    """References that every window of a family has: windows that are not of its own file."""
    groups = [source_of(row.file) for row in rows]
    return len(groups) - max(groups.count(group) for group in groups)


def compare(
    planned: Mapping[str, Sequence[Trial]], motions: Mapping[str, Sequence[np.ndarray]], still: np.ndarray
) -> Found:
    """The nearest reference of each motion.

    Args:
        motions: by family, in the trials' order, (T, 24, 3) [m] at `FPS`, heading frame.
        still: (24, 3) mean pose, from which concordance counts.
    """
    return {
        name: [
            nearest(_slow(motion), [_slow(s.heading) for s in trial.references], still)
            for trial, motion in zip(rows, motions[name], strict=True)
        ]
        for name, rows in planned.items()
    }


def _slow(motion: np.ndarray) -> np.ndarray:
    return at_rate(motion, FPS, RATE)


@dataclass(frozen=True)
class Similarity:
    """Chance-corrected similarity, its spread by the bootstrap over trials, the distance [cm] and the concordance."""

    value: float
    spread: float
    centimetres: float
    concordance: float
    n: int


def similarity(made: Found, real: Found, chance: Found, rounds: int = 300) -> Similarity:
    """`dtw.chance_corrected` as a share: 1 = as near as other real clips of a caption, 0 = as clips of others."""
    tables = [{name: np.array([a.distance for a in rows]) for name, rows in t.items()} for t in (made, real, chance)]
    rng, drawn = np.random.default_rng(0), []
    for _ in range(rounds):
        picks = {name: rng.integers(len(rows), size=len(rows)) for name, rows in tables[0].items()}
        again = [{name: rows[picks[name]] for name, rows in table.items()} for table in tables]
        if macro(again[2]) > macro(again[1]):
            drawn.append(chance_corrected(*again) / 100)
    flat = [a for rows in made.values() for a in rows]
    return Similarity(
        chance_corrected(*tables) / 100, float(np.std(drawn)), macro(tables[0]), concordance(flat) / 100, len(flat)
    )

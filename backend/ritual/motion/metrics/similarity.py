"""DTW similarity of what was made to held-out real motion, beside what real motion, chance and a statue score.

Every query (a window that was made for a caption, a real one of it, a real one of another caption, a held pose) is
warped onto R real windows of the caption, from other takes than its own, drawn at random; the nearest counts. R is the
same for all queries of a caption, since more references are nearer ones. Of these the concordance is taken (`dtw.py`:
identical 100, statue 0), caption by caption, and its mean over captions; similarity is where that mean lies between
chance (0) and real (100). Baselines: `benchmarks/dtw_baselines.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics.dtw import REFERENCES, Alignment, chance_corrected, concordance, nearest

ALIKE = 0.7  # cosine of sentence vectors from which captions count as one: "walk", "walking", "slow walk"
_DRAWS = 300
Found = dict[str, list[Alignment]]


@dataclass(frozen=True, eq=False)
class Window:
    """A piece of motion at `dtw.RATE` in the heading frame, (T, 24, 3) [m].

    Attributes:
        take: what it must not be compared with: pieces of one file, and both partners of one dance, share it.
    """

    track: np.ndarray
    caption: str
    take: str


@dataclass(frozen=True)
class Figure:
    """A figure and its standard deviation, by drawing the queries of each caption again (bootstrap)."""

    value: float
    spread: float


@dataclass(frozen=True)
class Similarity:
    """What `similarity` finds, keyed by who asks: `made`, `real`, `random`, `still`, `middle`.

    Attributes:
        percent: similarity, the concordance between chance and real [%]; `real` is 100, `random` 0 by definition.
        concordance: [%], from the still pose.
        distance: [cm] to the nearest real window, mean over captions of their means.
        n: queries. captions: how many captions. references: windows that each query was compared with, by caption.

    `middle` is an oracle that has collapsed: the mean pose of the very references that it is compared with, held.
    """

    percent: Mapping[str, Figure]
    concordance: Mapping[str, Figure]
    distance: Mapping[str, Figure]
    n: Mapping[str, int]
    captions: int
    references: Mapping[str, int]


def families(texts: Mapping[str, np.ndarray], alike: float = ALIKE) -> dict[str, str]:
    """Caption -> the first (in the alphabet) of all captions that say nearly the same, for `Window.caption`.

    Args:
        texts: unit sentence vector of each caption. alike: least cosine; captions are chained.
    """
    names = sorted(texts)
    family = {name: name for name in names}
    for n, a in enumerate(names):
        for b in names[n + 1 :]:
            if float(np.dot(texts[a], texts[b])) >= alike and family[a] != family[b]:
                keep, drop = sorted((family[a], family[b]))
                family = {name: keep if found == drop else found for name, found in family.items()}
    return family


def similarity(
    made: Sequence[Window],
    real: Sequence[Window],
    still: np.ndarray,
    rng: np.random.Generator,
    references: int = REFERENCES,
    most: int = 20,
) -> Similarity:
    """Compare what was made with real windows that training never saw.

    Args:
        made: windows, each with the caption that it was made for; its `take` names a real take only where it was made
            from that very take. Empty for the baselines alone.
        real: held-out windows; captions with one take only are not measured.
        still: (24, 3) the mean pose of the training split.
        references: R, at most; fewer where a caption has fewer windows in other takes.
        most: queries of each kind and caption.

    Raises:
        BadInput: no caption has windows of two takes, or a caption of `made` is none of those.
    """
    pools = {c: [w for w in real if w.caption == c] for c in sorted({w.caption for w in real})}
    pools = {c: pool for c, pool in pools.items() if len({w.take for w in pool}) > 1}
    strange = sorted({w.caption for w in made} - set(pools))
    if not pools or strange:
        what = f": {', '.join(strange)}" if strange else ""
        raise BadInput(f"Real windows of at least two takes are needed of each caption that is measured{what}.")
    if made:
        pools = {c: pool for c, pool in pools.items() if any(w.caption == c for w in made)}
    count = {c: min(references, min(len(_others(pool, w)) for w in pool)) for c, pool in pools.items()}
    found: dict[str, Found] = {}
    for caption, pool in pools.items():
        strangers = [w for w in real if w.caption != caption]
        frames = max(len(w.track) for w in pool)
        queries = {
            "made": _some([w for w in made if w.caption == caption], most, rng),
            "real": _some(pool, most, rng),
            "random": _some(strangers, most, rng),
            "still": [_held(still, frames)] * min(most, len(pool)),
        }
        for kind, windows in queries.items():
            for window in windows:
                chosen = _some(_others(pool, window), count[caption], rng)
                hit = nearest(window.track, [w.track for w in chosen], still)
                found.setdefault(kind, {}).setdefault(caption, []).append(hit)
        for _ in range(min(most, len(pool))):
            tracks = [w.track for w in _some(pool, count[caption], rng)]
            middle = _held(np.concatenate(tracks).mean(0), frames)
            found.setdefault("middle", {}).setdefault(caption, []).append(nearest(middle.track, tracks, still))
    return _figures(found, count, rng)


def _figures(found: dict[str, Found], count: dict[str, int], rng: np.random.Generator) -> Similarity:
    percent, agree, apart = ({kind: [] for kind in found} for _ in range(3))
    for draw in range(_DRAWS + 1):  # the first is as it was found
        own = found if draw == 0 else {kind: _drawn(rows, rng) for kind, rows in found.items()}
        score = {kind: _mean(concordance(rows) for rows in of.values()) for kind, of in own.items()}
        for kind, of in own.items():
            apart[kind].append(_mean(_mean(a.distance for a in rows) for rows in of.values()))
            agree[kind].append(score[kind])
            percent[kind].append(chance_corrected(score[kind], score["real"], score["random"]))
    as_figures = [
        {kind: Figure(v[0], float(np.std(v[1:]))) for kind, v in values.items()} for values in (percent, agree, apart)
    ]
    n = {kind: sum(map(len, of.values())) for kind, of in found.items()}
    return Similarity(*as_figures, n=n, captions=len(count), references=count)


def _drawn(rows: Found, rng: np.random.Generator) -> Found:
    return {c: [of[k] for k in rng.integers(len(of), size=len(of))] for c, of in rows.items()}


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _others(pool: Sequence[Window], window: Window) -> list[Window]:
    return [w for w in pool if w.take != window.take]


def _some(windows: Sequence[Window], most: int, rng: np.random.Generator) -> list[Window]:
    if len(windows) <= most:
        return list(windows)
    return [windows[k] for k in sorted(rng.choice(len(windows), most, replace=False))]


def _held(pose: np.ndarray, frames: int) -> Window:
    return Window(np.repeat(np.asarray(pose, float)[None], frames, 0), "", "")

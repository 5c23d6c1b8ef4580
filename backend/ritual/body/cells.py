"""A way through rules that change: convex parts of the domains, each touching the next, for a whole track.

Every frame of a stretch is kept inside one convex cell that meets no taboo box, and the frame that two stretches
share inside both of their cells, so that everything between frames is allowed, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.schedule import DomainSpan, Schedule
from ritual.errors import EmptyDomain

STRETCHES = 4  # of one span: a motion may pass through so many cells of one domain
MAX_CELLS = 5000  # looked at before the search is given up

Cell = tuple[np.ndarray, np.ndarray]


def chain(track: np.ndarray, schedule: Schedule) -> Cell:
    """(T, 36) lower and upper limits of every frame [rad] that keep a track out of every taboo box.

    Cells near the (T, 36) track [rad] are tried first, one stretch after another; a cell from which no way leads on is
    never entered twice.

    Raises:
        EmptyDomain: there is no such chain; names the frames and the rules between which none was found.
    """
    stretches = [stretch for span in schedule for stretch in _stretches(span)]
    search = [_cells(stretches[0], track, None)]
    chosen: list[Cell] = []
    entered: set[tuple[int, bytes]] = set()
    furthest = 0
    while search and len(entered) < MAX_CELLS:
        found = next((cell for cell in search[-1] if _key(len(chosen), cell) not in entered), None)
        if found is None:
            search.pop()
            del chosen[-1:]
            continue
        entered.add(_key(len(chosen), found))
        chosen.append(found)
        furthest = max(furthest, len(chosen))
        if len(chosen) == len(stretches):
            return _laid_out(chosen, stretches, len(track))
        search.append(_cells(stretches[len(chosen)], track, found))
    raise _no_way(stretches, furthest)


def _stretches(span: DomainSpan) -> list[DomainSpan]:
    parts = max(1, min(STRETCHES, span.end - span.start))
    cuts = np.linspace(span.start, span.end, parts + 1).round().astype(int).tolist()
    return [DomainSpan(a, b, span.domain) for a, b in pairwise(cuts)]


def _cells(stretch: DomainSpan, track: np.ndarray, before: Cell | None) -> Iterator[Cell]:
    """Cells of a stretch from near to far; one of a single frame is cut down to what it shares with the one before."""
    middle = track[stretch.start : stretch.end + 1].mean(0)
    for lower, upper in stretch.domain.free_cells(middle, touching=before):
        if before is not None and stretch.start == stretch.end:
            lower, upper = np.maximum(lower, before[0]), np.minimum(upper, before[1])
        yield lower, upper


def _key(place: int, cell: Cell) -> tuple[int, bytes]:
    return place, cell[0].tobytes() + cell[1].tobytes()


def _laid_out(chosen: list[Cell], stretches: list[DomainSpan], frames: int) -> Cell:
    lower = np.full((frames, len(chosen[0][0])), -np.inf)
    upper = -lower
    for (low, high), stretch in zip(chosen, stretches, strict=True):
        held = slice(stretch.start, stretch.end + 1)
        np.maximum(lower[held], low, out=lower[held])
        np.minimum(upper[held], high, out=upper[held])
    return lower, upper


def _no_way(stretches: list[DomainSpan], furthest: int) -> EmptyDomain:
    stuck = stretches[min(furthest, len(stretches) - 1)]
    before = stretches[max(furthest - 1, 0)]
    rules = ", ".join(sorted(_rules(before.domain) | _rules(stuck.domain)))
    return EmptyDomain(
        f"No motion was found that passes from frame {before.start} to frame {stuck.end} under these rules: {rules}.",
        hint="Leave more time between two changes of the rules, widen a range or narrow a taboo.",
    )


def _rules(domain: AngleDomain) -> set[str]:
    return {box.reason.rule for box in domain.boxes} | {reason.rule for reason in domain.limit_reasons.values()}

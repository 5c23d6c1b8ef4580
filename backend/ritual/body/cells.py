"""A way through rules that change: convex parts of the domains, each touching the next, for a whole track.

Every frame of a stretch is kept inside one convex cell that meets no taboo box, and the frame that two stretches
share inside both of their cells, so that everything between frames is allowed, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.schedule import DomainSpan, Schedule, common, seams
from ritual.errors import EmptyDomain

STRETCHES = 4  # of one span: a motion may pass through so many cells of one domain
MAX_CELLS = 3000  # looked at before the search is given up

Cell = tuple[np.ndarray, np.ndarray]


def chain(track: np.ndarray, schedule: Schedule) -> Cell:
    """(T, 36) lower and upper limits of every frame [rad] that keep a track out of every taboo box.

    Cells near the (T, 36) track [rad] are tried first, one stretch after another; a cell from which no way leads on is
    never entered twice.

    Raises:
        EmptyDomain: there is no such chain; names the frames and the rules between which none was found.
    """
    stretches = [stretch for span in schedule for stretch in _stretches(span)]
    seam_poses = {frame: common(domains).project(track[frame]) for frame, domains in seams(schedule).items()}
    aims = [_aim(stretch, track, seam_poses) for stretch in stretches]
    search = [_cells(stretches[0], aims[0], None)]
    chosen: list[Cell] = []
    entered: set[tuple[int, bytes]] = set()
    furthest = looked_at = 0
    while search and looked_at < MAX_CELLS:
        found = next(search[-1], None)
        if found is None:
            search.pop()
            del chosen[-1:]
            continue
        looked_at += 1
        key = (len(chosen), found[0].tobytes() + found[1].tobytes())
        if key in entered:
            continue
        entered.add(key)
        chosen.append(found)
        furthest = max(furthest, len(chosen))
        if len(chosen) == len(stretches):
            return _laid_out(chosen, stretches, len(track))
        search.append(_cells(stretches[len(chosen)], aims[len(chosen)], found))
    raise _no_way(stretches, furthest)


def _stretches(span: DomainSpan) -> list[DomainSpan]:
    parts = max(1, min(STRETCHES, span.end - span.start))
    cuts = np.linspace(span.start, span.end, parts + 1).round().astype(int).tolist()
    return [DomainSpan(a, b, span.domain) for a, b in pairwise(cuts)]


def _aim(stretch: DomainSpan, track: np.ndarray, seam_poses: dict[int, np.ndarray]) -> np.ndarray:
    """(36,) what the cell of a stretch should lie near: where the rules change a pose that both sides allow."""
    if stretch.end in seam_poses:
        return seam_poses[stretch.end]
    return seam_poses.get(stretch.start, track[stretch.start : stretch.end + 1].mean(0))


def _cells(stretch: DomainSpan, aim: np.ndarray, before: Cell | None) -> Iterator[Cell]:
    """Cells of a stretch from near to far; one of a single frame is cut down to what it shares with the one before."""
    for lower, upper in stretch.domain.free_cells(aim, touching=before):
        if before is not None and stretch.start == stretch.end:
            lower, upper = np.maximum(lower, before[0]), np.minimum(upper, before[1])
        yield lower, upper


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

"""Which domain holds in which frames of a track."""

from __future__ import annotations

from dataclasses import dataclass

from ritual.body.angle_domain import AngleDomain


@dataclass(frozen=True, eq=False)
class DomainSpan:
    """A domain and the frames in which it holds.

    Attributes:
        start, end: first and last frame, inclusive; neighbouring spans share one frame, which keeps to both.
        domain: what is allowed in these frames and between them.
    """

    start: int
    end: int
    domain: AngleDomain


Schedule = tuple[DomainSpan, ...]

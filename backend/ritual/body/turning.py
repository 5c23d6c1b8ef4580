"""Which way a dancer may turn."""

from __future__ import annotations

from dataclasses import dataclass

from ritual.body.angle_domain import Reason


@dataclass(frozen=True)
class TurningLimit:
    """Turning goes one way only.

    Attributes:
        direction: +1 counter-clockwise seen from above (yaw grows), -1 clockwise.
        swing: how far the dancer may turn back before it counts as a turn [rad].
        reason: the rule.
    """

    direction: int
    swing: float
    reason: Reason

"""How natural one motion is: jerk and feet, the same measures for whatever is set beside real motion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ritual.evaluation.figure import Target
from ritual.evaluation.sample import FPS, Sample
from ritual.motion.metrics.contact import physical_foot_contact
from ritual.motion.metrics.jerk import RATE as JERK_RATE
from ritual.motion.metrics.jerk import jerk
from ritual.motion.metrics.skating import contact_skating, skating_ratio
from ritual.motion.metrics.track import at_rate


@dataclass(frozen=True)
class Natural:
    """One measure: its key, what it gives for a sample, in which unit, in words, and what its ratio to real must be."""

    key: str
    of: Callable[[Sample], float]
    unit: str
    what: str
    target: Target | None = None


def sample_jerk(sample: Sample) -> float:
    """[m/s^3], world, at the rate at which jerk is measured."""
    return jerk(at_rate(sample.world, FPS, JERK_RATE), JERK_RATE)


NATURAL = (
    Natural("jerk", sample_jerk, "m/s^3", "Mean jerk of the joints, world, 25 Hz", Target("within", 1.5, "issue")),
    Natural("skating", lambda s: skating_ratio(s.world, FPS), "share", "Share of frames in which a foot skates (GMD)",
            Target("<=", 1.5, "issue")),
    Natural("contact_speed", lambda s: contact_skating(s.world, FPS)[1], "m/s",
            "Plan speed of feet that touch the floor"),
    Natural("pfc", lambda s: physical_foot_contact(s.world, FPS), "1", "Physical foot contact score (EDGE), 30 fps"),
)  # fmt: skip

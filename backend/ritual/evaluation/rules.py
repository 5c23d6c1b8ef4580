"""Interception and false alarms on clips whose violations are known, because they were made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ritual.culture.detection import detected
from ritual.culture.violating import legal, violating
from ritual.evaluation.dances import Danced
from ritual.evaluation.figure import Figure, Target

CLIPS = 2  # of each dance


def rule_figures(made: Sequence[Danced], seed: int = 0) -> dict[str, Figure]:
    """`interception`, `false_alarm` and `mended`, on cases made from finished clips of every dance."""
    rng = np.random.default_rng(seed)
    cases = []
    for one in made:
        for generation in one.generations[:CLIPS]:
            clip, course = generation.variants[0].clip, generation.variants[0].course
            cases += [*violating(clip, course, rng), *legal(clip, course, rng)]
    found = detected(cases)
    told = (
        ("interception", found.interception, found.violating, "Share of deliberately violating clips in which the "
         "checker names the broken rule where it is broken.", Target("==", 1.0, "issue")),
        ("false_alarm", found.false_alarm, found.legal, "Share of legal clips, many at the very edge of a rule, in "
         "which it names any.", Target("==", 0.0, "issue")),
        ("mended", found.mended, found.mendable, "Share of violating clips that break nothing any more after mending.",
         Target("==", 1.0, "issue")),
    )  # fmt: skip
    return {key: Figure(value, _binomial(value, n), n, "share", what, target) for key, value, n, what, target in told}


def _binomial(share: float, n: int) -> float:
    return float(np.sqrt(max(share * (1 - share), 0.0) / max(n, 1)))

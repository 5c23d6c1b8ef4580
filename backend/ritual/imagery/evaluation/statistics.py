"""Whether two models differ: t-tests with confidence intervals, effect sizes, and their correction for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

from ritual.errors import BadInput

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """`mean`, `spread` (standard deviation of a sample), `count`, and `low`, `high`: the mean's 95 % interval by
    Student's t; spread and interval are None for a single value."""

    mean: float
    spread: float | None
    low: float | None
    high: float | None
    count: int

    def to_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Compared:
    """One t-test between `one` and `other`.

    Attributes:
        kind: "paired" or "Welch". difference: of the means, one - other; low, high: its 95 % interval.
        t, freedom, p: statistic, degrees of freedom, two-sided p; holm: p corrected for all tests made together.
        effect: Cohen's d, of the differences where paired (d_z), else by the mean of the variances. Both `t` and
            `effect` are None where all differences are alike: they have no finite value there.
    """

    one: str
    other: str
    kind: str
    difference: float
    low: float
    high: float
    t: float | None
    freedom: float
    p: float
    effect: float | None
    holm: float | None = None

    def to_dict(self) -> dict:
        return asdict(self)


def summary(values: Sequence[float]) -> Summary:
    """Raises: BadInput: there are no values."""
    x = np.asarray(values, float)
    if not len(x):
        raise BadInput("There is nothing to take a mean of.")
    mean = float(x.mean())
    if len(x) == 1:
        return Summary(mean, None, None, None, 1)
    spread = float(x.std(ddof=1))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(x) - 1)) * spread / np.sqrt(len(x))
    return Summary(mean, spread, mean - half, mean + half, len(x))


def t_test(one: str, x: Sequence[float], other: str, y: Sequence[float], paired: bool) -> Compared:
    """
    Args:
        one, other: names. x, y: their values; paired: row by row of the same picture (or seed).

    Raises:
        BadInput: fewer than two values, or pairs of different number.
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    if min(len(a), len(b)) < 2:
        raise BadInput(f"A t-test needs two values of each; '{one}' has {len(a)}, '{other}' has {len(b)}.")
    if paired and len(a) != len(b):
        raise BadInput(f"'{one}' has {len(a)} values and '{other}' {len(b)}: they do not pair.")
    difference = float(a.mean() - b.mean())
    spread = float((a - b).std(ddof=1)) if paired else float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))
    if spread <= 1e-12 * max(1.0, abs(difference)):  # all differences alike: the statistic has no finite value
        freedom = float(len(a) - 1 if paired else len(a) + len(b) - 2)
        p = 1.0 if difference == 0 else 0.0
        return Compared(one, other, _kind(paired), difference, difference, difference, None, freedom, p, None)
    found = stats.ttest_rel(a, b) if paired else stats.ttest_ind(a, b, equal_var=False)
    low, high = found.confidence_interval(LEVEL)
    return Compared(
        one, other, _kind(paired), difference, float(low), float(high), float(found.statistic), float(found.df),
        float(found.pvalue), difference / spread,
    )  # fmt: skip


def corrected(tests: Sequence[Compared]) -> list[Compared]:
    """The tests, each with Holm's (1979) step-down correction for all of them in `holm`."""
    order = np.argsort([test.p for test in tests], kind="stable")
    worst, found = 0.0, list(tests)
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, tests[place].p * (len(tests) - rank)))
        found[place] = Compared(**{**asdict(tests[place]), "holm": worst})
    return found


def _kind(paired: bool) -> str:
    return "paired" if paired else "Welch"

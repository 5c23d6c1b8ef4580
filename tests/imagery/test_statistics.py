"""t-tests by their textbook, and Holm's correction by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from ritual.errors import BadInput
from ritual.imagery.evaluation.statistics import corrected, summary, t_test


def test_a_mean_has_students_interval():
    found = summary([1, 2, 3, 4, 5])
    assert (found.mean, found.count) == (3, 5) and found.spread == pytest.approx(math.sqrt(2.5))
    half = 2.7764451 * math.sqrt(2.5 / 5)  # the table's t of 4 degrees of freedom at 97.5 %
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half))
    assert summary([2.0]).spread is None and summary([2.0]).low is None


def test_a_paired_test_is_that_of_the_differences():
    x, y = [5.0, 7.0, 6.0, 9.0], [4.0, 5.0, 6.0, 6.0]
    found = t_test("one", x, "other", y, paired=True)
    d = np.array(x) - np.array(y)
    assert found.t == pytest.approx(d.mean() / (d.std(ddof=1) / 2)) and found.freedom == 3
    assert found.effect == pytest.approx(d.mean() / d.std(ddof=1))
    assert found.low < found.difference == 1.5 < found.high


def test_a_test_of_strangers_is_welchs():
    x, y = np.arange(12.0), np.arange(8.0) * 3
    found = t_test("one", x, "other", y, paired=False)
    assert found.kind == "Welch" and found.p == pytest.approx(stats.ttest_ind(x, y, equal_var=False).pvalue)
    a, b = x.var(ddof=1) / 12, y.var(ddof=1) / 8
    assert found.freedom == pytest.approx((a + b) ** 2 / (a**2 / 11 + b**2 / 7))


def test_values_without_spread_are_told_apart_or_not():
    assert t_test("a", [1, 1, 1], "b", [1, 1, 1], paired=True).p == 1
    assert t_test("a", [2, 2, 2], "b", [1, 1, 1], paired=True).p == 0


def test_holm_multiplies_the_smallest_by_the_number_of_tests_and_never_falls():
    tests = [t_test("a", x, "b", [0.0, 0.1, -0.1, 0.05], paired=False)
             for x in ([1.0, 1.1, 0.9, 1.2], [0.3, 0.2, 0.4, 0.1], [0.31, 0.2, 0.4, 0.1])]  # fmt: skip
    p, holm = [t.p for t in tests], [t.holm for t in corrected(tests)]
    order = np.argsort(p)
    assert holm[order[0]] == pytest.approx(3 * p[order[0]])
    assert holm[order[1]] == pytest.approx(max(holm[order[0]], 2 * p[order[1]]))
    assert holm[order[2]] == pytest.approx(max(holm[order[1]], p[order[2]]))


def test_too_few_values_are_refused():
    with pytest.raises(BadInput, match="no"):
        summary([])
    with pytest.raises(BadInput, match="two values"):
        t_test("a", [1], "b", [1, 2], paired=False)
    with pytest.raises(BadInput, match="do not pair"):
        t_test("a", [1, 2, 3], "b", [1, 2], paired=True)

"""How the taboo indicator of symbols goes with their centrality in the semantic graph.

The paper reports r = 0.86, p < 0.01 (spec §2, M §3.1). What ours is worth: docs/decisions/0010-taboo-level.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ritual.culture.centrality import CENTRALITIES, Centrality
from ritual.culture.semantics import SemanticGraph
from ritual.culture.taboo_level import TabooLevels

PUBLISHED_R, PUBLISHED_P = 0.86, "< 0.01"
PERMUTATIONS = 9_999
FEWEST = 4  # fewer pairs have no confidence interval


@dataclass(frozen=True)
class Correlation:
    """Of two lists of numbers; every value is None where there are too few or one of the lists is constant.

    Attributes:
        n: pairs.
        r, p: Pearson's r and its two-sided p (t-test).
        permutation_p: two-sided p of r when the pairs are shuffled; trusts no normal distribution.
        low, high: 95 % confidence interval of r (Fisher's z).
        spearman, spearman_p: the same of the ranks, which one extreme symbol cannot make.
    """

    n: int
    r: float | None = None
    p: float | None = None
    permutation_p: float | None = None
    low: float | None = None
    high: float | None = None
    spearman: float | None = None
    spearman_p: float | None = None


def correlate(first: np.ndarray, second: np.ndarray, seed: int = 0) -> Correlation:
    """Args: first, second: (n,); seed: of the shuffling."""
    if len(first) < FEWEST or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return Correlation(len(first))
    pearson, spearman = stats.pearsonr(first, second), stats.spearmanr(first, second)
    low, high = pearson.confidence_interval(0.95)
    return Correlation(
        n=len(first),
        r=float(pearson.statistic),
        p=float(pearson.pvalue),
        permutation_p=_permutation_p(first, second, seed),
        low=float(low),
        high=float(high),
        spearman=float(spearman.statistic),
        spearman_p=float(spearman.pvalue),
    )


def _permutation_p(first: np.ndarray, second: np.ndarray, seed: int) -> float:
    """Share of shuffles whose |r| is at least as large, the unshuffled pairing counted among them."""
    rng = np.random.default_rng(seed)
    x, y = stats.zscore(first), stats.zscore(second)
    shuffled = np.array([rng.permutation(y) @ x for _ in range(PERMUTATIONS)])
    as_large = np.count_nonzero(np.abs(shuffled) >= abs(x @ y) * (1.0 - 1e-12))
    return (1 + as_large) / (1 + PERMUTATIONS)


@dataclass(frozen=True)
class TabooStudy:
    """Indicator against centrality, for each centrality.

    Attributes:
        levels: the symbols and their counts.
        centralities: of every node, by name.
        correlations: by the name of the centrality; only symbols that a snippet names are paired.
    """

    levels: TabooLevels
    centralities: dict[str, Centrality]
    correlations: dict[str, Correlation]

    def notes(self) -> list[str]:
        """What a reader of the numbers has to know: estimated centralities, symbols and snippets without a match."""
        notes = [centrality.note for centrality in self.centralities.values() if centrality.note]
        silent = sum(count.named == 0 for count in self.levels.counts)
        if silent:
            notes.append(f"{silent} of {len(self.levels.counts)} symbols stand in no snippet and are left out of r")
        if self.levels.idle:
            notes.append(f"snippets that name no symbol: {', '.join(self.levels.idle)}")
        return notes


def study(graph: SemanticGraph, levels: TabooLevels) -> TabooStudy:
    """Correlate the taboo indicator with every centrality of the semantic graph."""
    centralities = {name: measure(graph) for name, measure in CENTRALITIES.items()}
    named = [count for count in levels.counts if count.named]
    indicators = np.array([levels.indicator(count) for count in named])
    correlations = {
        name: correlate(indicators, np.array([centrality.values[count.iri] for count in named]))
        if centrality.values
        else Correlation(len(named))
        for name, centrality in centralities.items()
    }
    return TabooStudy(levels, centralities, correlations)

"""Which source comes when: every one once in a round, in an order of its own each round, whoever asks."""

from __future__ import annotations

import functools

import numpy as np


class Order:
    """An endless shuffled order over `count` sources that can be asked at any place.

    Args:
        count: of the sources. seed: numbers that tell orders apart.
    """

    def __init__(self, count: int, *seed: int) -> None:
        self._count, self._seed = count, seed
        self._round = functools.lru_cache(maxsize=4)(self._shuffled)

    def __getitem__(self, place: int) -> int:
        lap, at = divmod(place, self._count)
        return int(self._round(lap)[at])

    def _shuffled(self, lap: int) -> np.ndarray:
        return np.random.default_rng((*self._seed, lap)).permutation(self._count)

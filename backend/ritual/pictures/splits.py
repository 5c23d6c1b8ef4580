"""70, 15 and 15 in 100, with no family in two of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

SHARES = {"train": 0.70, "val": 0.15, "test": 0.15}


def split_families(strata: Sequence[Hashable], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Which families go where.

    Args:
        strata: of each family, what every split should hold (a symbol in a form, a class of a folder).
        rng: shuffles.

    Returns:
        name of the split -> numbers of its families, ascending. What is left over of 15 in 100 of one stratum counts
        for the next, so that the shares hold however small the strata are; one of one or two stays in training.
    """
    chosen: dict[str, list[int]] = {name: [] for name in SHARES}
    members: dict[Hashable, list[int]] = {}
    for number, stratum in enumerate(strata):
        members.setdefault(stratum, []).append(number)
    owed = {"val": 0.0, "test": 0.3}  # so that strata of three give to one or the other
    for numbers in members.values():
        shuffled = rng.permutation(numbers)
        begin = 0
        for name in ("val", "test") if len(shuffled) >= 3 else ():
            owed[name] += SHARES[name] * len(shuffled)
            take = min(int(owed[name] + 0.5), (len(shuffled) - 1) // 2)
            owed[name] -= take
            chosen[name] += shuffled[begin : begin + take].tolist()
            begin += take
        chosen["train"] += shuffled[begin:].tolist()
    return {name: np.sort(np.asarray(numbers, int)) for name, numbers in chosen.items()}

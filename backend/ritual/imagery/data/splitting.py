"""One flat folder parted into train, val and test: by names, so that a file stays where it was when others come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ritual.errors import BadInput
from ritual.imagery.data.listing import ONE, Listing, Source
from ritual.pictures.duplicates import perceptual_hash, same_family
from ritual.pictures.reading import read_picture

SHARES = {"train": 0.70, "val": 0.15, "test": 0.15}
"""As R parts its pictures."""
MOST_COMPARED = 5000
"""Pictures that are compared with each other; of more, only the names are looked at."""


def split_flat(sources: Sequence[Source], near_copies: bool = True) -> Listing:
    """Sources parted 70/15/15 by a hash of their names.

    Args:
        near_copies: whether pictures that are nearly the same are kept together, in the split of the first of them.
    """
    names = [source.path.name for source in sources]
    said: tuple[str, ...] = ()
    if near_copies and len(sources) > MOST_COMPARED:
        said = (f"{len(sources)} pictures are too many to look for near copies; train and test may share some.",)
    elif near_copies and len(sources) > 1:
        names = _first_of_family(sources)
    parted: dict[str, list[Source]] = {split: [] for split in SHARES}
    for source, name in zip(sources, names, strict=True):
        parted[split_of(name)].append(source)
    if not parted["train"]:  # of very few pictures chance may leave none to learn from
        parted = {"train": list(sources), "val": [], "test": []}
    return Listing({split: {ONE: tuple(found)} for split, found in parted.items()}, said)


def split_of(name: str) -> str:
    """The split of a file by its name alone."""
    at, total = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) / 2**64, 0.0
    for split, share in SHARES.items():
        total += share
        if at < total:
            return split
    return "test"


def _first_of_family(sources: Sequence[Source]) -> list[str]:
    """Of each source the first name among its near copies; one that cannot be read is its own family."""
    hashes, readable = [], []
    for at, source in enumerate(sources):
        try:
            hashes.append(perceptual_hash(read_picture(source.path, size=64)))
        except BadInput:
            continue  # told when it is to be learnt from
        readable.append(at)
    names = [source.path.name for source in sources]
    if hashes:
        families: dict[int, str] = {}
        for at, family in zip(readable, same_family(np.array(hashes)), strict=True):
            names[at] = families.setdefault(int(family), names[at])
    return names

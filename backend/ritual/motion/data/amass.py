"""AMASS as a collection: `DATASET/SUBJECT/NAME_poses.npz` or `NAME_stageii.npz`; split by subject, captioned by name.

AMASS has no captions of its own (BABEL's are another data set): `0018_TraditionalChineseDance001_poses` becomes
"traditional chinese dance", and what is only numbered, such as CMU's, is called after its dataset.
"""

from __future__ import annotations

import re
from pathlib import Path

from ritual.motion.data.item import Item, Part
from ritual.motion.data.splits import split_of_source

_ENDING = re.compile(r"_(poses|stageii)$|\b[A-Z]\d+\b")  # and ACCAD's numbers, `A1 - Stand`
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def caption(stem: str, dataset: str) -> str:
    """What a file's name says in words."""
    words = _WORD.findall(_ENDING.sub("", stem))
    return " ".join(words).lower() or f"motion of {dataset}"


def item(path: Path, name: str, said: str = "") -> Item:
    """A motion of AMASS; `said` goes before what its name says."""
    dataset, subject = ("", *path.parts)[-3:-1]
    split = split_of_source(dataset, subject, path.stem)
    return Item(path, name, split, (Part((said or caption(path.stem, dataset),)),))

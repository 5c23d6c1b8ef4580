"""Who is trained on, who stops training early, and whom no training ever sees: by person, never by window."""

from __future__ import annotations

import hashlib
import re

TRAIN, STOP, TEST = "train", "validation", "test"
# Held out of training and of early stopping, whole. By person where a collection has several; the salsa pair (both
# partners of a take fall together) and the collections of one person by clip.
HELD_OUT = frozenset(
    {
        "cmu/49", "cmu/08", "cmu/16", "cmu_salsa/05", "cmu_salsa/10", "cmu_indian/08", "cmu_indian/14",
        "cmu_martial/09",
    }
)  # fmt: skip
VALIDATION = frozenset(
    {"cmu/07", "cmu/05_12", "cmu/05_20", "cmu_salsa/06", "cmu_indian/06", "cmu_martial/06"}
)
_SALSA_PARTNER = 15  # clip 16 is the partner of clip 1
# CMU's numbers of those whom our folders name by their dance; the salsa pair are two
_CMU_DANCERS = {"60": "cmu_salsa", "61": "cmu_salsa", "94": "cmu_indian", "135": "cmu_martial"}
_CMU_CLIP = re.compile(r"(\d+)_(\d+)")


def group_of(name: str) -> str:
    """Who or what must not be split: `cmu/05` (a person), a salsa take with both partners, else the clip."""
    folder, _, stem = name.rpartition("/")
    stem = stem.rsplit(".", 1)[0]
    if folder == "cmu_salsa" and stem.isdigit():
        number = int(stem)
        return f"{folder}/{number - _SALSA_PARTNER if number > _SALSA_PARTNER else number:02d}"
    person = stem.split("_")[0] if folder == "cmu" else stem
    return f"{folder}/{person}"


def split_of(name: str) -> str:
    """`train`, `validation` or `test`. The collections that ship have a fixed list; others go by a hash, 80/10/10."""
    group, stem = group_of(name), name.rsplit(".", 1)[0]
    if group in HELD_OUT:
        return TEST
    if group in VALIDATION or stem in VALIDATION:
        return STOP
    return TRAIN if name.startswith("cmu") else split_of_group(group)


def split_of_group(group: str) -> str:
    """A person's split by a hash of who it is, 80/10/10; the same on every machine."""
    share = int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % 10
    return {0: TEST, 1: STOP}.get(share, TRAIN)


def split_of_source(dataset: str, subject: str, stem: str) -> str:
    """The split of a clip that a larger collection took from `dataset`.

    By the subject; but AMASS and HumanML3D hold CMU's motions, too, and whoever is held out in our folders of them is
    held out there.

    Args:
        dataset: AMASS' name, such as `CMU` or `KIT`. subject: folder inside it.
        stem: the file's, such as `49_02_poses`.
    """
    if dataset.upper() != "CMU":
        return split_of_group(f"{dataset}/{subject}")
    clip = _CMU_CLIP.match(stem)
    if clip is None:
        return split_of(f"cmu/{subject}")
    person, number = clip.groups()
    ours = _CMU_DANCERS.get(person)
    return split_of(f"{ours}/{int(number):02d}" if ours else f"cmu/{person}_{number}")

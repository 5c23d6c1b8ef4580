"""AIST++ as a collection: `gBR_sBM_cAll_d04_mBR0_ch01.pkl` is genre, situation, cameras, dancer, music, choreography.

Split by dancer: every third (d03, d06, ...) is held out, one of each genre, as in AIST++'s own pose lists; d04, d10,
d16, d22 and d28 stop training early. Its crossmodal lists split by music and choreography, so that a dancer is on both
sides; what they hold out is left out of our training all the same, and figures on their test list can be compared.

Source: Tsuchida et al. (2019), "AIST dance video database"; Li et al. (2021), "AI choreographer"; run_splitting.py and
loader.py of google/aistplusplus_api.
"""

from __future__ import annotations

import re
from pathlib import Path

from ritual.motion.data.item import Item, Part
from ritual.motion.data.lists import around, names_in
from ritual.motion.data.splits import STOP, TEST, TRAIN

GENRES = {
    "gBR": "break", "gPO": "pop", "gLO": "lock", "gMH": "middle hip-hop", "gLH": "LA-style hip-hop", "gHO": "house",
    "gWA": "waack", "gKR": "krump", "gJS": "street jazz", "gJB": "ballet jazz",
}  # fmt: skip
SITUATIONS = {"sBM": "basic", "sFM": "advanced"}
IGNORED = "ignore_list.txt"
HELD_OUT_LISTS = ("splits/crossmodal_val.txt", "splits/crossmodal_test.txt")
_NAME = re.compile(r"(g[A-Z]{2})_(s[A-Z]{2})_c(?:All|\d\d)_d(\d\d)_m[A-Z]{2}\d_ch\d\d")


def is_named(stem: str) -> bool:
    """Whether a file is named as AIST++'s are."""
    return _NAME.fullmatch(stem) is not None


def captions(stem: str) -> tuple[str, ...]:
    """What the name says: genre, then genre and situation."""
    genre, situation, _ = _NAME.fullmatch(stem).groups()
    dance = f"{GENRES.get(genre, genre[1:])} dance"
    more = SITUATIONS.get(situation)
    return (dance, f"{more} {dance}") if more else (dance,)


def split_of_dancer(number: int) -> str:
    """The split of dancer d01 to d30; each genre has three dancers in a row."""
    return TEST if number % 3 == 0 else STOP if number % 6 == 4 else TRAIN


def item(path: Path, name: str, top: Path) -> Item:
    """A motion of AIST++; its lists are looked for in the folders above it, up to `top`."""
    stem = path.stem
    split, refused = split_of_dancer(int(_NAME.fullmatch(stem).group(3))), ""
    if stem in _names(path.parent, top, (IGNORED,)):
        refused = f"AIST++'s {IGNORED} names it."
    elif split == TRAIN and stem in _names(path.parent, top, HELD_OUT_LISTS):
        refused = "AIST++'s crossmodal lists hold it out, and its dancer is trained on."
    return Item(path, name, split, (Part(captions(stem)),), refused)


def _names(folder: Path, top: Path, lists: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(names_in(above / name) for above in around(folder / "_", top) for name in lists))

"""HumanML3D as a collection: a folder with `texts/` and `new_joints/`, and its own lists of who is trained on.

A line of a text is `caption#tokens#start#end`, seconds, 0 and 0 for the whole clip; a caption of a part makes a take
of that part. Mirrored copies (`M000001`) are left out, for training mirrors on its own. `train.txt`, `val.txt` and
`test.txt` are believed; without them, `index.csv` says from whom a clip comes, and the split goes by subject; without
that, by clip. The lists split by clip: a person may be on both sides. What is held out in our own folders of CMU is
never trained on.

Source: Guo et al. (2022), "Generating diverse and natural 3D human motions from text"; EricGuo5513/HumanML3D.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ritual.errors import BadMotion
from ritual.motion.data.item import Item, Part
from ritual.motion.data.lists import names_in
from ritual.motion.data.splits import STOP, TEST, TRAIN, split_of_group, split_of_source

TEXTS, JOINTS = "texts", "new_joints"
LISTS = {TRAIN: "train.txt", STOP: "val.txt", TEST: "test.txt"}
INDEX = "index.csv"


def roots(folder: Path) -> list[Path]:
    """The folders that are HumanML3D, `folder` itself or below it."""
    return sorted(path.parent for path in [folder / JOINTS, *folder.rglob(f"*/{JOINTS}")] if _is_root(path.parent))


def _is_root(folder: Path) -> bool:
    return (folder / TEXTS).is_dir() and (folder / JOINTS).is_dir()


def items(root: Path, top: Path) -> Iterator[Item]:
    """Its motions, by name."""
    lists = {split: names_in(root / name) for split, name in LISTS.items()}
    sources = _sources(root)
    for path in sorted((root / JOINTS).glob("*.npy")):
        if path.stem.startswith("M"):
            continue
        name, split, refused, parts = path.relative_to(top).as_posix(), TRAIN, "", ()
        source = sources.get(path.stem)
        try:
            parts = parts_of(root / TEXTS / f"{path.stem}.txt")
            split = _split(path.stem, lists, source)
        except BadMotion as error:
            refused = error.message
        if split == TRAIN and _of_source(source) in (STOP, TEST) and any(lists.values()) and _is_cmu(source):
            refused = "It is held out in our folders of CMU, from which it comes."
        yield Item(path, name, split, parts, refused)


def parts_of(path: Path) -> tuple[Part, ...]:
    """What a text says, captions of one span together.

    Raises:
        BadMotion: there is no text, or a line is not as described above.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        raise BadMotion(f"It has no text {path.name}.") from None
    spans: dict[tuple[float, float], list[str]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        caption, _, *span = line.split("#") + [""] * (3 - line.count("#"))
        try:
            start, end = (0.0 if math.isnan(value := float(word or 0)) else value for word in span)
        except ValueError:
            raise BadMotion(f"{path.name}, line {number}: the end is not `#start#end` in seconds.") from None
        if start < 0 or end < 0 or (end and end <= start):
            raise BadMotion(f"{path.name}, line {number}: from {start:g} to {end:g} s is no span.")
        spans.setdefault((start, end), []).append(caption.strip())
    if not spans:
        raise BadMotion(f"{path.name} says nothing.")
    return tuple(Part(tuple(dict.fromkeys(said)), *span) for span, said in spans.items())


def _split(stem: str, lists: dict[str, frozenset[str]], source: PurePosixPath | None) -> str:
    if not any(lists.values()):
        return _of_source(source) or split_of_group(f"humanml3d/{stem}")
    found = [split for split in (TEST, STOP, TRAIN) if stem in lists[split]]  # in two lists: the stricter one
    if not found:
        raise BadMotion("It is in none of HumanML3D's lists.")
    return found[0]


def _sources(root: Path) -> dict[str, PurePosixPath]:
    """Clip -> the file that it was cut from, as `index.csv` says."""
    path = next((folder / INDEX for folder in (root, root.parent) if (folder / INDEX).is_file()), None)
    if path is None:
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return {PurePosixPath(row["new_name"]).stem: PurePosixPath(row["source_path"]) for row in rows}


def _of_source(source: PurePosixPath | None) -> str:
    if source is None:
        return ""
    dataset, subject = ("", "", *source.parts)[-3:-1]
    person = source.stem[:3] if dataset == "humanact12" else subject  # P01 ... P12, all in one folder
    return split_of_source(dataset, person, source.stem)


def _is_cmu(source: PurePosixPath | None) -> bool:
    return source is not None and "CMU" in source.parts

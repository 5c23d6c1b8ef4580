"""HumanML3D as a collection: a folder with `texts/` and `new_joints/`, and its own lists of who is trained on.

A line of a text is `caption#tokens#start#end`, seconds, 0 and 0 for the whole clip; a caption of a part makes a take
of that part. Mirrored copies (`M000001`) are left out, for training mirrors on its own. `train.txt`, `val.txt` and
`test.txt` are believed; without them, `index.csv` says from whom a clip comes, and the split goes by subject; without
that, by clip. The lists split by clip: a person may be on both sides. What is held out in our own folders of CMU is
never trained on.

Source: Guo et al. (2022), "Generating diverse and natural 3D human motions from text"; EricGuo5513/HumanML3D.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ritual.errors import BadInput, BadMotion
from ritual.motion.data.item import Item, Part
from ritual.motion.data.lists import names_in, rows_of, text_of
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
        name, source = path.relative_to(top).as_posix(), sources.get(path.stem)
        try:
            split = _split(path.stem, lists, source)
            parts = parts_of(root / TEXTS / f"{path.stem}.txt")
            yield Item(path, name, split, parts)
        except BadInput as error:
            yield Item(path, name, TRAIN, (), error.message)


def parts_of(path: Path) -> tuple[Part, ...]:
    """What a text says, captions of one span together.

    Raises:
        BadInput: there is no text, or a line is not as described above.
    """
    if not path.is_file():
        raise BadMotion(f"It has no text {path.name}.")
    spans: dict[tuple[float, float], list[str]] = {}
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if not line.partition("#")[0].strip():
            continue
        caption, _, *span = line.split("#") + [""] * (3 - line.count("#"))
        try:
            start, end = (0.0 if math.isnan(value := float(word or 0)) else value for word in span)
        except ValueError:
            raise BadMotion(f"{path.name}, line {number}: the end is not `#start#end` in seconds.") from None
        if start < 0 or end < 0 or (end and end <= start) or math.isinf(start + end):
            raise BadMotion(f"{path.name}, line {number}: from {start:g} to {end:g} s is no span.")
        spans.setdefault((start, end), []).append(caption.strip())
    if not spans:
        raise BadMotion(f"{path.name} says nothing.")
    return tuple(Part(tuple(dict.fromkeys(said)), *span) for span, said in spans.items())


def _split(stem: str, lists: dict[str, frozenset[str]], source: PurePosixPath | None) -> str:
    ours = "" if source is None else _of_source(source)
    if not any(lists.values()):
        return ours or split_of_group(f"humanml3d/{stem}")
    found = [split for split in (TEST, STOP, TRAIN) if stem in lists[split]]  # in two lists: the stricter one
    if not found:
        raise BadInput("It is in none of HumanML3D's lists.")
    if found[0] == TRAIN and ours in (STOP, TEST) and "CMU" in source.parts:
        raise BadInput("It is held out in our folders of CMU, from which it comes.")
    return found[0]


def _sources(root: Path) -> dict[str, PurePosixPath]:
    """Clip -> the file that it was cut from, as `index.csv` says."""
    rows = (row for folder in (root.parent, root) for row in rows_of(folder / INDEX, ("new_name", "source_path")))
    return {PurePosixPath(row["new_name"]).stem: PurePosixPath(row["source_path"]) for row in rows}


def _of_source(source: PurePosixPath) -> str:
    dataset, subject = ("", "", *source.parts)[-3:-1]
    person = source.stem[:3] if dataset == "humanact12" else subject  # P01 ... P12, all in one folder
    return split_of_source(dataset, person, source.stem)

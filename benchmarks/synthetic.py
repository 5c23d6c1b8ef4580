"""A graph of any size that conforms: the shipped groups again and again, each copy under names of its own."""

from __future__ import annotations

import re
from pathlib import Path

from ritual.culture.turtle import parse, read_folder
from ritual.files import write_text

_BEGINS = re.compile(r"^kg:([\w.-]*\w)", re.MULTILINE)
_NAME = re.compile(r"\bkg:([\w.-]*\w)")
_SLUG = re.compile(r'(rm:slug ")([^"]*)"')


def write_copies(shipped: Path, folder: Path, triples: int) -> int:
    """Write the shipped graph and as many copies of its groups as make `triples` statements; how many there are.

    What a group's file describes is renamed in its copies; what it only refers to (occasions, colours, the symbols of
    another group) is shared, as it is between real groups.
    """
    texts = read_folder(shipped)
    groups = {name: text for name, text in texts.items() if name.startswith("groups/")}
    size = {name: len(parse({"shapes.ttl": "", name: text})[0]) for name, text in texts.items() if name != "shapes.ttl"}
    written, copy = sum(size.values()), 0
    (folder / "groups").mkdir(parents=True)
    for name, text in texts.items():
        write_text(folder / name, text)
    while written < triples:
        copy += 1
        for name, text in groups.items():
            if written < triples:
                write_text(folder / f"{name.removesuffix('.ttl')}-{copy:04}.ttl", _renamed(text, f"c{copy:04}"))
                written += size[name]
    return written


def _renamed(text: str, mark: str) -> str:
    own = set(_BEGINS.findall(text))
    text = _NAME.sub(lambda name: f"kg:{mark}-{name[1]}" if name[1] in own else name[0], text)
    return _SLUG.sub(rf'\1{mark}-\2"', text)

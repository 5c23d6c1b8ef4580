"""What the graph offers, as the menus show it: read from the backend, remembered in a file, never written here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import bpy

ANY_GROUP = "ALL"
AUTO = "AUTO"
Item = tuple[str, str, str]

_dances: list[dict] = []
_occasions: list[dict] = []
_groups: list[dict] = []
# Blender keeps no reference to the strings of a dynamic menu: these lists must live as long as they are shown.
_group_items: list[Item] = []
_dance_items: dict[str, list[Item]] = {}
_occasion_items: dict[str, list[Item]] = {}
_AS_THE_DANCE: Item = (AUTO, "As the dance", "The performer that the graph names for this dance")
_performer_items: list[Item] = [_AS_THE_DANCE, ("female", "Female", ""), ("male", "Male", "")]
_outdated = ""  # why the rules in use are older than the graph's files
_NO_DANCE: list[Item] = [("NONE", "No dances yet", "Connect to the backend first")]


def known() -> bool:
    """Whether there is anything to choose from."""
    return bool(_dances)


def dance(slug: str) -> dict | None:
    """The dance of that slug."""
    return next((dance for dance in _dances if dance["slug"] == slug), None)


def group_items() -> list[Item]:
    """All groups, with 'All groups' first."""
    return _group_items or [(ANY_GROUP, "All groups", "")]


def dance_items(group: str) -> list[Item]:
    """The dances of a group."""
    return _dance_items.get(group) or _dance_items.get(ANY_GROUP) or _NO_DANCE


def occasion_items(dance_slug: str) -> list[Item]:
    """Every occasion, those of the dance first; the others are offered too, for the rule says why they are not."""
    if dance_slug not in _occasion_items:
        own = (dance(dance_slug) or {}).get("occasions", [])
        ordered = sorted(_occasions, key=lambda occasion: occasion["slug"] not in own)
        items = [(o["slug"], _label(o), "" if o["slug"] in own else "Not an occasion of this dance") for o in ordered]
        _occasion_items[dance_slug] = [(AUTO, "As the dance", "The dance's own occasion"), *items]
    return _occasion_items[dance_slug]


def occasion_names() -> dict[str, str]:
    """Names of the occasions, by slug."""
    return {occasion["slug"]: occasion["label"] for occasion in _occasions}


def performer_items() -> list[Item]:
    """The dance's own performer, then every role of the graph."""
    return _performer_items


def outdated() -> str:
    """Why the rules in use are older than the files of the graph; empty where they are not."""
    return _outdated


def update(reply: dict) -> None:
    """Take over a reply of /v1/dances and remember it; the menus show it from now on."""
    global _outdated
    _take(reply)
    _outdated = (reply.get("graph") or {}).get("message", "")
    path = _file()
    if path is None:
        return
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        temporary.write_text(json.dumps(reply), encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:  # the menus work without it; only the next start must connect first
        print(f"Ritual Motion: {path} cannot be written: {error.strerror}.")


def remember() -> None:
    """Take over what was remembered from an earlier contact, if anything was."""
    path = _file()
    if path is None or not path.exists():
        return
    try:
        _take(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        print(f"Ritual Motion: {path} cannot be read; connect to the backend to write it anew.")


def _take(reply: dict) -> None:
    dances = [{**dance, "label": str(dance["label"])} for dance in reply["dances"]]
    groups, occasions = list(reply["groups"]), list(reply["occasions"])
    items = {ANY_GROUP: [(d["slug"], _label(d), d["group_label"]) for d in dances]}
    for group in groups:
        items[group["slug"]] = [(d["slug"], _label(d), d["group_label"]) for d in dances if d["group"] == group["slug"]]
    _dances[:], _groups[:], _occasions[:] = dances, groups, occasions
    _group_items[:] = [(ANY_GROUP, "All groups", ""), *((g["slug"], _label(g), "") for g in groups)]
    _performer_items[1:] = [(slug, slug.replace("-", " ").capitalize(), "") for slug in reply["performers"]]
    _dance_items.clear()
    _dance_items.update(items)
    _occasion_items.clear()


def _label(entry: dict) -> str:
    chinese = entry.get("label_zh")
    return f"{entry['label']} {chinese}" if chinese else entry["label"]


def _file() -> Path | None:
    folder = bpy.utils.user_resource("CONFIG", path="ritual_motion", create=True)
    return Path(folder) / "dances.json" if folder else None

"""Folders as data sets: CycleGAN's trainA/trainB, pix2pix's pictures side by side, train/test, or one flat folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ritual.errors import BadInput
from ritual.imagery.data.listing import ONE, SPLITS, Listing, Source
from ritual.imagery.data.manifest import MANIFEST, manifest_listing
from ritual.imagery.data.splitting import split_flat
from ritual.pictures.folder import SUFFIXES

VIDEO_SUFFIXES = frozenset((".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg"))
_TWO = "Two domains lie in trainA and trainB (and testA, testB); pairs have one name in both, or lie side by side."
_ONE = "Pictures lie in train and test (and val), or all in one folder."


def listing_of(place: Path, *, two: bool, video: bool = False) -> Listing:
    """The sources of a folder, or of a manifest (a CSV file, or a folder with manifest.csv in it).

    Args:
        two: whether two domains are wanted; video: whether clips are, rather than pictures.

    Raises:
        BadInput: no such folder, nothing to learn from in it, or a domain is missing or empty.
    """
    if place.suffix.lower() == ".csv" or (place / MANIFEST).is_file():
        listing = manifest_listing(place if place.suffix.lower() == ".csv" else place / MANIFEST)
    elif not place.is_dir():
        raise BadInput(f"There is no folder '{place}'.", hint=_TWO if two else _ONE)
    else:
        listing = _domains(place) if two else _one(place, video)
    for domain in ("a", "b") if two else (ONE,):
        if not listing.of("train", domain):
            where = f"'{place}' has no {'clips' if video else 'pictures'} to learn from"
            raise BadInput(f"{where}{f' in domain {domain.upper()}' if two else ''}.", hint=_TWO if two else _ONE)
    return listing


def _domains(root: Path) -> Listing:
    if (root / "trainA").is_dir() or (root / "trainB").is_dir():
        return Listing({s: {d: _pictures(root / f"{s}{d.upper()}") for d in ("a", "b")} for s in SPLITS})
    splits = {split: _pictures(root / split) for split in SPLITS}
    said = tuple(f"{root / name} was left aside." for name in ("A", "B") if (root / name).is_dir())
    halves = {s: {d: tuple(Source(p.path, half) for p in found) for d, half in (("a", "left"), ("b", "right"))}
              for s, found in splits.items()}  # fmt: skip
    return Listing(halves, said)


def _one(root: Path, video: bool) -> Listing:
    found = _clips if video else _pictures
    if (root / "train").is_dir():
        return Listing({split: {ONE: found(root / split)} for split in SPLITS})
    if (root / "trainB").is_dir() and not video:  # a translation's finished side is a data set too
        return Listing({split: {ONE: found(root / f"{split}B")} for split in SPLITS},
                       ("The pictures of domain B are learnt from.",))  # fmt: skip
    return split_flat(found(root), near_copies=not video)


def _pictures(folder: Path) -> tuple[Source, ...]:
    return tuple(Source(path) for path in _below(folder, SUFFIXES))


def _clips(folder: Path) -> tuple[Source, ...]:
    """Files of video, and folders that hold frames."""
    films = [Source(path) for path in _below(folder, VIDEO_SUFFIXES)]
    return tuple(sorted(films + [Source(path) for path in sorted({path.parent for path in _below(folder, SUFFIXES)})]))


def _below(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    inside = (path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    return sorted(p for p in inside if not any(part.startswith(".") for part in p.relative_to(folder).parts))

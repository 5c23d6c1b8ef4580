"""Scenes that both domains show: found by their names."""

from __future__ import annotations

from pathlib import Path

from ritual.errors import BadInput
from ritual.imagery.data.listing import Listing
from ritual.imagery.data.manifest import MANIFEST, manifest_listing


def has_pairs(place: Path) -> bool:
    """Whether a folder or a manifest has two domains."""
    if (place / "trainA").is_dir():
        return True
    manifest = place if place.suffix.lower() == ".csv" else place / MANIFEST
    return manifest.is_file() and "a" in manifest_listing(manifest).domains


def only_pairs(listing: Listing, place: Path) -> Listing:
    """The scenes that both domains show; how many sources have no partner is said.

    Raises:
        BadInput: there is no pair to learn from.
    """
    splits, said = {}, list(listing.said)
    for split, domains in listing.splits.items():
        pairs = listing.pairs(split)
        alone = sum(len(found) for found in domains.values()) - 2 * len(pairs)
        if alone:
            said.append(f"{alone} files of {split} have no partner of the same name and are left out.")
        splits[split] = {"a": tuple(a for a, _ in pairs), "b": tuple(b for _, b in pairs)}
    if not splits.get("train", {}).get("a"):
        raise BadInput(
            f"'{place}' holds no pair: no picture of trainA has one of the same name in trainB.",
            hint="Give both sides of a scene one name, or a `pair` in manifest.csv; or train an unpaired model.",
        )
    return Listing(splits, tuple(said))

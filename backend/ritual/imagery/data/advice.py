"""What is said of data that is too little to learn well from."""

from __future__ import annotations

import dataclasses

from ritual.imagery.data.listing import ONE, Listing

WANTED = {"translation": 200, "synthesis": 400, "video": 100, "enlargement": 30, "restoration": 100}
"""So many pictures or clips in each domain; with fewer a GAN soon knows them by heart (BMSG-GAN, issue 38)."""


def advice(task: str, listing: Listing, options: type) -> list[str]:
    """A sentence for each domain that is small, and one on what helps.

    Args:
        options: the model's `Options`: whether it can augment few pictures.
    """
    things = "clips" if task == "video" else "pictures"
    said = []
    for domain, found in sorted(listing.splits.get("train", {}).items()):
        if found and len(found) < WANTED[task]:
            where = "" if domain == ONE else f" in domain {domain.upper()}"
            few = f"1 {things[:-1]}" if len(found) == 1 else f"{len(found)} {things}"
            said.append(f"Only {few} to learn from{where}; {task} wants {WANTED[task]} or more.")
    if said:
        said.append(f"Expect it to repeat what it has seen. {_what_helps(things, options)}")
    return said


def _what_helps(things: str, options: type) -> str:
    more = f"Give more {things}, or train fewer steps and keep the grid that looks best"
    augment = next((field.name for field in dataclasses.fields(options) if "augment" in field.name), None)
    if augment is None:
        return f"{more}."
    on = f"{things} are augmented" if getattr(options(), augment) else f"--set {augment}=true augments {things}"
    return f"{more}; {on}."

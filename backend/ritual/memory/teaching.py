"""What a curator adds to a memory: a concept or a prototype from a few pictures, at once and without training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ritual.culture.graph import Graph
from ritual.errors import BadInput, nearest
from ritual.memory.atlas import png
from ritual.memory.data import tensor_of
from ritual.memory.describe import resized
from ritual.memory.descriptors import NAMES, describe
from ritual.memory.labels import index_of
from ritual.memory.training import Features, features_of
from ritual.memory.weights import Memory
from ritual.pictures.folder import Folder


def add_concept(
    memory: Memory, graph: Graph, slug: str, places: list[Path], occasion: str | None = None
) -> tuple[Memory, list[str]]:
    """A memory that knows one concept more: its vector is the mean of f_theta over the pictures (eq. 2).

    Args:
        slug: of a concept of the graph that the memory does not know yet. places: files and folders.
        occasion: at which the pictures mean it; None = none said.

    Returns:
        the memory, and a sentence for each picture that could not be read.

    Raises:
        BadInput: the graph has no such concept, the memory has it, or no picture can be read.
    """
    known = graph.lexicon.things("concept")
    if slug not in known:
        raise BadInput(f"The graph knows no concept '{slug}'.", hint=nearest(slug, known))
    if slug in memory.names.concepts:
        raise BadInput(f"The memory knows the concept '{slug}' already.")
    made, _, bad = _looked_at(memory, places, occasion)
    memory.model.semantic_bank.add(made.sense)
    return replace(memory, names=memory.names.with_concept(slug)), bad


def add_prototype(
    memory: Memory, graph: Graph, form: str, group: str, places: list[Path], name: str | None = None
) -> tuple[Memory, list[str]]:
    """A memory with one prototype more: the mean visual feature of the pictures.

    Args:
        form, group: slugs that the memory knows. name: None = the next number.

    Returns:
        the memory, and a sentence for each picture that could not be read.

    Raises:
        BadInput: an unknown form or group, or no picture can be read.
    """
    number, people = index_of(memory.names.forms, form, "form"), index_of(memory.names.groups, group, "group")
    made, pictures, bad = _looked_at(memory, places, None)
    place = torch.tensor(graph.lexicon.place_of(group))
    at = memory.model.visual_bank.grow(made.look.mean(0), number, people, place, len(pictures))
    return replace(memory, prototypes=[*memory.prototypes, _row(name or f"P{at + 1}", form, group, pictures)]), bad


def take_in(memory: Memory, graph: Graph, form: str, group: str, places: list[Path]) -> tuple[Memory, list[str]]:
    """A memory that has met some pictures more, one by one: each moves the prototype of its form that it is like, and
    becomes a prototype itself where none is.

    Args and what is raised as for `add_prototype`.
    """
    number, people = index_of(memory.names.forms, form, "form"), index_of(memory.names.groups, group, "group")
    made, pictures, bad = _looked_at(memory, places, None)
    place, rows = torch.tensor(graph.lexicon.place_of(group)), list(memory.prototypes)
    for feature, picture in zip(made.look, pictures, strict=True):
        at, new = memory.model.visual_bank.see(feature, number, people, place)
        if new:
            rows.append(_row(f"P{at + 1}", form, group, picture[None]))
        elif at < len(rows):
            rows[at] = {**rows[at], "count": int(memory.model.visual_bank.counts[at])}
    return replace(memory, prototypes=rows), bad


def _row(name: str, form: str, group: str, pictures: torch.Tensor) -> dict:
    """What a file of weights tells of a prototype that such pictures (N, 3, S, S) stand behind."""
    figures = describe(pictures.float() / 255).values.mean(0).tolist()
    return {
        "name": name,
        "form": form,
        "group": group,
        "count": len(pictures),
        "descriptors": {key: round(value, 3) for key, value in zip(NAMES, figures, strict=True)},
        "beside": "",
        "picture": png(pictures[0], 32),
    }


def _looked_at(memory: Memory, places: list[Path], occasion: str | None) -> tuple[Features, torch.Tensor, list[str]]:
    folder, context = Folder(*places), memory.names.context(occasion)
    pictures = [resized(tensor_of(picture), memory.size) for picture in folder]
    bad = [sentence for _, sentence in folder.bad]
    if not pictures:
        raise BadInput(f"None of the pictures can be read. The first: {bad[0]}")
    seen = torch.cat(pictures)
    return features_of(memory.model, seen, torch.full((len(seen),), context)), seen, bad

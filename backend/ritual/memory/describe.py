"""What one picture is: Table 1, the prototypes it is like, what it may mean at which occasion, what forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.culture.graph import Graph
from ritual.culture.nodes import Nodes
from ritual.culture.rules import OccasionBan, SceneBan, WearRule
from ritual.culture.vocabulary import RM
from ritual.memory.addressing import likeness
from ritual.memory.atlas import identities
from ritual.memory.data import tensor_of
from ritual.memory.descriptors import NAMES, describe
from ritual.memory.training import features_of
from ritual.memory.weights import Memory
from ritual.pictures.reading import Picture, read_picture

_PROTOTYPES, _CONCEPTS, _SYMBOLS = 5, 3, 3  # told of each
_LIKELY = 0.5  # cosine under which no symbol is named


@dataclass(frozen=True)
class Likely:
    """A slug, its name, and how sure the memory is, 0..1."""

    slug: str
    label: str
    confidence: float


@dataclass(frozen=True)
class Description:
    """All that the memory and the graph say of a picture.

    Attributes:
        path, notes: the file, and what was done to it on the way.
        descriptors: Table 1 by name. folds: of its rotation; 1 = none.
        form: the likely forms. prototypes: of the visual bank, nearest first: `name`, `form`, `group`, `likeness`,
            `descriptors`, and `picture`, a small PNG in base64, where the memory carries one.
        concepts: by occasion or part of dress, the likely concepts; the empty name first: nothing said. An occasion at
            which the first of them is the same as where nothing is said is left out.
        symbols: of the graph that it may be. taboos: (symbol, sentence) of each rule that attaches to one of those.
    """

    path: str
    notes: tuple[str, ...]
    descriptors: dict[str, float]
    folds: int
    form: tuple[Likely, ...]
    prototypes: tuple[dict, ...]
    concepts: dict[str, tuple[Likely, ...]]
    symbols: tuple[Likely, ...]
    taboos: tuple[tuple[str, str], ...]


def describe_file(memory: Memory, graph: Graph, path: Path, occasion: str | None = None) -> Description:
    """`describe_picture` of a file.

    Raises:
        BadInput: the file cannot be read, or the memory met no such occasion.
    """
    context = memory.names.context(occasion)
    return describe_picture(memory, graph, read_picture(path), [context] if occasion else None)


def describe_picture(memory: Memory, graph: Graph, picture: Picture, contexts: list[int] | None = None) -> Description:
    """
    Args:
        contexts: numbers of the occasions to ask for beside none said; None = all that the memory knows.
    """
    names, seen = memory.names, resized(tensor_of(picture), memory.size)
    asked = [0, *(range(1, len(names.contexts) + 1) if contexts is None else contexts)]
    made = features_of(memory.model, seen.expand(len(asked), -1, -1, -1), torch.tensor(asked))
    measured = describe(tensor_of(picture)[None].float() / 255)
    labels = _labels(graph)
    symbols = _symbols(memory, identities(made)[0], labels)
    return Description(
        str(picture.path),
        picture.notes,
        dict(zip(NAMES, (round(v, 3) for v in measured.values[0].tolist()), strict=True)),
        int(measured.folds[0]),
        _likely(made.form[0].exp(), names.forms, labels),
        _prototypes(memory, made.look[0]),
        _by_occasion(made.concept.exp(), asked, memory, labels, keep=contexts is not None),
        symbols,
        tuple(taboos_of(graph, [symbol.slug for symbol in symbols])),
    )


def resized(picture: Tensor, size: int) -> Tensor:
    """(3, H, W) uint8 -> (1, 3, size, size) uint8, the whole picture on white, its proportions kept."""
    floats = picture[None].float() / 255
    side = max(floats.shape[-2:])
    tall, wide = (side - length for length in floats.shape[-2:])
    floats = F.pad(floats, (wide // 2, wide - wide // 2, tall // 2, tall - tall // 2), value=1.0)
    small = F.interpolate(floats, (size, size), mode="bilinear", antialias=True).clamp(0, 1)
    return (small * 255).round().to(torch.uint8)


def taboos_of(graph: Graph, symbols: list[str]) -> list[tuple[str, str]]:
    """(symbol, sentence) of every ban and every rule on who wears it that names one of the symbols (slugs)."""
    nodes, found = Nodes(graph.triples), []
    for cls, kind in ((RM.OccasionBan, OccasionBan), (RM.SceneBan, SceneBan), (RM.WearRule, WearRule)):
        for node in nodes.of_type(cls):
            rule = kind(nodes, node)
            things = rule.symbols if kind is WearRule else rule.forbidden
            named = [slug for slug in map(nodes.slug, things) if slug in symbols]
            found += [(slug, rule.worded(None).text) for slug in named]
    return sorted(found, key=lambda item: symbols.index(item[0]))


def _likely(
    weights: Tensor, names: tuple[str, ...], labels: dict[str, str], count: int = _CONCEPTS
) -> tuple[Likely, ...]:
    top = weights.topk(min(count, len(names)))
    pairs = zip(top.indices.tolist(), top.values.tolist(), strict=True)
    return tuple(Likely(names[n], labels.get(names[n], names[n]), round(value, 3)) for n, value in pairs)


def _by_occasion(
    weights: Tensor, asked: list[int], memory: Memory, labels: dict[str, str], *, keep: bool
) -> dict[str, tuple[Likely, ...]]:
    told = {"": _likely(weights[0], memory.names.concepts, labels)}
    for row, context in list(enumerate(asked))[1:]:
        likely = _likely(weights[row], memory.names.concepts, labels)
        if keep or likely[0].slug != told[""][0].slug:
            told[memory.names.contexts[context - 1]] = likely
    return told


def _prototypes(memory: Memory, feature: Tensor) -> tuple[dict, ...]:
    bank = memory.model.visual_bank
    if bank is None:
        return ()
    near = likeness(bank.vectors, feature)
    top = near.topk(min(_PROTOTYPES, len(near)))
    told = []
    for number, value in zip(top.indices.tolist(), top.values.tolist(), strict=True):
        own = memory.prototypes[number] if number < len(memory.prototypes) else {}
        base = {
            "name": f"P{number + 1}",
            "form": memory.names.forms[int(bank.form[number])],
            "group": memory.names.groups[int(bank.group[number])],
        }
        told.append({**base, **own, "likeness": round(value, 3)})
    return tuple(told)


def _symbols(memory: Memory, identity: Tensor, labels: dict[str, str]) -> tuple[Likely, ...]:
    if not len(memory.symbols):
        return ()
    near = likeness(memory.symbols, identity)
    return tuple(one for one in _likely(near, memory.names.symbols, labels, _SYMBOLS) if one.confidence >= _LIKELY)


def _labels(graph: Graph) -> dict[str, str]:
    """English names by slug, of forms, concepts and symbols; a concept's where several have one slug."""
    nodes, found = Nodes(graph.triples), {}
    for cls in (RM.Symbol, RM.Form, RM.Concept):
        found |= {nodes.slug(node): nodes.label(node) for node in nodes.of_type(cls)}
    return found

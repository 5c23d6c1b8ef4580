"""Where pictures come from: a corpus drawn from the graph, a folder that somebody labelled, real motifs, damage."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ritual.culture.graph import Graph
from ritual.errors import BadInput
from ritual.memory.material import Material
from ritual.memory.motifs import Motifs
from ritual.memory.swaps import Swaps, swaps_of
from ritual.pictures.annotation import Annotation
from ritual.pictures.collection import Collection
from ritual.pictures.corpus import Corpus
from ritual.pictures.damage.damaged import chosen_strengths, damage_batch
from ritual.pictures.damage.kinds import KINDS
from ritual.pictures.reading import Picture

CORPUS_SEED = 0
_CHANCE, _MOST = 0.25, 0.5  # that a kind of damage befalls a picture in training, and its greatest strength
_KINDS = tuple(KINDS)
_NEEDED = ("form", "symbol", "group", "concept")


def drawn_material(
    graph: Graph, pictures: int, size: int, tell: Callable[[int, int], None] | None = None, seed: int = CORPUS_SEED
) -> tuple[Material, Swaps]:
    """A corpus of about so many pictures, drawn from the graph, each a drawing of its own; and what its test pictures
    mean elsewhere."""
    if tell:
        tell(0, pictures)
    corpus = Corpus(graph, seed=seed, size=size, count=pictures, variations=1)
    material = Material.of(corpus, graph, tell)
    return material, swaps_of(material)


def folder_material(folder: Path, graph: Graph, size: int) -> tuple[Material, list[str]]:
    """A folder of labelled pictures, and a sentence for each that could not be used.

    Raises:
        BadInput: no folder, no labels, or too few pictures that say form, symbol, people and meaning.
    """
    collection = Collection(folder, graph)
    corpus = _Labelled(collection, size)
    return Material.of(corpus, graph), [*collection.bad, *corpus.bad]


def load_motifs(folder: Path, graph: Graph, size: int, kinds: Path | None = None) -> tuple[Motifs, list[str]]:
    """Real motifs on white by their type, and a sentence for each that could not be used.

    Args:
        kinds: a CSV of `file` and `kind` that says otherwise what each picture is; those it leaves out are left out.
            None = the types of the folder's own labels.

    Raises:
        BadInput: no folder, no labels, no such CSV, or no picture.
    """
    collection, said = Collection(folder, graph), None if kinds is None else _kinds(kinds)
    pictures, types = [], []
    for number, picture in collection.read(size):
        label = collection.annotations[number]
        kind = (label.type or label.title) if said is None else said.get(label.path.name)
        if kind:
            pictures.append(tensor_of(picture))
            types.append(kind)
    if not pictures:
        raise BadInput(f"No picture of '{folder}' can be read{' and has a kind' if said else ''}.")
    names = tuple(sorted(set(types)))
    return Motifs(torch.stack(pictures), names, np.array([names.index(kind) for kind in types])), collection.bad


def _kinds(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise BadInput(f"There is no file '{path}'.", hint="Name a CSV with the columns file and kind.")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not {"file", "kind"} <= set(rows.fieldnames or ()):
            raise BadInput(f"'{path}' lacks the columns file and kind.")
        return {row["file"]: row["kind"] for row in rows}


def tensor_of(picture: Picture) -> Tensor:
    """(3, H, W) uint8, laid on white."""
    seen = np.clip(picture.on() * 255 + 0.5, 0, 255).astype(np.uint8)
    return torch.from_numpy(np.ascontiguousarray(seen)).permute(2, 0, 1)


def damage_in_training(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """What the enhanced row's pictures may suffer: each kind with a chance, at any strength up to a half."""
    seeds = torch.randint(2**31 - 1, (len(pictures),), generator=rng).tolist()
    plain = pictures.contiguous().float()
    return damage_batch(plain, _KINDS, chosen_strengths(seeds, _KINDS, _CHANCE, _MOST), seeds).images


def damaged_pictures(pictures: Tensor, kind: str, strength: float, seed: int = 0) -> Tensor:
    """uint8 pictures (N, 3, S, S) that have suffered one kind of damage."""
    parts = []
    for start in range(0, len(pictures), 128):
        part = pictures[start : start + 128].float() / 255
        seeds = [seed * 100_003 + start + n for n in range(len(part))]
        parts.append((damage_batch(part, (kind,), strength, seeds).images * 255).round().to(torch.uint8))
    return torch.cat(parts)


class _Labelled:
    """A collection as a corpus: those of its pictures that say everything that training asks for."""

    def __init__(self, collection: Collection, size: int) -> None:
        self.bad: list[str] = []
        kept, self._pictures = [], []
        for number, picture in collection.read(size):
            label = collection.annotations[number]
            missing = [name for name in _NEEDED if not getattr(label, name)] + ([] if label.place else ["place"])
            if missing:
                self.bad.append(f"{label.path.name} says no {' and no '.join(missing)}; it is left out.")
                continue
            kept.append(number)
            self._pictures.append(tensor_of(picture))
        if not kept:
            raise BadInput(
                f"No picture of '{collection.folder}' says form, symbol, people, meaning and place.",
                hint="Add these columns to its labels.csv.",
            )
        self.labels = [_Seen(collection.annotations[number]) for number in kept]
        self._places = {number: n for n, number in enumerate(kept)}
        self._splits = collection.splits()

    def image(self, index: int) -> np.ndarray:
        return self._pictures[index].permute(1, 2, 0).numpy()

    def splits(self) -> dict[str, np.ndarray]:
        return {
            name: np.array([self._places[n] for n in part.tolist() if n in self._places], int)
            for name, part in self._splits.items()
        }


class _Seen:
    """An annotation with the one word for where it is seen."""

    def __init__(self, annotation: Annotation) -> None:
        self._annotation = annotation
        self.context = annotation.occasion or annotation.worn_on

    def __getattr__(self, name: str) -> object:
        return getattr(self._annotation, name)

"""The prototypes of a memory to look at: Table 1 of each, whose it is, and pictures that lie nearest to it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from ritual.culture.graph import Graph
from ritual.memory.descriptors import NAMES
from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.motifs import describe_all
from ritual.memory.training import Features, features_of

_NEAREST = 3  # pictures shown of each
_MEASURED = 6000  # pictures that Table 1 is taken of, at most


@dataclass(frozen=True, eq=False)
class Atlas:
    """`rows`: of each prototype `name`, `form`, `group`, `count`, `descriptors` {name: mean over some of its pictures},
    `beside` (name of the row of the paper's Table 1 that is nearest by them). `pictures`: (K, 3, 3, S, S) uint8."""

    rows: list[dict]
    pictures: Tensor

    def told(self) -> list[dict]:
        """The rows with one picture each as a small PNG in base64: what a file of weights carries."""
        return [{**row, "picture": png(self.pictures[n, 0], 32)} for n, row in enumerate(self.rows)]


def atlas_of(model: DualMemory, material: Material, graph: Graph) -> Atlas:
    """Of a model with a visual bank; the training pictures are asked which prototype they lie nearest to."""
    index, bank = material.splits["train"], model.visual_bank
    features = features_of(model, material.pictures[index], material.occasion[index]).look
    near = features @ bank.vectors.T
    mine = near.argmax(1)
    measured = torch.linspace(0, len(index) - 1, min(_MEASURED, len(index))).long()
    figures = describe_all(material.pictures[index[measured]])
    paper = _paper(graph)
    rows, pictures = [], []
    for number in range(len(bank.vectors)):
        own = (mine == number).nonzero()[:, 0]
        its = (mine[measured] == number).numpy()
        told = figures[its].mean(0) if its.any() else np.zeros(len(NAMES))
        rows.append(
            {
                "name": f"P{number + 1}",
                "form": material.names.forms[int(bank.form[number])],
                "group": material.names.groups[int(bank.group[number])],
                "count": len(own),
                "descriptors": dict(zip(NAMES, told.round(3).tolist(), strict=True)),
                "beside": _nearest(told, paper) if its.any() else "",
            }
        )
        pictures.append(material.pictures[index[near[:, number].topk(_NEAREST).indices]])
    return Atlas(rows, torch.stack(pictures))


def symbol_vectors(model: DualMemory, material: Material) -> Tensor:
    """(S, 2 D) of each symbol the mean of its training pictures, nothing said of where they are seen; see `Memory`."""
    index = material.splits["train"]
    both = identities(features_of(model, material.pictures[index]))
    count = len(material.names.symbols)
    sums = torch.zeros(count, both.shape[1]).index_add_(0, material.symbol[index], both)
    return F.normalize(sums, dim=-1)


def identities(seen: Features) -> Tensor:
    """(N, 2 D) both queries side by side."""
    return torch.cat([seen.look, seen.sense], 1)


def png(picture: Tensor, side: int | None = None) -> str:
    """(3, S, S) uint8 as a PNG in base64."""
    image = Image.fromarray(picture.permute(1, 2, 0).numpy())
    if side:
        image = image.resize((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def _paper(graph: Graph) -> dict[str, np.ndarray]:
    """Table 1 as the graph has it: name -> (6,) in the order of `NAMES`."""
    from rdflib.namespace import RDF, SKOS

    from ritual.culture.vocabulary import RM

    columns = (RM.linearity, RM.curvature, RM.symmetry, RM.dominantHue, RM.dominantSaturation, RM.complexity)
    found = {}
    for node in sorted(graph.triples.subjects(RDF.type, RM.Prototype)):
        values = [graph.triples.value(node, column) for column in columns]
        if all(value is not None for value in values):
            found[str(graph.triples.value(node, SKOS.notation))] = np.array([float(value) for value in values])
    return found


def _nearest(told: np.ndarray, paper: dict[str, np.ndarray]) -> str:
    return min(paper, key=lambda name: float(np.abs(paper[name] - told).sum()), default="")

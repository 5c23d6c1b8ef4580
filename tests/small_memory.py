"""A memory of patterns that knows three symbols, trained for real in seconds, and pictures that it never saw."""

from __future__ import annotations

import io
from pathlib import Path

from ritual.culture.graph import Graph, load_graph
from ritual.pictures.corpus import Corpus

TORCH, TIGER, PEACOCK = "yi-torch-pattern", "yi-tiger-totem", "dai-peacock-pattern"
_SIDE = 48


def train_small(path: Path) -> Path:
    """Write one to `path`."""
    from ritual.memory.atlas import atlas_of
    from ritual.memory.material import Material
    from ritual.memory.train_config import TrainConfig
    from ritual.memory.training import train
    from ritual.memory.weights import memory_of, write_memory

    graph = load_graph()
    material = Material.of(_corpus(graph, 1, 240), graph)
    trained = train(TrainConfig(path.parent, epochs=8, batch=32, size=_SIDE), material)
    atlas = atlas_of(trained.model, material, graph)
    return write_memory(path, memory_of(trained.model, material, {}, _SIDE, atlas))


def pictures_of(symbol: str, count: int = 4, side: int = 128) -> list[bytes]:
    """PNG files of drawings of a symbol."""
    from PIL import Image

    corpus = _corpus(load_graph(), 9, count, side, symbol)
    files = []
    for number in range(count):
        file = io.BytesIO()
        Image.fromarray(corpus.image(number)).save(file, "PNG")
        files.append(file.getvalue())
    return files


def _corpus(graph: Graph, seed: int, count: int, side: int = _SIDE, symbol: str = "") -> Corpus:
    known = (symbol,) if symbol else (TORCH, TIGER, PEACOCK)
    return Corpus(
        graph, seed=seed, size=side, count=count, variations=1 if symbol else 4,
        only=lambda cell: cell.pattern.symbol in known,
    )  # fmt: skip

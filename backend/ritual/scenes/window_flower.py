"""Window flowers: paper-cuts of one symbol of the graph in a ring or a square, cut at any size without Blender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ritual.culture.graph import Graph
from ritual.culture.patterns import Pattern
from ritual.scenes.lattice import carved
from ritual.scenes.papercut import tied


def window_flower(pattern: Pattern, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size) bool, True where paper stays, in one piece: a symbol in a frame with teeth, small ones around it."""
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    r, a = np.hypot(x, y) / size, np.arctan2(y, x)
    teeth = int(rng.integers(20, 44))
    wave = 1 - np.abs(2 * ((a / (2 * np.pi) * teeth) % 1) - 1)
    outer = 0.46 + 0.02 * wave
    inner = rng.uniform(0.40, 0.425)
    paper = (r < outer) & (r > inner - rng.uniform(0.01, 0.03) * wave)
    if rng.random() < 0.5:
        paper |= np.abs(r - inner + 0.045) < 0.006
    middle = carved(pattern, int(size * rng.uniform(0.5, 0.62)), rng)
    _lay(paper, middle, 0, 0)
    if rng.random() < 0.6:
        small = carved(pattern, int(size * 0.13), rng)
        count = int(rng.integers(4, 9))
        for k in range(count):
            b = 2 * np.pi * (k + 0.5) / count
            _lay(paper, small, int(0.335 * size * np.sin(b)), int(0.335 * size * np.cos(b)))
    paper = ndimage.binary_opening(paper, iterations=max(1, size // 256)) | (r > inner) & (r < outer)
    return tied(paper, max(1.0, size / 170), smallest=max(6, size // 8))


@dataclass(frozen=True)
class Flower:
    """One window flower, not yet cut.

    Attributes:
        pattern: the symbol that it shows.
        size: of its side [px].
        seed: of its own random generator.
    """

    pattern: Pattern
    size: int
    seed: tuple[int, ...]

    def cut(self) -> np.ndarray:
        """(size, size) bool, True where paper stays."""
        return window_flower(self.pattern, self.size, np.random.default_rng(self.seed))


def flowers(graph: Graph, count: int, size: int, seed: int) -> list[Flower]:
    """`count` window flowers, the same for the same seed whatever the count."""
    patterns = [pattern for pattern in graph.patterns if pattern.forms]
    chosen = [np.random.default_rng((seed, 11, number)).integers(len(patterns)) for number in range(count)]
    return [Flower(patterns[k], size, (seed, 12, number)) for number, k in enumerate(chosen)]


def _lay(paper: np.ndarray, piece: np.ndarray, down: int, right: int) -> None:
    top, left = (len(paper) - len(piece)) // 2 + down, (len(paper) - len(piece)) // 2 + right
    paper[top : top + len(piece), left : left + len(piece)] |= piece

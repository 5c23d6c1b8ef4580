"""Sets of pictures measured at once: for the trainer's held-out figures, the benchmark, and `ritual image evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ritual.imagery.features import Features
from ritual.imagery.metrics.colour import colour_difference, colour_similarity, colourfulness
from ritual.imagery.metrics.cosine import cosine_of_features, cosine_of_pixels
from ritual.imagery.metrics.edge_detail import edge_detail
from ritual.imagery.metrics.frechet import frechet
from ritual.imagery.metrics.kid import kid
from ritual.imagery.metrics.lpips import Heads, lpips, lpips_label
from ritual.imagery.metrics.opencv import has_opencv
from ritual.imagery.metrics.pixels import eight_bits
from ritual.imagery.metrics.psnr import psnr
from ritual.imagery.metrics.sharpness import laplacian_variance, tenengrad
from ritual.imagery.metrics.ssim import ssim
from ritual.imagery.metrics.structure import Structure, integrity

_BATCH = 16


def measure_pictures(made: Tensor, real: Tensor, paired: bool, features: Features) -> dict[str, float]:
    """Figures of made pictures against real ones, by the names of `measures.MEASURES`.

    Args:
        made, real: (N, 3, H, W), (M, 3, H, W) in -1..1. paired: whether row by row they show the same.
        features: those of LPIPS, FID and KID; a name tells them: `FID-memory`, and `FID` only with FID's own weights.

    Raises:
        BadInput: paired pictures of other shapes, or fewer than two pictures in a set.
    """
    figures = {name: sum(values) / len(values) for name, values in per_picture(made, real, paired, features).items()}
    return {**figures, **set_figures(vectors(made, features), vectors(real, features), features)}


@torch.no_grad()
def per_picture(
    made: Tensor,
    real: Tensor,
    paired: bool,
    features: Features,
    heads: Heads | None = None,
    scenes: Sequence[Structure | None] = (),
) -> dict[str, list[float]]:
    """One figure of each made picture, by name; of the measures that compare, only where the sets are paired.

    Edges, lines and corners are there where OpenCV is.

    Args:
        real: not read where the sets are not paired. scenes: of the real pictures, see `integrity`.
    """
    alone: dict[str, Callable[[Tensor], Tensor]] = {
        "sharpness": laplacian_variance,
        "Tenengrad": tenengrad,
        "colourfulness": colourfulness,
    }
    pairs: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "SSIM": ssim,
        "PSNR": psnr,
        lpips_label(features, heads): lambda x, y: lpips(x, y, features, heads),
        "cosine": cosine_of_pixels,
        f"cosine-{features.label}": lambda x, y: cosine_of_features(x, y, features),
        "colour similarity": colour_similarity,
        "colour difference": colour_difference,
    }
    found: dict[str, list[float]] = {name: [] for name in ((*pairs, *alone) if paired else alone)}
    for start in range(0, len(made), _BATCH):
        x = eight_bits(made[start : start + _BATCH])
        for name, measure in alone.items():
            found[name] += measure(x).tolist()
        if paired:
            y = eight_bits(real[start : start + _BATCH])
            for name, both in pairs.items():
                found[name] += both(x, y).tolist()
    return {**found, **_edges(made, real, scenes)} if paired and has_opencv() else found


@torch.no_grad()
def unlike(made: Tensor, real: Tensor, features: Features) -> dict[str, list[float]]:
    """LPIPS alone of each made picture, by its name: the rest of `per_picture` asks no features."""
    pairs = zip(made.split(_BATCH), real.split(_BATCH), strict=True)
    found = [lpips(eight_bits(x), eight_bits(y), features).tolist() for x, y in pairs]
    return {lpips_label(features, None): [value for part in found for value in part]}


def _edges(made: Tensor, real: Tensor, scenes: Sequence[Structure | None]) -> dict[str, list[float]]:
    kept = integrity(made, real, scenes)
    return {
        "edge detail": [one.f for one in edge_detail(made, real)],
        "lines": [one.lines for one in kept],
        "corners": [one.corners for one in kept],
    }


@torch.no_grad()
def vectors(pictures: Tensor, features: Features) -> Tensor:
    """(N, D) features of pictures as files of eight bits would hold them."""
    return torch.cat([features.vector(eight_bits(part)).float().cpu() for part in pictures.split(_BATCH)])


def set_figures(made: Tensor, real: Tensor, features: Features) -> dict[str, float]:
    """FID-class and KID-class, by the (N, D) features of the sets."""
    distance = kid(made, real)
    name = f"KID{features.suffix}"
    return {f"FID{features.suffix}": frechet(made, real), name: distance.mean, f"{name} spread": distance.spread}

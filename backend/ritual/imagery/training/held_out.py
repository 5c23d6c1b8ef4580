"""Figures of a model on held-out rows, while it trains: FID-class always, and by pairs where there are pairs."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ritual.imagery.model import Batch, PictureModel
from ritual.imagery.training.run_folder import Measure

_CHUNK = 8  # rows that are run at once


def measure_of(perceptual: Path | None, aligned: bool) -> Measure:
    """The measure of a training.

    Args:
        perceptual: file of the features to measure with; None = the memory's, and the figures say so in their names.
        aligned: whether held-out rows of two domains show the same.

    Raises:
        BadInput: the file holds no features that are known.
    """
    from ritual.imagery.evaluation.measuring import measure_pictures
    from ritual.imagery.features import features_of

    features = features_of(perceptual)

    def measure(model: PictureModel, batch: Batch) -> dict[str, float]:
        made, real, paired = made_and_real(model, batch, aligned)
        if len(made) < 2:
            return {}
        return measure_pictures(made, real, paired, features)

    return measure


@torch.no_grad()
def made_and_real(model: PictureModel, batch: Batch, aligned: bool) -> tuple[Tensor, Tensor, bool]:
    """(N, 3, H, W) made, (N, 3, H, W) real, and whether row by row they show the same; of clips all frames."""
    if model.task in ("synthesis", "video"):
        real = batch["real" if model.task == "synthesis" else "clip"]
        noise = torch.randn(len(real), model.latent, generator=torch.Generator().manual_seed(0)).to(real)
        made = run_in_chunks(model, noise)
        return made.flatten(0, -4), real.flatten(0, -4), False
    if model.task == "enlargement":
        return run_in_chunks(model, batch["small"]), batch["large"], True
    return run_in_chunks(model, batch["a"]), batch["b"], aligned or model.task == "restoration"


def run_in_chunks(model: PictureModel, x: Tensor) -> Tensor:
    """`model.run` of many rows, a few at a time."""
    return torch.cat([model.run(part) for part in x.split(_CHUNK)])

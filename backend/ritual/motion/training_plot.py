"""The loss over a run as a picture beside the weights, where matplotlib is installed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from ritual.files import write_bytes

_SMOOTH = 25  # steps of the running mean


def plot_training(path: Path, losses: np.ndarray, history: list[dict]) -> Path | None:
    """Write a PNG: the training loss of every step, its running mean, and the validations.

    Args:
        path: of the PNG; its folder exists.
        losses: (S,) of the steps from the first on.
        history: per validation `step` and `loss`.

    Returns:
        the path; None where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    steps = np.arange(1, len(losses) + 1)
    axes.plot(steps, losses, color="tab:blue", alpha=0.25, linewidth=0.8, label="training, each step")
    width = max(1, min(_SMOOTH, len(losses) // 4))
    mean = np.convolve(losses, np.full(width, 1 / width), "valid")
    axes.plot(steps[width - 1 :], mean, color="tab:blue", label=f"training, mean of {width} steps")
    axes.plot(
        [row["step"] for row in history], [row["loss"] for row in history], "o-", color="tab:orange", label="validation"
    )
    axes.set(xlabel="step", ylabel="loss", title="Training")
    axes.grid(alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    return write_bytes(path, picture.getvalue())

"""The whole run: simulate, train, measure, write the weights and their card."""

from __future__ import annotations

import time
from pathlib import Path

import torch

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.pictures.damage.growth.card import measure, write_card
from ritual.pictures.damage.growth.drawn import NAME, load_generator, write_generator
from ritual.pictures.damage.growth.simulated import simulate
from ritual.pictures.damage.growth.training import Recipe, train


def train_and_measure(folder: Path, recipe: Recipe, command: str, tell: ProgressCallback | None = None) -> dict:
    """Write `growth.safetensors` and its card into `folder`; returns run and figures.

    Raises:
        BadInput: the folder cannot be made.
    """
    say = tell or (lambda step: None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot make the folder {folder}: {error.strerror}.") from None
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        say(Progress("simulating growth", 0, 1))
        start = time.process_time()
        growths = simulate(recipe.growths, recipe.seed)
        simulated = time.process_time() - start
        generator, run = train(recipe, growths, lambda done, left: say(Progress("training", done, recipe.steps, left)))
        weights = write_generator(folder / NAME, generator, run)
        run |= {"simulated": round(simulated, 1), "bytes": weights.stat().st_size}
        run["parameters"] = sum(p.numel() for p in generator.parameters())
        say(Progress("measuring", 0, 1))
        figures = measure(load_generator.__wrapped__(weights))  # what was written, not what was in memory
        page = write_card(weights, recipe, run, figures, command)
    finally:
        torch.set_num_threads(threads)
    return {"weights": str(weights), "card": str(page), "run": run, "figures": figures}

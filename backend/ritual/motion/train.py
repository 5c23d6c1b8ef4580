"""Training of a motion network: real motion teaches what a body does, the dances teach what the rite prescribes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ritual.brief import Progress, ProgressCallback
from ritual.motion.checkpoint import write_weights
from ritual.motion.data import load_corpus
from ritual.motion.material import Material, caption_texts
from ritual.motion.objective import objective_of
from ritual.motion.text import TextEncoder
from ritual.motion.train_config import TrainConfig
from ritual.motion.trainer import STATE_NAME, Trainer
from ritual.motion.training_plot import plot_training
from ritual.training.processes import processes_of

__all__ = ["STATE_NAME", "TrainConfig", "TrainResult", "load_material", "train", "train_and_measure"]
PLOT_NAME = "training.png"


@dataclass(frozen=True)
class TrainResult:
    """Where the weights are and how the run went.

    Attributes:
        weights: the file. best, best_step: lowest validation loss and its step. history: one entry per validation.
        seconds: of this call. processes: that trained together; first: whether this is the one of them that writes.
    """

    weights: Path
    best: float
    best_step: int
    history: list[dict]
    seconds: float
    processes: int = 1
    first: bool = True


def load_material(
    config: TrainConfig, progress: ProgressCallback | None = None, graph: object | None = None
) -> Material:
    """What a config's run learns from; runs that share data, encoder and graph can share it.

    Raises:
        BadInput: no motion in the data folder, or none for training.
    """
    tell = progress or (lambda _: None)
    corpus = load_corpus(config.data, default_cache(config), lambda i, t: tell(Progress("reading", i, t)))
    return Material.of(corpus, graph or _default_graph(), TextEncoder.load(config.encoder))


def train(
    config: TrainConfig,
    progress: ProgressCallback | None = None,
    graph: object | None = None,
    material: Material | None = None,
) -> TrainResult:
    """Train the network and write its weights.

    Ctrl-C (KeyboardInterrupt) writes the training state first, then passes on; the next run resumes there. Started by
    `torchrun` or `accelerate launch`, the processes train one network together and the first of them writes.

    Args:
        material: to learn from, where it is loaded already; None = what config and graph say.

    Raises:
        BadInput: no motion in the data folder, an impossible value, or a training state of another recipe.
        RitualError: Accelerate or TensorBoard is needed and not installed, or the loss diverged.
    """
    objective, processes = objective_of(config.checked()), processes_of(config)
    if config.threads:
        torch.set_num_threads(config.threads)
    began = time.perf_counter()
    if material is None:
        with processes.first_before_others():
            material = load_material(config, progress, graph)
    trainer = Trainer(config, objective, material, processes)
    trainer.go(progress or (lambda _: None))
    weights, state = config.out / objective.weights_name, trainer.state
    if processes.rank == 0:
        facts = {"recipe": state.config, "best_step": state.best_step, "validation": state.best}
        write_weights(weights, trainer.best_network(), facts, objective.weights_format)
        plot_training(config.out / PLOT_NAME, np.array(state.losses), state.history)
    seconds = time.perf_counter() - began
    return TrainResult(
        weights, state.best, state.best_step, state.history, seconds, processes.count, processes.rank == 0
    )


def train_and_measure(
    config: TrainConfig, progress: ProgressCallback | None = None, graph: object | None = None
) -> tuple[TrainResult, dict]:
    """Train, measure on held-out motion and on the dances, and write the model card beside the weights.

    Of several processes the first measures; for the others the card is empty.
    """
    from ritual.motion.evaluate import dance_figures, held_out_figures
    from ritual.motion.model_card import write_card
    from ritual.motion.sample import Generator

    graph = graph or _default_graph()
    result = train(config, progress, graph)
    if not result.first:
        return result, {}
    if progress:
        progress(Progress("measuring", 0, 1))
    corpus = load_corpus(config.data, default_cache(config))
    encoder = TextEncoder.load(config.encoder)
    generator = Generator.load(result.weights, config.device)
    held_out = corpus.of("test")
    card = write_card(
        result.weights,
        corpus,
        config.recipe(result.processes),
        {"best_step": result.best_step, "seconds": round(result.seconds), "history": result.history},
        held_out_figures(generator, held_out, caption_texts(corpus, encoder)) if held_out else {},
        dance_figures(generator, graph, encoder, held_out or list(corpus.takes)),
        config.command(result.processes),
    )
    return result, card


def _default_graph() -> object:
    from ritual.culture.graph import load_graph

    return load_graph()


def default_cache(config: TrainConfig) -> Path:
    """Where retargeted motion is kept."""
    return config.cache or config.out / ".cache"

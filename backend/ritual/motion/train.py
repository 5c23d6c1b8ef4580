"""Training of a motion network: real motion teaches what a body does, the dances teach what the rite prescribes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import torch

from ritual.brief import Progress, ProgressCallback
from ritual.motion.checkpoint import write_weights
from ritual.motion.data import load_corpus
from ritual.motion.material import Material, caption_texts
from ritual.motion.objective import objective_of
from ritual.motion.text import TextEncoder
from ritual.motion.train_config import TrainConfig
from ritual.motion.trainer import STATE_NAME, Trainer

__all__ = ["STATE_NAME", "TrainConfig", "TrainResult", "train", "train_and_measure"]


@dataclass(frozen=True)
class TrainResult:
    """Where the weights are and how the run went; `history` has one entry per validation."""

    weights: Path
    best: float
    best_step: int
    history: list[dict]
    seconds: float


def load_material(
    config: TrainConfig, progress: ProgressCallback | None = None, graph: object | None = None
) -> Material:
    """What a config's run learns from; runs that share data, encoder and graph can share it.

    Raises:
        BadInput: no motion in the data folder, or none for training.
    """
    tell = progress or (lambda _: None)
    corpus = load_corpus(config.data, _cache(config), lambda i, t: tell(Progress("reading", i, t)))
    return Material.of(corpus, graph or _default_graph(), TextEncoder.load(config.encoder))


def train(
    config: TrainConfig,
    progress: ProgressCallback | None = None,
    graph: object | None = None,
    material: Material | None = None,
) -> TrainResult:
    """Train the network and write its weights.

    Ctrl-C (KeyboardInterrupt) writes the training state first, then passes on; the next run resumes there.

    Raises:
        BadInput: no motion in the data folder, an impossible value, or a training state of another recipe.
    """
    objective = objective_of(config.checked())
    if config.threads:
        torch.set_num_threads(config.threads)
    began = time.perf_counter()
    trainer = Trainer(config, objective, material or load_material(config, progress, graph))
    trainer.go(progress or (lambda _: None))
    weights, state = config.out / objective.weights_name, trainer.state
    facts = {"recipe": config.recipe(), "best_step": state.best_step, "validation": state.best}
    write_weights(weights, trainer.best_network(), facts, objective.weights_format)
    return TrainResult(weights, state.best, state.best_step, state.history, time.perf_counter() - began)


def train_and_measure(
    config: TrainConfig, progress: ProgressCallback | None = None, graph: object | None = None
) -> tuple[TrainResult, dict]:
    """Train, measure on held-out motion and on the dances, and write the model card beside the weights."""
    from ritual.motion.evaluate import dance_figures, held_out_figures
    from ritual.motion.model_card import write_card
    from ritual.motion.sample import Generator

    graph = graph or _default_graph()
    result = train(config, progress, graph)
    if progress:
        progress(Progress("measuring", 0, 1))
    corpus = load_corpus(config.data, _cache(config))
    encoder = TextEncoder.load(config.encoder)
    generator = Generator.load(result.weights, config.device)
    held_out = corpus.of("test")
    card = write_card(
        config.out,
        corpus,
        config.recipe(),
        {"best_step": result.best_step, "seconds": round(result.seconds), "history": result.history},
        held_out_figures(generator, held_out, caption_texts(corpus, encoder)) if held_out else {},
        dance_figures(generator, graph, encoder, held_out or list(corpus.takes)),
        f"ritual motion train --data DATA/mocap --out OUT --steps {config.steps} --seed {config.seed}",
    )
    return result, card


def _default_graph() -> object:
    from ritual.culture.graph import load_graph

    return load_graph()


def _cache(config: TrainConfig) -> Path:
    return config.cache or config.out / ".cache"

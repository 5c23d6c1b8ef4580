"""Training of the motion network: real motion teaches what a body does, the dances teach what the rite prescribes."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ritual.body.angle_domain import AngleDomain
from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.motion.checkpoint import WEIGHTS_NAME, TrainingState, read_state, write_state, write_weights
from ritual.motion.data import Corpus, load_corpus
from ritual.motion.heading import ANGLE_COUNT
from ritual.motion.losses import (
    ETA,
    LAMBDA,
    angle_error,
    cultural_loss,
    frame_nll,
    imbalance,
    limit_penalty,
    phrase_nll,
)
from ritual.motion.network import MotionNetwork, NetworkConfig
from ritual.motion.prior import curve_of
from ritual.motion.text import TextEncoder
from ritual.motion.windows import Dance, DanceBatch, RealBatch, dance_batch, real_batch

STATE_NAME = "training-state.safetensors"
_ANGLES, _BALANCE = 2.0, 0.1  # weights beside the likelihood per coordinate
STRIDE = 2  # losses are read at every second frame of the network: half the kinematics, nothing lost below 3.7 Hz
PROMPTS = (
    "{label}", "a {label}", "{group} dance", "{label}, slow and graceful", "{label}, lively and strong",
    "a dancer performs the {label} at a festival", "{label_zh}", "{label} with wide arms", "solo {label}",
)  # fmt: skip


@dataclass(frozen=True)
class TrainConfig:
    """One training run; the same values give the same weights on one machine.

    Attributes:
        data: folder of motion files. out: folder for weights, training state and model card.
        cache: folder for retargeted arrays; None = `.cache/motion` beside `out`.
        encoder: sentence encoder's folder or hub id; None = the default.
        steps: optimiser steps. real_windows, dance_windows: per step. frames: per window, at 15 Hz.
        hidden: LSTM units per direction. learning_rate: peak of Adam's, warmed up, then cosine to a hundredth.
        dance_weight: of the cultural loss beside the likelihood. kl, stance, limits: inside it (eq. 8).
        text_dropout: part of the windows that say nothing, and of the real ones that are said to be a dance.
        validate_every: steps between validations. patience: validations without gain before it stops.
        seed, device, threads: reproducibility and where it runs; threads=None leaves torch's setting.
        resume: go on from the training state in `out` if there is one.
    """

    data: Path
    out: Path
    cache: Path | None = None
    encoder: str | None = None
    steps: int = 800
    real_windows: int = 16
    dance_windows: int = 8
    frames: int = 64
    hidden: int = 160
    learning_rate: float = 2e-3
    dance_weight: float = 0.25
    kl: float = 1.0
    stance: float = LAMBDA
    limits: float = ETA
    text_dropout: float = 0.2
    validate_every: int = 100
    patience: int = 6
    seed: int = 1
    device: str = "cpu"
    threads: int | None = 1
    resume: bool = True

    def recipe(self) -> dict:
        """What decides the weights: everything but where things lie."""
        return {k: v for k, v in asdict(self).items() if k not in ("data", "out", "cache", "resume", "threads")}


@dataclass(frozen=True)
class TrainResult:
    """Where the weights are and how the run went; `history` has one entry per validation."""

    weights: Path
    best: float
    best_step: int
    history: list[dict]
    seconds: float


def train(
    config: TrainConfig, progress: ProgressCallback | None = None, graph: object | None = None
) -> TrainResult:
    """Train the network and write its weights.

    Ctrl-C (KeyboardInterrupt) writes the training state first, then passes on; the next run resumes there.

    Raises:
        BadInput: no motion in the data folder, an impossible value, or a training state of another recipe.
    """
    _check(config)
    if config.threads:
        torch.set_num_threads(config.threads)
    began = time.perf_counter()
    tell = progress or (lambda _: None)
    corpus = load_corpus(config.data, _cache(config), lambda i, t: tell(Progress("reading", i, t)))
    graph = graph or _default_graph()
    encoder = TextEncoder.load(config.encoder)
    run = _Run(config, corpus, caption_texts(corpus, encoder), dances_of(graph, encoder))
    run.go(tell)
    network = run.best_network()
    weights = config.out / WEIGHTS_NAME
    seconds = time.perf_counter() - began
    facts = {"recipe": config.recipe(), "best_step": run.state.best_step, "validation": run.state.best}
    write_weights(weights, network, facts)
    return TrainResult(weights, run.state.best, run.state.best_step, run.state.history, seconds)


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


def _check(config: TrainConfig) -> None:
    if config.steps < 1 or config.real_windows < 1 or config.dance_windows < 1 or config.frames < 8:
        raise BadInput("Training needs at least 1 step, 1 window of each kind and 8 frames per window.")
    if config.device.startswith("cuda") and not torch.cuda.is_available():
        raise BadInput("No CUDA device is there.", hint="Use --device cpu.")


def caption_texts(corpus: Corpus, encoder: TextEncoder) -> dict[str, Tensor]:
    """Sentence vector of every caption."""
    return {caption: encoder.encode_text(caption) for caption in sorted({t.caption for t in corpus.takes})}


def dances_of(graph: object, encoder: TextEncoder) -> list[Dance]:
    """Every dance of the graph for each performer it allows, with ways of asking for it."""
    labels, out = graph.labels(), []
    for dance in graph.dances():
        names = {"label": dance.label, "label_zh": dance.label_zh, "group": dance.group_label}
        texts = torch.stack([encoder.encode(p.format(**names), labels) for p in PROMPTS])
        for performer in dance.performers:
            book = graph.rulebook(dance.slug, performer=performer)
            out.append(Dance(dance.slug, performer, curve_of(book), book.domain, texts))
    return out


class _Run:
    """One run: its material, the network, the optimiser and how far it has come."""

    def __init__(
        self, config: TrainConfig, corpus: Corpus, texts: dict[str, Tensor], dances: list[Dance]
    ) -> None:
        self.config, self.texts, self.dances = config, texts, dances
        self.takes, self.held_back = corpus.of("train"), corpus.of("validation") or corpus.of("train")
        if not self.takes:
            raise BadInput(f"No clip of '{config.data}' falls into the training part.")
        self.dance_texts = torch.cat([dance.texts for dance in dances])
        self.body = AngleDomain.physiological()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.network = MotionNetwork(NetworkConfig(hidden=config.hidden)).to(config.device)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=config.learning_rate)
        self.state = TrainingState(0, math.inf, 0, [], {}, {}, {}, config.recipe())
        self._path = config.out / STATE_NAME
        if config.resume and self._path.exists():
            self._resume()

    def go(self, tell: ProgressCallback) -> None:
        config, start, began = self.config, self.state.step, time.perf_counter()
        try:
            while self.state.step < config.steps and not self._exhausted():
                self._step()
                done = self.state.step - start
                eta = (time.perf_counter() - began) / done * (config.steps - self.state.step)
                tell(Progress("training", self.state.step, config.steps, eta))
                if self.state.step % config.validate_every == 0 or self.state.step == config.steps:
                    self._validate()
                    self._save()
        except KeyboardInterrupt:
            self._save()
            raise

    def best_network(self) -> MotionNetwork:
        self.network.load_state_dict(self.state.best_network or self.network.state_dict())
        return self.network.eval()

    def _exhausted(self) -> bool:
        waited = (self.state.step - self.state.best_step) / self.config.validate_every
        return math.isfinite(self.state.best) and waited >= self.config.patience

    def _step(self) -> None:
        config, step = self.config, self.state.step
        rng = np.random.default_rng((config.seed, step))
        shared = {"device": config.device, "text_dropout": config.text_dropout}
        shape = (config.frames, config.real_windows)
        real = real_batch(self.takes, self.texts, *shape, rng, **shared, dance_texts=self.dance_texts)
        dance = dance_batch(self.dances, config.frames, config.dance_windows, rng, **shared)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(step)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        loss, _ = self._loss(real, dance, int(rng.integers(STRIDE)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.state.step += 1

    def _rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / 50)
        fall = 0.5 * (1 + math.cos(math.pi * step / self.config.steps))
        return self.config.learning_rate * warm * (0.01 + 0.99 * fall)

    def _loss(self, real: RealBatch, dance: DanceBatch, offset: int) -> tuple[Tensor, dict[str, float]]:
        pick = slice(offset, None, STRIDE)
        likelihood, parts = self._real_loss(real, pick)
        culture, more = self._dance_loss(dance, pick)
        return likelihood + self.config.dance_weight * culture, {**parts, **more}

    def _real_loss(self, batch: RealBatch, pick: slice) -> tuple[Tensor, dict[str, float]]:
        out = self.network(batch.text, batch.features, batch.reference).frames(pick)
        truth, mask = batch.truth[:, pick], batch.mask[:, pick]
        mixture, angles = out.mixture(), out.states[..., :ANGLE_COUNT]
        y = _positions(truth)
        frame = frame_nll(mixture, y, mask)
        phrase, posterior, soft = phrase_nll(mixture, y, mask)
        apart = angle_error(angles, posterior, truth[..., :ANGLE_COUNT], mask)
        beyond = (out.log_weights.exp() * limit_penalty(angles, self.body)).sum(-1).mean()
        loss = 0.5 * (frame + phrase) + _ANGLES * apart + _BALANCE * imbalance(soft) + self.config.limits * beyond
        used = posterior.mean(0).clamp(min=1e-9)
        parts = {"frame_nll": frame, "phrase_nll": phrase, "angle_error": apart, "used": -(used * used.log()).sum()}
        return loss, {name: float(value.detach()) for name, value in parts.items()}

    def _dance_loss(self, batch: DanceBatch, pick: slice) -> tuple[Tensor, dict[str, float]]:
        out = self.network(batch.text, batch.features, batch.reference).frames(pick)
        angles = out.states[..., :ANGLE_COUNT]
        penalty = torch.stack([limit_penalty(angles[i], d) for i, d in enumerate(batch.domains)])
        prior = type(batch.prior)(*(getattr(batch.prior, n)[:, pick] for n in vars(batch.prior)))
        stances = batch.stances[:, pick, :ANGLE_COUNT]
        loss = cultural_loss(out.mixture(), prior, angles, stances, batch.hold[:, pick], penalty)
        parts = {"divergence": loss.divergence, "stance": loss.stance, "limits": loss.limits}
        total = loss.total(self.config.kl, self.config.stance, self.config.limits)
        return total, {name: float(value.detach()) for name, value in parts.items()}

    @torch.no_grad()
    def _validate(self) -> None:
        self.network.eval()
        config, rows = self.config, []
        for n in range(4):
            rng = np.random.default_rng((config.seed, 2**31, n))
            real = real_batch(self.held_back, self.texts, config.frames, 12, rng, False, config.device)
            dance = dance_batch(self.dances, config.frames, len(self.dances), rng, config.device)
            loss, parts = self._loss(real, dance, 0)
            rows.append({"loss": float(loss), **parts})
        mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        self.state.history.append({"step": self.state.step, **mean})
        if mean["loss"] < self.state.best:
            self.state.best, self.state.best_step = mean["loss"], self.state.step
            self.state.best_network = {n: t.detach().cpu().clone() for n, t in self.network.state_dict().items()}

    def _save(self) -> None:
        self.state.network = self.network.state_dict()
        self.state.optimiser = self.optimiser.state_dict()["state"]
        write_state(self._path, self.state)

    def _resume(self) -> None:
        state = read_state(self._path)
        if state.config != self.config.recipe():
            raise BadInput(
                f"'{self._path}' belongs to a training run with other settings.",
                hint="Use the same settings, another --out, or --fresh to start over.",
            )
        self.network.load_state_dict(state.network)
        if state.optimiser:
            groups = self.optimiser.state_dict()["param_groups"]
            self.optimiser.load_state_dict({"state": state.optimiser, "param_groups": groups})
        self.state = state


def _positions(states: Tensor) -> Tensor:
    from ritual.motion.heading import positions

    return positions(states).flatten(-2)

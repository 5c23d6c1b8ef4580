"""What a run learns from: the takes, the dances, and the windows of every step, which follow from the seed alone."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.motion.data import Corpus, Take
from ritual.motion.mixture import Mixture
from ritual.motion.prior import curve_of
from ritual.motion.text import TextEncoder
from ritual.motion.train_config import TrainConfig
from ritual.motion.windows import Dance, DanceBatch, RealBatch, dance_batch, real_batch

PROMPTS = (
    "{label}", "a {label}", "{group} dance", "{label}, slow and graceful", "{label}, lively and strong",
    "a dancer performs the {label} at a festival", "{label_zh}", "{label} with wide arms", "solo {label}",
)  # fmt: skip
VALIDATIONS = 4  # batches of a validation
_VALIDATION_WINDOWS = 12
_NO_STEP = 2**31  # in the place of a step, so that a validation's windows are no step's

Windows = tuple[RealBatch, DanceBatch, np.random.Generator]


@dataclass(frozen=True, eq=False)
class Material:
    """Takes to learn from and takes to validate on, captions' sentence vectors, and the dances."""

    takes: list[Take]
    held_back: list[Take]
    texts: dict[str, Tensor]
    dances: list[Dance]

    @cached_property
    def dance_texts(self) -> Tensor:
        """(N, 384) everything that is said of any dance."""
        return torch.cat([dance.texts for dance in self.dances])

    @staticmethod
    def of(corpus: Corpus, graph: object, encoder: TextEncoder) -> Material:
        """Of a corpus and the graph's dances.

        Raises:
            BadInput: no clip falls into the training part.
        """
        takes = corpus.of("train")
        if not takes:
            raise BadInput("No clip of the data folder falls into the training part.")
        held_back = corpus.of("validation") or takes
        return Material(takes, held_back, caption_texts(corpus, encoder), dances_of(graph, encoder))

    def training(self, config: TrainConfig, step: int, rank: int = 0) -> Windows:
        """The windows of a step, and the rest of its chance; each of several processes has its own."""
        rng = np.random.default_rng((config.seed, step, rank) if rank else (config.seed, step))
        shared = {"text_dropout": config.text_dropout}
        shape = (config.frames, config.real_windows)
        real = real_batch(self.takes, self.texts, *shape, rng, **shared, dance_texts=self.dance_texts)
        dance = dance_batch(self.dances, config.frames, config.dance_windows, rng, **shared)
        return real, dance, rng

    def validation(self, config: TrainConfig, number: int) -> Windows:
        """The windows of one of the `VALIDATIONS` batches, unaugmented, every dance among them."""
        rng = np.random.default_rng((config.seed, _NO_STEP, number))
        real = real_batch(self.held_back, self.texts, config.frames, _VALIDATION_WINDOWS, rng, augment=False)
        dance = dance_batch(self.dances, config.frames, len(self.dances), rng)
        return real, dance, rng


def on_device(batch: RealBatch | DanceBatch | Mixture, device: str | torch.device) -> RealBatch | DanceBatch | Mixture:
    """A batch with its tensors on a device."""
    moved = {}
    for name, value in vars(batch).items():
        if isinstance(value, Tensor):
            moved[name] = value.to(device)
        elif is_dataclass(value):
            moved[name] = on_device(value, device)
    return replace(batch, **moved)


def caption_texts(corpus: Corpus, encoder: TextEncoder) -> dict[str, Tensor]:
    """Sentence vector of every caption."""
    return {caption: encoder.encode_text(caption) for caption in sorted({c for t in corpus.takes for c in t.captions})}


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

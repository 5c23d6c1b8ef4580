"""What a training asks of its data: the batch of a step, and pictures held out to be measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from ritual.errors import BadInput
from ritual.imagery.data.advice import advice
from ritual.imagery.data.crops import tensor
from ritual.imagery.data.folders import listing_of
from ritual.imagery.data.order import Order
from ritual.imagery.data.pairs import has_pairs, only_pairs
from ritual.imagery.data.rows import Arrays, Reader, Row
from ritual.imagery.data.store import BUDGET, Store
from ritual.imagery.model import Batch
from ritual.imagery.models import model_of
from ritual.imagery.training.train_config import TrainConfig

ENLARGED = 1.12
"""Pictures are read so much larger than the side learnt from, and cropped at random (286 to 256 in CycleGAN)."""


def pictures_for(
    config: TrainConfig, processes: int = 1, warn: Callable[[str], None] = lambda _: None, budget: int = BUDGET
) -> Data:
    """The data that a configuration's model learns from.

    Args:
        config: its `data` is a folder or a manifest (`data.folders`, `data.manifest`).
        processes: that train together; each gets rows of its own.
        warn: told, in a sentence each, of files that cannot be read and of data that is too little.
        budget: bytes of decoded pictures that are kept in memory.

    Raises:
        BadInput: the configuration is not valid, there is no such model or folder, a domain is empty, or pairs are
            wanted and there are none.
    """
    config.checked()
    with torch.random.fork_rng(devices=[]):
        model = model_of(config.model, config.size, config.options)  # its options say whether it wants pairs
    task = model.task
    if task == "video" and config.frames < 2:
        raise BadInput(f"The model '{config.model}' learns from clips of 2 frames or more.", hint="Try --frames 8.")
    paired = has_pairs(config.data) if task == "restoration" else model.paired
    two = task == "translation" or (task == "restoration" and paired)
    listing = listing_of(config.data, two=two, video=task == "video")
    if two and paired:
        listing = only_pairs(listing, config.data)
    side = {"enlargement": None, "translation": round(config.side * ENLARGED)}.get(task, config.side)
    store = Store(side, budget, warn, video=task == "video")
    reader = Reader(task, two and paired, listing, store, config.side, config.frames, config.scale, config.flip)
    data = Data(reader, config.batch, config.seed, processes)
    data.warnings[:0] = [*listing.said, *advice(task, listing, model.Options)]
    for sentence in data.warnings:
        warn(sentence)
    return data


class Data:
    """Batches of a listing's sources; the same seed, step and process give the same batch.

    Attributes:
        listing: what there is. warnings: sentences on what is too little or odd. aligned: whether the rows that are
            held out show one scene in both domains, so that a translation can be compared with its own.
    """

    def __init__(self, reader: Reader, rows: int, seed: int, processes: int = 1) -> None:
        """
        Args:
            rows: of a batch. processes: that train together.
        """
        self.listing, self.warnings = reader.listing, []
        self._reader, self._rows, self._seed, self._processes = reader, rows, seed, processes
        self._train = reader.streams("train")
        self._orders = [Order(len(stream), seed, at) for at, stream in enumerate(self._train)]
        self._held_out = next((s for s in ("val", "test") if all(reader.streams(s))), "train")
        pairs = self.listing.pairs(self._held_out)
        self.aligned = bool(pairs) and len(pairs) == len(self.listing.of(self._held_out, "a"))
        if self._held_out == "train":
            self.warnings.append("Nothing is held out (no val or test): figures are of pictures that it learns from.")

    @property
    def bad(self) -> dict[Path, str]:
        """File -> why it cannot be read, as far as it was tried."""
        return self._reader.store.bad

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many sources each split has in each domain."""
        return {s: {d: len(found) for d, found in domains.items()} for s, domains in self.listing.splits.items()}

    def batch(self, step: int, rank: int = 0) -> Batch:
        """The batch of a step, float32 in -1..1, on the CPU; see `imagery.model.Batch`.

        Raises:
            BadInput: none of the files can be read.
        """
        begin = (step * self._processes + rank) * self._rows
        return _batch([self._row(begin + n) for n in range(self._rows)])

    def held_out(self, count: int) -> Batch:
        """The first rows that are held out (of val, else test, else train), their middle squares; the same every time.

        Args:
            count: rows at most.

        Raises:
            BadInput: none of the files can be read.
        """
        streams = self._reader.streams(self._held_out)
        if self.aligned and len(streams) == 2:
            pairs = self.listing.pairs(self._held_out)
            streams = [[(a,) for a, _ in pairs], [(b,) for _, b in pairs]]
        found: list[Arrays] = []
        for row in zip(*streams, strict=False):
            if len(found) == count:
                break
            with suppress(BadInput):  # told by the store; the next takes its place
                found.append(self._reader.read([[one] for one in row], None))
        if not found:
            raise BadInput("None of the held-out files can be read.", hint="\n".join(list(self.bad.values())[:3]))
        return _batch(found)

    def _row(self, place: int) -> Arrays:
        """The row at a place of the endless order; where a file of it cannot be read, the next one's."""
        rng = np.random.default_rng((self._seed, 1, place))
        streams = zip(self._train, self._orders, strict=True)
        choices = [_from(stream, order, place) for stream, order in streams]
        return self._reader.read(choices, rng)


def _from(stream: list[Row], order: Order, place: int) -> Iterator[Row]:
    """The rows from a place on; two rounds meet every one."""
    return (stream[order[at]] for at in range(place, place + 2 * len(stream)))


def _batch(rows: list[Arrays]) -> Batch:
    return {name: tensor([row[name] for row in rows]) for name in rows[0]}

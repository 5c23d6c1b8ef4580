"""The windows of the coming steps, built by another process while the current step trains: a third of a step's time."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, Dataset

from ritual.motion.material import Material, Windows
from ritual.motion.train_config import TrainConfig

_AHEAD = 4  # steps


class _Steps(Dataset):
    """The windows of a step, by its number."""

    def __init__(self, material: Material, config: TrainConfig, rank: int) -> None:
        self._material, self._config, self._rank = material, config, rank

    def __getitem__(self, step: int) -> Windows:
        return self._material.training(self._config, step, self._rank)


def windows_ahead(material: Material, config: TrainConfig, start: int, rank: int) -> Iterator[Windows]:
    """The windows of the steps from `start` to the last, in order; who builds them does not change them."""
    loader = DataLoader(
        _Steps(material, config, rank),
        batch_size=None,
        sampler=range(start, config.steps),
        num_workers=config.workers,
        prefetch_factor=_AHEAD if config.workers else None,
        collate_fn=_as_they_are,
        worker_init_fn=_leave_ctrl_c_to_the_trainer,
        generator=torch.Generator(),  # its own, so that torch's is left as it is
    )
    return iter(loader)


def _as_they_are(windows: Windows) -> Windows:
    return windows


def _leave_ctrl_c_to_the_trainer(worker: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

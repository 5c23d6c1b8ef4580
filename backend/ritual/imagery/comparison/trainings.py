"""The trainings behind a table, several at once, each in a process of its own and kept on disk."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import torch
import torch.multiprocessing

from ritual.brief import Progress, ProgressCallback
from ritual.imagery.training.train import train
from ritual.imagery.training.train_config import TrainConfig


def train_all(wanted: Mapping[str, TrainConfig], jobs: int, tell: ProgressCallback) -> dict[str, float]:
    """Train what is not trained yet: what a run's folder holds already goes on from there.

    Args:
        wanted: name -> what to train; each has a folder of its own.
        jobs: trainings at once, each on one core. The same weights come out, however many.

    Returns:
        Seconds that each training took in this call; a finished one takes none.
    """
    began, seconds = time.monotonic(), {}

    def said(done: float, note: str) -> None:
        eta = (time.monotonic() - began) / done * (len(wanted) - done) if done else None
        tell(Progress("training", round(1000 * done), 1000 * len(wanted), eta, note))

    if jobs == 1:
        for done, (name, config) in enumerate(wanted.items()):

            def within(step: Progress, done: int = done, name: str = name) -> None:
                said(done + step.step / step.total, f"{name}: {step.note}")

            seconds[name] = _train(config, within)
        return seconds
    context = torch.multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(wanted)), context, _one_core) as pool:
        runs = {pool.submit(_train, config): name for name, config in wanted.items()}
        said(0, "")
        try:
            for done, run in enumerate(as_completed(runs), 1):
                seconds[runs[run]] = run.result()
                said(done, f"{runs[run]} is done")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return seconds


def run_folder(out: Path, table: str, name: str, seed: int) -> Path:
    """Where a training of a comparison lives."""
    plain = "".join(c if c.isalnum() else "-" for c in name.lower())
    return out / "runs" / table / f"{plain}-{seed}"


def _one_core() -> None:
    """For a process that trains for another: one core, and no life beyond the other's, however that ends."""
    torch.set_num_threads(1)
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()


def _leave_with_the_parent() -> None:
    torch.multiprocessing.parent_process().join()
    os._exit(1)  # what is on disk is whole: files appear by being renamed


def _train(config: TrainConfig, tell: ProgressCallback = lambda _: None) -> float:
    return train(config, tell).seconds

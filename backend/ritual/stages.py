"""The stages that a generation goes through: how long each took, how far it is, and whether it is to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from queue import Queue
from threading import Event
from typing import TypeVar

import torch
from threadpoolctl import ThreadpoolController

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.errors import Cancelled

FINISHING = ("taboo projection", "ground", "planted feet")  # of every variant by itself
STAGES = ("rules", "text", "model", "inverse kinematics", *FINISHING)
THREADS = 2  # variants that are finished at a time: numpy holds the others up

Result = TypeVar("Result")
Stage = Callable[[str], AbstractContextManager[None]]


class Watch:
    """Times the stages, tells the progress and stops where the person has cancelled."""

    def __init__(self, progress: ProgressCallback | None, cancelled: CancelCheck | None) -> None:
        self.progress, self.cancelled = progress, cancelled
        self.seconds: dict[str, float] = {}
        self.begun = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._tell(name, STAGES.index(name))
        start = time.perf_counter()
        yield
        self._spent(name, time.perf_counter() - start)

    def each(self, work: Callable[[int, Stage], Result], count: int) -> tuple[Result, ...]:
        """Finish variants, `THREADS` at a time. Their stages overlap, so each is told its share of the time that all
        took together; progress is told from the caller's thread."""
        begun, first = time.perf_counter(), STAGES.index(FINISHING[0])
        told: Queue[tuple[str, float] | None] = Queue()
        stop = Event()

        @contextmanager
        def stage(name: str) -> Iterator[None]:
            if stop.is_set():
                raise Cancelled("The generation was cancelled.")
            start = time.perf_counter()
            yield
            told.put((name, time.perf_counter() - start))

        spent = dict.fromkeys(FINISHING, 0.0)
        with ThreadPoolExecutor(min(THREADS, count), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            futures = [pool.submit(work, n, stage) for n in range(count)]
            for future in futures:
                future.add_done_callback(lambda _: told.put(None))
            try:
                done, ended = 0, 0
                while ended < count:
                    share = done / count
                    if share < len(FINISHING):
                        self._tell(FINISHING[int(share)], first + share)
                    news = told.get()
                    if news is None:
                        ended += 1
                    else:
                        done += 1
                        spent[news[0]] += news[1]
                variants = tuple(future.result() for future in futures)
            finally:
                stop.set()
        scale = (time.perf_counter() - begun) / max(sum(spent.values()), 1e-9)
        for name, seconds in spent.items():
            self._spent(name, scale * seconds)
        return variants

    def _tell(self, name: str, done: float) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("The generation was cancelled.")
        if self.progress is not None:
            spent = time.perf_counter() - self.begun
            eta = spent * (len(STAGES) - done) / done if done else None
            self.progress(Progress(name, STAGES.index(name), len(STAGES), eta))

    def _spent(self, name: str, seconds: float) -> None:
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 4)


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch and BLAS on one thread, as they were afterwards.

    Their arrays are small here, and threads that wait for each other spin: with two, and other work on the machine, a
    clip took ten times as long.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with _blas().limit(limits=1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()

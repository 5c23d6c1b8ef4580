"""The batches of the coming steps, read by threads while the current step trains: reading is not waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from ritual.imagery.model import Batch

AHEAD = 4  # steps
READERS = 2  # threads: decoding and resizing leave Python's lock to others


def batches_ahead(batch: Callable[[int], Batch], begin: int, end: int) -> Iterator[Batch]:
    """The batches of the steps from `begin` to before `end`, in order; who reads them does not change them.

    Raises:
        BadInput: what reading a batch raises, at its turn.
    """
    pool = ThreadPoolExecutor(READERS, thread_name_prefix="pictures")
    coming: deque[Future[Batch]] = deque()
    try:
        for step in range(begin, end):
            coming.extend(pool.submit(batch, at) for at in range(step + len(coming), min(step + AHEAD, end)))
            yield coming.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

"""Ctrl-C and SIGTERM taken between two steps, never within one, so that what is saved is a whole step's state."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Interruption:
    """Whether somebody has asked to stop."""

    asked = False


@contextmanager
def between_steps() -> Iterator[Interruption]:
    """Within it a first Ctrl-C (or SIGTERM) is only noted; a second one stops at once.

    Outside the main thread, where Python takes no signals, nothing is changed.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return

    def note(number: int, frame: object) -> None:
        if interruption.asked:
            raise KeyboardInterrupt
        interruption.asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

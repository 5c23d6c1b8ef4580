"""Files appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ritual.errors import BadInput


def write_bytes(path: Path | str, data: bytes, durable: bool = False) -> Path:
    """Write to a temporary name beside `path`, then rename over it.

    Args:
        durable: wait until the disk has it, so that not even a loss of power leaves half a file.

    Raises:
        BadInput: the folder does not exist, or cannot be written.
    """
    with written(path, durable) as file:
        file.write(data)
    return Path(path)


@contextmanager
def written(path: Path | str, durable: bool = False) -> Iterator[BinaryIO]:
    """As `write_bytes`, of what is written part by part: the file appears when all of it is there.

    Raises:
        BadInput: the folder does not exist, or cannot be written; also where the disk is full half-way.
    """
    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise BadInput(f"Cannot write {path}: {error.strerror or error}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(handle)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        os.unlink(temporary)
        raise BadInput(f"Cannot write {path}: {error.strerror or error}.") from None
    except BaseException:  # whoever writes gave up: nothing half-written stays
        os.unlink(temporary)
        raise


def write_text(path: Path | str, text: str) -> Path:
    """`write_bytes` of UTF-8 text."""
    return write_bytes(path, text.encode())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""A pickle of numbers and arrays, read without letting it call anything.

A pickle is a program: what it names is imported, what it imports it may call. Motion needs no program. So every name is
looked up in the table below and nowhere else, and what stands there are not numpy's functions but stand-ins that only
note down what the file says; the arrays are made afterwards, from notes that have been checked. Neither numpy nor any
other module is ever called by the file. Before that, the file's opcodes are looked through: only those that describe
data may occur, and none may ask for more memory than the file is long.

Source: Python's pickle documentation, "Restricting Globals"; PEP 574 (protocol 5); `ndarray.__reduce__` of numpy.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import re
from collections.abc import Callable
from math import prod
from pathlib import Path

import numpy as np

from ritual.errors import BadMotion

MOST_BYTES = 64 << 20  # the longest clip of AIST++ takes one
MOST_STEPS = 20_000  # opcodes; a clip of AIST++ has about 100
MOST_AGAIN = 16  # a clip names no tuple again; forty, each of the one before twice, would take years to compare
_CODE = re.compile(r"[<>=|]?([biuf][1248])")
_NUMPY = ("numpy.core", "numpy._core")
_STEPS = re.compile(
    "PROTO|FRAME|STOP|MARK|POP|POP_MARK|(LONG_)?(BIN)?(PUT|GET)|MEMOIZE|NONE|NEWTRUE|NEWFALSE|(BIN)?INT[12]?|LONG[14]?"
    "|(BIN)?FLOAT|(SHORT_)?(BIN)?(STRING|UNICODE8?|BYTES8?)|BYTEARRAY8|(EMPTY_)?(TUPLE[123]?|LIST|DICT)|APPENDS?|SETITEMS?"
    "|(STACK_)?GLOBAL|REDUCE|BUILD"
)
_LEAF = re.compile("(STRING|UNICODE8?|BYTES8?|GLOBAL|REDUCE|LIST|DICT)$")  # what may be named again at no cost
_OPCODES = {step.code.encode("latin1"): step for step in pickletools.opcodes}
_BROKEN = (
    pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError,
    MemoryError, RecursionError,
)  # fmt: skip


class _Forbidden(Exception):
    """Names the global that a file asks for."""


def load(path: Path) -> dict[str, object]:
    """The dictionary that a pickle of protocol 0 to 5 holds, of Python 2 or 3, its arrays as numpy arrays.

    Raises:
        BadMotion: it is larger than 64 MiB, asks for anything but arrays and numbers (named), is damaged, or holds no
            dictionary. Nothing of it has been run.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise BadMotion(f"{path} has {size >> 20} MiB; a clip has {MOST_BYTES >> 20} MiB at most.")
    data = path.read_bytes()
    try:
        _look_through(data)
        held = _Reader(io.BytesIO(data), encoding="latin1").load()
        if not isinstance(held, dict):
            raise BadMotion(f"{path} holds no dictionary, so it is no clip.")
        return {str(key): _finished(value) for key, value in held.items()}
    except _Forbidden as asked:
        raise BadMotion(
            f"{path} is refused and nothing in it was run: it asks for {asked}, but motion is arrays and numbers alone."
        ) from None
    except _BROKEN:
        raise BadMotion(f"{path} is no pickle of arrays and numbers, or is damaged.") from None


def _look_through(data: bytes) -> None:
    """Refuse opcodes that no array needs, memo places that waste memory, and tuples that grow by naming each other."""
    file, last, places, again = io.BytesIO(data), "", {}, 0
    for _ in range(MOST_STEPS):
        step = _OPCODES.get(file.read(1))
        if step is None:
            raise pickle.UnpicklingError("no opcode")
        if _STEPS.fullmatch(step.name) is None:
            raise _Forbidden(f"the opcode {step.name}")
        value = step.arg.reader(file) if step.arg and step.name != "STRING" else None
        if step.name == "STRING":  # the library's own reader takes ASCII alone
            file.readline()
        if step.name.endswith(("PUT", "MEMOIZE")):
            place = len(places) if value is None else value
            places[place] = _LEAF.search(last) is not None
            if place > MOST_STEPS:
                raise pickle.UnpicklingError("a memo far too long for a clip")
        elif step.name.endswith("GET"):
            again += not places.get(value)
        if again > MOST_AGAIN:
            raise pickle.UnpicklingError("tuples of tuples of tuples")
        if step.name == "STOP":
            return
        last = step.name
    raise pickle.UnpicklingError("far too long for a clip")


class _DType:
    """A number format as the file spells it; what else the file says of it is not listened to."""

    __slots__ = ("dtype",)

    def __init__(self, code: str) -> None:
        found = _CODE.fullmatch(code)
        if found is None:
            raise _Forbidden(f"arrays of '{code[:20]}'")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple) -> None:
        order = state[1]
        if order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError("no byte order")
        self.dtype = self.dtype.newbyteorder(order)


class _Array:
    """An array as the file describes it."""

    __slots__ = ("data", "dtype", "order", "shape")

    def __init__(self, shape: tuple = (), dtype: _DType | None = None, order: str = "C", data: object = b"") -> None:
        self.shape, self.dtype, self.order, self.data = shape, dtype, order, data

    def __setstate__(self, state: tuple) -> None:
        _, self.shape, self.dtype, fortran, self.data = state
        self.order = "F" if fortran else "C"

    def finished(self) -> np.ndarray:
        data = self.data.encode("latin1") if isinstance(self.data, str) else self.data  # Python 2 knew one kind
        shape = tuple(self.shape)
        sound = isinstance(self.dtype, _DType) and isinstance(data, bytes | bytearray) and self.order in ("C", "F")
        sound = sound and all(type(n) is int and n >= 0 for n in shape)
        if not sound or len(data) != prod(shape) * self.dtype.dtype.itemsize:
            raise pickle.UnpicklingError("an array does not have the numbers that it announces")
        return np.frombuffer(data, self.dtype.dtype).reshape(shape, order=self.order)


class _Reader(pickle.Unpickler):
    """Knows the names that a pickled array consists of, and no other."""

    def __init__(self, file: io.BytesIO, encoding: str) -> None:
        super().__init__(file, encoding=encoding)
        self._known = _stand_ins()  # anew for every file: a pickle may write on what it is given

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in self._known:
            raise _Forbidden(f"{module}.{name}")
        return self._known[module, name]


def _stand_ins() -> dict[tuple[str, str], Callable]:
    known: dict[tuple[str, str], Callable] = {
        ("numpy", "ndarray"): lambda *_: None,  # only ever the first argument of _reconstruct
        ("numpy", "dtype"): lambda code, *_: _DType(code),
        ("_codecs", "encode"): lambda text, *_: text.encode("latin1"),  # how protocols 0 to 2 spell bytes
    }
    for core in _NUMPY:
        known[f"{core}.multiarray", "_reconstruct"] = lambda *_: _Array()
        known[f"{core}.multiarray", "scalar"] = lambda dtype, data: _Array((), dtype, "C", data)
        known[f"{core}.numeric", "_frombuffer"] = lambda data, dtype, shape, order: _Array(shape, dtype, order, data)
    return known


def _finished(value: object) -> object:
    return value.finished() if isinstance(value, _Array) else value

"""Symmetric banded equations by LAPACK's dpbsv, without holding up other threads as scipy's own call does."""

from __future__ import annotations

import ctypes

import numpy as np
from numba.extending import get_cython_function_address

_INT, _PLACE = ctypes.POINTER(ctypes.c_int), ctypes.c_void_p
_dpbsv = ctypes.CFUNCTYPE(None, _PLACE, _INT, _INT, _INT, _PLACE, _INT, _PLACE, _INT, _INT)(
    get_cython_function_address("scipy.linalg.cython_lapack", "dpbsv")
)


def solve(band: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """The solution of a positive definite system; None where rounding makes it none.

    Args:
        band: (k + 1, n) upper form, band[k + i - j, j] = A[i, j], in Fortran's order; overwritten.
        right: (n,), overwritten by the solution.
    """
    rows, size = band.shape
    n, k, one, tall, wide, info = (ctypes.c_int(x) for x in (size, rows - 1, 1, rows, size, 0))
    upper = ctypes.c_char(b"U")
    byref = ctypes.byref
    _dpbsv(
        ctypes.addressof(upper), byref(n), byref(k), byref(one), band.ctypes.data, byref(tall), right.ctypes.data,
        byref(wide), byref(info),
    )  # fmt: skip
    return right if info.value == 0 else None

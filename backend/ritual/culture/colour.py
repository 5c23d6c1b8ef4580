"""Which colour name a `#rrggbb` goes by: the nearest prototype in Oklab.

Source: B. Ottosson, "A perceptual color space for image processing" (2020), for the two matrices.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(colour: str) -> np.ndarray:
    """(3,) lightness, green-red, blue-yellow of an sRGB `#rrggbb`."""
    return _oklab(np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0)


def _oklab(srgb: np.ndarray) -> np.ndarray:
    """(..., 3) sRGB in 0..1 -> (..., 3)."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def nearest_colour(colour: str, prototypes: Mapping[str, str]) -> str:
    """Name of the prototype (`#rrggbb -> name`) nearest to `colour`; the first by value where two are as near."""
    here = oklab(colour)
    return prototypes[min(sorted(prototypes), key=lambda value: float(np.linalg.norm(oklab(value) - here)))]


def colour_shares(pixels: np.ndarray, prototypes: Mapping[str, str]) -> dict[str, float]:
    """How much of a picture goes by which name, the most first.

    Args:
        pixels: (N, 3) uint8, sRGB.
        prototypes: `#rrggbb -> name`.

    Returns:
        Name -> share of the pixels, 0..1.
    """
    coarse, count = np.unique(np.asarray(pixels, np.uint8) >> 3, axis=0, return_counts=True)
    values = sorted(prototypes)
    near = np.linalg.norm(
        _oklab((coarse * 8 + 4) / 255.0)[:, None] - np.stack([oklab(v) for v in values])[None], axis=-1
    ).argmin(1)
    shares: dict[str, float] = {}
    for number, n in zip(near.tolist(), count.tolist(), strict=True):
        name = prototypes[values[number]]
        shares[name] = shares.get(name, 0.0) + n / len(pixels)
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))

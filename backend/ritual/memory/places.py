"""How far apart two peoples live, as a distance that can stand beside one of features."""

from __future__ import annotations

import torch
from torch import Tensor

EARTH_KM = 6371.0


def on_the_globe(places: Tensor) -> Tensor:
    """(..., 2) latitude and longitude [deg] -> (..., 3) points of the unit sphere.

    The squared chord between two of them is four haversines of their distance, so that k-means, which knows only
    Euclidean distance, weighs haversines.
    """
    latitude, longitude = places.double().deg2rad().unbind(-1)
    flat = latitude.cos()
    return torch.stack([flat * longitude.cos(), flat * longitude.sin(), latitude.sin()], -1)


def haversine_km(first: Tensor, second: Tensor) -> Tensor:
    """Great-circle distance [km] between places (..., 2) in degrees."""
    chord = (on_the_globe(first) - on_the_globe(second)).norm(dim=-1)
    return 2 * EARTH_KM * (chord / 2).clamp(max=1).asin()

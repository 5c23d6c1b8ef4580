"""The passes of a small picture, made larger: so that lines and teeth that are thinner than its pixels can be cut."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ritual.scenes.develop import Passes


def finer(passes: Passes, times: int) -> Passes:
    """Passes of `times` the sides.

    Parts get the borders that lie between their pixels; depth is bent evenly (in its logarithm, as `outlines` reads
    it), since steps of it would be taken for edges; normals keep their creases.
    """
    height, width = passes.part.shape
    size = (width * times, height * times)
    depth = np.exp(_resized(np.log(np.maximum(passes.depth, 0.1)), size, Image.Resampling.BILINEAR))
    kinds = np.unique(passes.part)
    shares = [_resized((passes.part == kind).astype(np.float32), size, Image.Resampling.BICUBIC) for kind in kinds]
    part = kinds[np.argmax(shares, axis=0)]
    normal = np.repeat(np.repeat(passes.normal, times, 0), times, 1)
    photo, albedo = (np.asarray(Image.fromarray(p).resize(size, Image.Resampling.BICUBIC)) for p in
                     (passes.photo, passes.albedo))  # fmt: skip
    return Passes(photo, part, depth, normal, albedo)


def coarser(mask: np.ndarray, times: int) -> np.ndarray:
    """(H, W) bool -> (H / times, W / times): True where more than half of the pixel is."""
    height, width = (side // times for side in mask.shape)
    return mask.reshape(height, times, width, times).mean((1, 3)) > 0.5


def _resized(values: np.ndarray, size: tuple[int, int], how: Image.Resampling) -> np.ndarray:
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, how))

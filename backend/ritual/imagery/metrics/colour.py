"""Colour: how like the real picture's, and how rich.

Source: Swain & Ballard (1991) for the intersection of histograms; Sharma, Wu & Dalal (2005) for CIEDE2000; Hasler &
Suesstrunk (2003) for colourfulness, their M3. R (Table 6) gives a similarity in per cent and a richness out of ten
without saying how they were found: the first is read as the intersection, the second is given as published, unscaled.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor

from ritual.imagery.metrics.pixels import see_that_they_pair, unit

BINS = 8
"""Of a histogram, for each of R, G and B."""
_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)  # D65
_25_TO_7 = 25.0**7


def histograms(x: Tensor) -> Tensor:
    """(N, 512) parts of the pixels in each of 8x8x8 boxes of RGB; each row sums to 1.

    A pixel counts for the boxes around it, by how near their centres are: with hard edges a flat colour one step of 256
    away could lie in another box wholly.
    """
    place = (unit(x) * BINS - 0.5).clamp(0, BINS - 1)
    low = place.floor().clamp_max(BINS - 2)
    part = (place - low).flatten(2)
    low = low.long().flatten(2)
    counts = torch.zeros(len(x), BINS**3, device=x.device)
    for corner in itertools.product((0, 1), repeat=3):
        box, weight = torch.zeros_like(low[:, 0]), torch.ones_like(part[:, 0])
        for channel, upper in enumerate(corner):
            box = box * BINS + low[:, channel] + upper
            weight = weight * (part[:, channel] if upper else 1 - part[:, channel])
        counts.scatter_add_(1, box, weight)
    return counts / part.shape[-1]


def colour_similarity(made: Tensor, real: Tensor) -> Tensor:
    """(N,) intersection of the histograms, from 0 to 1 = the same colours, wherever they lie; any sizes.

    Args:
        made: (N, 3, H, W). real: (N, 3, H', W') its partners, or (1, 3, H', W') for all.
    """
    return torch.minimum(histograms(made), histograms(real)).sum(1)


def colour_difference(made: Tensor, real: Tensor) -> Tensor:
    """(N,) mean CIEDE2000 over the pixels: 0 = the same, 1 is just seen, 100 = black on white.

    Raises:
        BadInput: other shapes.
    """
    see_that_they_pair(made, real)
    return ciede2000(lab(made), lab(real)).mean((1, 2))


def colourfulness(x: Tensor) -> Tensor:
    """(N,) M3 on values of 0..255: 0 = grey, 33 = moderately, 59 = quite, 109 = extremely colourful."""
    red, green, blue = (255 * unit(x)).unbind(1)
    parts = red - green, (red + green) / 2 - blue
    spread = sum(part.var((1, 2), correction=0) for part in parts).sqrt()
    return spread + 0.3 * sum(part.mean((1, 2)) ** 2 for part in parts).sqrt()


def lab(x: Tensor) -> Tensor:
    """(N, 3, H, W) sRGB in -1..1 -> (N, 3, H, W) CIELAB under D65."""
    rgb = unit(x)
    linear = torch.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = torch.einsum("ij,njhw->nihw", torch.tensor(_TO_XYZ, device=x.device), linear)
    xyz = xyz / torch.tensor(_WHITE, device=x.device).view(1, 3, 1, 1)
    f = torch.where(xyz > 216 / 24389, xyz.clamp_min(1e-9) ** (1 / 3), xyz * (24389 / 27 / 116) + 16 / 116)
    fx, fy, fz = f.unbind(1)
    return torch.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], 1)


def ciede2000(one: Tensor, other: Tensor) -> Tensor:
    """(N, 3, ...) CIELAB, twice -> (N, ...) difference, with all weights 1."""
    (l1, a1, b1), (l2, a2, b2) = one.unbind(1), other.unbind(1)
    mean_chroma = (torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2
    grown = 1 + 0.5 * (1 - (mean_chroma**7 / (mean_chroma**7 + _25_TO_7)).sqrt())
    a1, a2 = a1 * grown, a2 * grown
    c1, c2 = torch.hypot(a1, b1), torch.hypot(a2, b2)
    h1, h2 = (torch.rad2deg(torch.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = torch.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * (c1 * c2).sqrt() * torch.sin(torch.deg2rad(turn / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    far = (h1 - h2).abs() > 180
    mh = torch.where(grey, h1 + h2, torch.where(far, (h1 + h2 + 360) / 2 % 360, (h1 + h2) / 2))
    t = 1 + sum(w * torch.cos(torch.deg2rad(k * mh + at))
                for w, k, at in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)))  # fmt: skip
    sl = 1 + 0.015 * (ml - 50) ** 2 / (20 + (ml - 50) ** 2).sqrt()
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    bend = torch.exp(-(((mh - 275) / 25) ** 2)) * math.radians(60)
    rt = -2 * (mc**7 / (mc**7 + _25_TO_7)).sqrt() * torch.sin(bend)
    square = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)
    return square.clamp_min(0).sqrt()

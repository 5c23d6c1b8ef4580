"""Table 1: what can be measured of a pattern's form without knowing what it is, each in 0..1.

Every picture is brought to 128 x 128 first, so that a figure does not depend on how large the picture is. Edges come
from the structure tensor J of all three channels (Di Zenzo 1986): gradients by a Gaussian of 1 px, averaged over one
of 1.5 px; lambda_1 >= lambda_2 are its eigenvalues, E = lambda_1 the edge energy, theta the edge's direction, S the
side.

    linearity    mean over E c of 1 / (1 + (k / 2)^2),  k = S |d theta / ds|: the turn of an edge over the picture's
                 side [rad], so that a circle of radius r has k = S / r;  c = how surely there is one direction here,
                 ((lambda_1 - lambda_2) / (lambda_1 + lambda_2))^2: crossings and ends have none
    curvature    mean over E c of k / (k + 6)
    symmetry     the picture in polar coordinates about its middle against itself: the greatest of the correlations
                 with its mirror images, and over n = 2..12 of the least correlation with the n - 1 turns by multiples
                 of 360/n degrees; 0 where that is negative
    hue          mode of a histogram of HSV hue (36 bins, smoothed), every pixel weighed by its chroma
    saturation   mean HSV saturation of the pixels within 30 degrees of that hue, weighed by its square
    complexity   l / (l + 10),  l = length of all contours over the picture's side: total variation of the picture
                 along its main colour axis over its contrast (1st to 99th percentile); a disc of radius r has 2 pi r

Source: spec §3, Table 1; the paper names the six and gives no formula: these are this project's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

SIDE = 128
NAMES = ("linearity", "curvature", "symmetry", "hue", "saturation", "complexity")
_STRAIGHT, _BEND = 2.0, 6.0  # S / r at which linearity is a half, and curvature
_LONG = 10.0  # sides of contour at which complexity is a half
_BINS = 36
_FOLDS = range(2, 13)


@dataclass(frozen=True)
class Descriptors:
    """Of a batch of pictures.

    Attributes:
        values: (B, 6) in the order of `NAMES`, each in 0..1.
        folds: (B,) n of the best rotation by 360/n degrees, the greatest n that fits about as well; 1 where none does.
    """

    values: Tensor
    folds: Tensor

    def of(self, name: str) -> Tensor:
        """(B,) one of them."""
        return self.values[:, NAMES.index(name)]


@torch.no_grad()
def describe(pictures: Tensor) -> Descriptors:
    """Table 1 of a batch.

    Args:
        pictures: (B, 3, H, W) sRGB in 0..1, without alpha: lay them on a ground first.
    """
    seen = F.interpolate(pictures.float(), (SIDE, SIDE), mode="bilinear", antialias=True).clamp(0, 1)
    energy, sure, double = _edges(seen)
    weight = energy * sure
    weight = weight / weight.sum((1, 2), keepdim=True).clamp_min(1e-9)
    blank = energy.amax((1, 2)) < 1e-4
    turn = SIDE * _turn(double)
    straight = (weight / (1 + (turn / _STRAIGHT) ** 2)).sum((1, 2))
    bent = (weight * turn / (turn + _BEND)).sum((1, 2))
    symmetry, folds = _symmetry(seen)
    hue, saturation = _colour(seen)
    form = torch.stack([straight, bent, symmetry], 1).clamp(0, 1)
    form = torch.where(blank[:, None], torch.zeros_like(form), form)
    values = torch.cat([form, torch.stack([hue, saturation, _complexity(seen)], 1)], 1)
    return Descriptors(values, torch.where(blank, torch.ones_like(folds), folds))


def _edges(seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(B, S, S) edge energy and how sure its direction is, (B, 2, S, S) along twice the gradient's angle."""
    smooth = _blurred(F.pad(seen, (4, 4, 4, 4), mode="replicate"), 1.0)
    dx = (smooth[..., 1:-1, 2:] - smooth[..., 1:-1, :-2])[..., 3:-3, 3:-3] / 2
    dy = (smooth[..., 2:, 1:-1] - smooth[..., :-2, 1:-1])[..., 3:-3, 3:-3] / 2
    tensor = torch.stack([(dx * dx).sum(1), (dy * dy).sum(1), (dx * dy).sum(1)], 1)
    xx, yy, xy = _blurred(tensor, 1.5).unbind(1)
    double = torch.stack([xx - yy, 2 * xy], 1)
    spread = double.norm(dim=1)
    return (xx + yy + spread) / 2, (spread / (xx + yy).clamp_min(1e-9)).square(), double


def _turn(double: Tensor) -> Tensor:
    """(B, S, S) |d theta / ds| along the edge [rad / px]."""
    unit = F.normalize(double, dim=1, eps=1e-12)
    angle = torch.atan2(unit[:, 1], unit[:, 0]) / 2 + math.pi / 2  # along the edge, not across
    along = torch.stack([angle.cos(), angle.sin()], 1)
    by_x = (unit[:, :, 1:-1, 2:] - unit[:, :, 1:-1, :-2]) / 2
    by_y = (unit[:, :, 2:, 1:-1] - unit[:, :, :-2, 1:-1]) / 2
    inner, along = unit[:, :, 1:-1, 1:-1], along[:, :, 1:-1, 1:-1]
    change = by_x * along[:, :1] + by_y * along[:, 1:]
    turned = (inner[:, 0] * change[:, 1] - inner[:, 1] * change[:, 0]).abs() / 2
    return F.pad(turned, (1, 1, 1, 1))


def _symmetry(seen: Tensor) -> tuple[Tensor, Tensor]:
    """(B,) the greatest correlation with itself turned or mirrored, and the fold of the best turn."""
    angles, rings = 240, SIDE // 3
    radius = (torch.arange(rings) + 0.5) / rings * 0.97
    turn = torch.arange(angles) * (2 * math.pi / angles)
    grid = torch.stack([radius[:, None] * turn.cos(), radius[:, None] * turn.sin()], -1).to(seen)
    smooth = _blurred(seen, 1.5)
    polar = F.grid_sample(smooth, grid.expand(len(seen), -1, -1, -1), align_corners=False)
    weight = radius.to(seen)[:, None]
    mean = (polar * weight).sum((2, 3), keepdim=True) / (weight.sum() * angles)
    polar = (polar - mean) * weight.sqrt()
    power = polar.square().sum((1, 2, 3)).clamp_min(1e-9)
    spectrum = torch.fft.rfft(polar, dim=-1)
    turned = torch.fft.irfft(spectrum * spectrum.conj(), n=angles).sum((1, 2)) / power[:, None]
    mirrored = torch.fft.irfft(spectrum * spectrum, n=angles).sum((1, 2)) / power[:, None]
    by_fold = torch.stack([turned[:, _turns(angles, n)].amin(1) for n in _FOLDS], 1)
    best = by_fold.amax(1)
    order = torch.tensor(list(_FOLDS), device=seen.device)
    near = torch.where(by_fold >= best[:, None] - 0.05, order, torch.zeros_like(order))
    folds = torch.where(best > 0.5, near.amax(1), torch.ones_like(near[:, 0]))
    return torch.maximum(best, mirrored.amax(1)).clamp(0, 1), folds


def _turns(angles: int, folds: int) -> list[int]:
    return [round(angles * part / folds) for part in range(1, folds // 2 + 1)]  # the other half mirrors these


def _colour(seen: Tensor) -> tuple[Tensor, Tensor]:
    """(B,) hue and saturation that prevail; both 0 for a picture without colour."""
    hue, saturation, chroma = hue_saturation_chroma(seen)
    chroma = torch.where(chroma < 0.03, torch.zeros_like(chroma), chroma).flatten(1)
    hue, saturation = hue.flatten(1), saturation.flatten(1)
    bins = (hue * _BINS).long().clamp(0, _BINS - 1)
    histogram = torch.zeros(len(seen), _BINS, device=seen.device).scatter_add_(1, bins, chroma)
    smooth = sum(w * histogram.roll(n, 1) for n, w in ((-1, 0.25), (0, 0.5), (1, 0.25)))
    centre = (smooth.argmax(1) + 0.5) / _BINS
    apart = ((hue - centre[:, None] + 0.5) % 1 - 0.5).abs()
    weight = torch.where(apart <= 1 / 12, chroma.square(), torch.zeros_like(chroma))
    total = weight.sum(1)
    offset = (hue - centre[:, None] + 0.5) % 1 - 0.5
    mode = (centre + (weight * offset).sum(1) / total.clamp_min(1e-9)) % 1
    prevailing = (weight * saturation).sum(1) / total.clamp_min(1e-9)
    grey = total <= 0
    mode = torch.where(mode > 1 - 1e-3, 0.0, mode)  # red lies at both ends
    return torch.where(grey, 0.0, mode), torch.where(grey, 0.0, prevailing)


def hue_saturation_chroma(seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(B, H, W) HSV hue (0..1), HSV saturation and chroma (max - min) of (B, 3, H, W) sRGB."""
    red, green, blue = seen.unbind(1)
    top, low = seen.amax(1), seen.amin(1)
    chroma = top - low
    safe = chroma.clamp_min(1e-6)
    sixth = torch.where(
        top == red,
        ((green - blue) / safe) % 6,
        torch.where(top == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    return sixth / 6 % 1, chroma / top.clamp_min(1e-6), chroma


def _complexity(seen: Tensor) -> Tensor:
    """(B,) length of the contours as a share, 0 for a blank picture."""
    colours = _blurred(seen, 0.8).flatten(2)
    colours = colours - colours.mean(2, keepdim=True)
    axis = torch.linalg.eigh(colours @ colours.mT)[1][..., -1:]
    tone = (axis.mT @ colours).view(len(seen), SIDE, SIDE)
    few = tone[:, ::2, ::2].flatten(1).sort(1).values
    contrast = few[:, round(0.99 * (few.shape[1] - 1))] - few[:, round(0.01 * (few.shape[1] - 1))]
    dx = (tone[:, 1:-1, 2:] - tone[:, 1:-1, :-2]) / 2
    dy = (tone[:, 2:, 1:-1] - tone[:, :-2, 1:-1]) / 2
    length = (dx.square() + dy.square()).sqrt().sum((1, 2)) / contrast.clamp_min(0.02) / SIDE
    return torch.where(contrast < 0.02, torch.zeros_like(length), length / (length + _LONG))


def _blurred(x: Tensor, sigma: float) -> Tensor:
    """Gaussian along both axes, borders repeated."""
    reach = math.ceil(3 * sigma)
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).to(x)
    channels = x.shape[1]
    x = F.pad(x, (reach,) * 4, mode="replicate")
    x = F.conv2d(x, taps.view(1, 1, 1, -1).expand(channels, -1, -1, -1), groups=channels)
    return F.conv2d(x, taps.view(1, 1, -1, 1).expand(channels, -1, -1, -1), groups=channels)

"""A simplified VQM: the features and weights of the NTIA General Model, without its calibration.

Source: Pinson and Wolf, "A new standardized method for objectively measuring video quality", IEEE Transactions on
Broadcasting 50(3), 2004 (NTIA Report TR-02-392; ITU-T J.144). What is simplified, so that it must not be called VQM:
no alignment in space, time, gain or level (both clips must be aligned already); the contrast-motion feature is the
product of its two parts; chroma_extreme is left out; the 13 x 13 filter keeps its size in pixels, whatever the distance
from which the picture would be looked at.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate1d
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.pixels import see_that_they_pair, unit

NAME = "VQM-simplified"
SMALLEST = 32
_WEIGHTS = {"si_loss": -0.2097, "hv_loss": 0.5969, "hv_gain": 0.2483, "chroma_spread": 0.0192, "si_gain": -2.3416,
            "ct_ati_gain": 0.0431}  # fmt: skip
_BLOCK, _BLOCK_ATI, _SECONDS = 8, 4, 0.2
_ANGLE, _EDGE = 0.225, 20.0  # [rad] from an axis; least gradient that has a direction
_MARGIN = 6  # of the 13-tap filter [px]


def vqm_simplified(made: Tensor, real: Tensor, fps: float) -> float:
    """0 = no visible impairment, about 1 = the worst that the General Model was fitted to; `1 - it` is R's direction.

    Args:
        made, real: (T, 3, H, W) sRGB in -1..1, aligned, T of 0.2 s or more, sides of 32 px or more.
        fps: frames per second.

    Raises:
        BadInput: too short, too small, or other shapes.
    """
    parts = vqm_parts(made, real, fps)
    value = max(0.0, sum(_WEIGHTS[name] * value for name, value in parts.items()))
    return float(1.5 * value / (0.5 + value)) if value > 1 else float(value)  # overshoot is compressed, report §6.1


def vqm_parts(made: Tensor, real: Tensor, fps: float) -> dict[str, float]:
    """The parameters that `vqm_simplified` weighs; losses are 0 or less, gains and `hv_loss` 0 or more."""
    see_that_they_pair(made, real)
    frames = max(2, round(_SECONDS * fps))
    if len(made) < frames or min(made.shape[-2:]) < SMALLEST:
        raise BadInput(f"{NAME} needs {frames} frames of {SMALLEST} px at least; these are {tuple(made.shape)}.")
    ours, theirs = _yuv(made), _yuv(real)
    si, hv = zip(*(_edges(y, frames) for y in (ours[0], theirs[0])), strict=True)
    si_loss = _loss(*(np.maximum(f, 12.0) for f in si))
    hv_loss = _loss(*hv)
    colour = np.sqrt((_means(ours[1] - theirs[1], _BLOCK) ** 2) + (_means(1.5 * (ours[2] - theirs[2]), _BLOCK) ** 2))
    ati = [_contrast_ati(y, frames) for y in (ours[0], theirs[0])]
    return {
        "si_loss": _level(_worst(si_loss)),
        "hv_loss": max(0.0, float(np.mean(_worst(hv_loss))) ** 2 - 0.06),
        "hv_gain": float(np.mean(-_worst(-_gain(*hv)))),
        "chroma_spread": max(0.0, _level(colour.std(1)) - 0.6),
        "si_gain": min(0.14, max(0.0, float(_gain(*(np.maximum(f, 8.0) for f in si)).mean()) - 0.004)),
        "ct_ati_gain": _level(np.maximum(0.0, (ati[0] - ati[1]) / ati[1]).mean(1)),
    }


def _yuv(clip: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T, H, W) each: luma 0..255, and both chroma around 0, of BT.601."""
    r, g, b = (255 * unit(clip)).cpu().numpy().astype(np.float32).transpose(1, 0, 2, 3)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return y, (b - y) / 1.772, (r - y) / 1.402


def _edges(y: np.ndarray, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """(S, B) twice: SI13, spread of the gradient, and HV13, upright and level edges over the others."""
    x = np.arange(-6, 7) / 2.0
    band = x * np.exp(-0.5 * x**2)
    band /= np.abs(band).sum() / 4  # a step is worth as much as with Sobel
    box = np.full(13, 1 / 13)
    h = correlate1d(correlate1d(y, band, 2), box, 1)[:, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    v = correlate1d(correlate1d(y, band, 1), box, 2)[:, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    r = np.hypot(h, v)
    turn = np.abs(np.arctan2(v, h)) % (np.pi / 2)
    axis = np.minimum(turn, np.pi / 2 - turn) < _ANGLE
    strong = r >= _EDGE
    si = _blocks(r, frames, _BLOCK).std(-1)
    hv, other = (_blocks(np.where(strong & part, r, 0), frames, _BLOCK).mean(-1) for part in (axis, ~axis))
    return si, np.maximum(hv, 3.0) / np.maximum(other, 3.0)


def _contrast_ati(y: np.ndarray, frames: int) -> np.ndarray:
    """(S, B): how much there is to see times how much it changes."""
    contrast = _blocks(y[1:], frames, _BLOCK_ATI).std(-1)
    ati = _blocks(np.abs(np.diff(y, axis=0)), frames, _BLOCK_ATI).std(-1)
    return np.maximum(contrast, 3.0) * np.maximum(ati, 3.0)


def _blocks(values: np.ndarray, frames: int, side: int) -> np.ndarray:
    """(T, H, W) -> (S, B, N): blocks of `frames` frames and side x side pixels; what is left over is left out."""
    frames = min(frames, len(values))
    t, h, w = (n // size for n, size in zip(values.shape, (frames, side, side), strict=True))
    cut = values[: t * frames, : h * side, : w * side].reshape(t, frames, h, side, w, side)
    return cut.transpose(0, 2, 4, 1, 3, 5).reshape(t, h * w, -1)


def _means(values: np.ndarray, side: int) -> np.ndarray:
    return _blocks(values, 1, side).mean(-1)


def _loss(made: np.ndarray, real: np.ndarray) -> np.ndarray:
    return np.minimum(0.0, (made - real) / real)


def _gain(made: np.ndarray, real: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, np.log10(made / real))


def _worst(values: np.ndarray) -> np.ndarray:
    """(S, B) -> (S,): mean of the lowest twentieth of the blocks."""
    count = max(1, round(0.05 * values.shape[1]))
    return np.sort(values, 1)[:, :count].mean(1)


def _level(values: np.ndarray) -> float:
    """The value that a tenth of the moments lie below."""
    return float(np.quantile(values, 0.1))

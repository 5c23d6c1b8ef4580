"""Sound as models take it: 16 kHz, one channel, without its even noise, its peak at -1 dBFS."""

from __future__ import annotations

import numpy as np
from scipy.signal import istft, stft

from ritual.errors import BadInput

PEAK = -1.0  # [dBFS]
LENGTH, HOP = 512, 128  # of the short-time Fourier transform [samples]: 32 and 8 ms at 16 kHz
_LISTENED = 0.4  # of the beginning, where the noise is taken from there [s]
_QUIETEST = 0.1  # part of the recording that counts as noise, where it is taken from its quietest moments


def denoised(
    sound: np.ndarray, rate: int, noise: str = "quietest", over: float = 2.0, floor: float = 0.01
) -> np.ndarray:
    """Spectral subtraction on powers: |S|^2 = max(|X|^2 - over |N|^2, floor |N|^2), with the phase of X.

    Args:
        sound: (N,) in -1..1.
        rate: [Hz].
        noise: where |N|^2 is taken from: `quietest` = mean of the tenth of the frames that has the least power,
            `first` = of the first 0.4 s.
        over: alpha, how much more than the noise is taken away. floor: beta, part of the noise that stays.

    Returns:
        (N,) float32.

    Raises:
        BadInput: another word for `noise`.

    Source: Berouti, Schwartz and Makhoul, "Enhancement of speech corrupted by acoustic noise", ICASSP 1979; R §III-C.
    """
    if noise not in ("quietest", "first"):
        raise BadInput(f"Noise cannot be taken from '{noise}'; valid: quietest, first.")
    if len(sound) < LENGTH or not np.any(sound):
        return np.asarray(sound, np.float32)
    _, _, spectrum = stft(sound, rate, nperseg=LENGTH, noverlap=LENGTH - HOP)
    power = np.abs(spectrum) ** 2
    if noise == "first":
        heard = power[:, : max(1, round(_LISTENED * rate / HOP))]
    else:
        order = np.argsort(power.sum(0))
        heard = power[:, order[: max(1, round(_QUIETEST * len(order)))]]
    noise_power = heard.mean(1, keepdims=True)
    kept = np.maximum(power - over * noise_power, floor * noise_power)
    gain = np.sqrt(kept / np.maximum(power, 1e-20))
    _, clean = istft(spectrum * np.minimum(gain, 1.0), rate, nperseg=LENGTH, noverlap=LENGTH - HOP)
    return clean[: len(sound)].astype(np.float32)


def levelled(sound: np.ndarray, peak: float = PEAK) -> np.ndarray:
    """(N,) with its peak at `peak` [dBFS]; silence stays silent."""
    loudest = float(np.abs(sound).max(initial=0.0))
    if loudest < 1e-6:
        return np.asarray(sound, np.float32)
    return (np.asarray(sound, np.float64) * (10 ** (peak / 20) / loudest)).astype(np.float32)

"""Sound: how clear it is beside the clean sound, what can be guessed without one, how loud it is."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from ritual.errors import BadInput

_SEGMENT, _LEAST, _MOST = 0.032, -10.0, 35.0  # [s], [dB]
_EPS = 1e-12


def snr(made: np.ndarray, clean: np.ndarray) -> float:
    """[dB] power of the clean sound over that of the difference; (N,) each, aligned and as loud as each other."""
    made, clean = _pair(made, clean)
    return _decibel(np.sum(clean**2), np.sum((made - clean) ** 2))


def si_sdr(made: np.ndarray, clean: np.ndarray) -> float:
    """[dB] scale-invariant signal-to-distortion ratio: as `snr`, but loudness does not count.

    Source: Le Roux, Wisdom, Erdogan and Hershey, "SDR - half-baked or well done?", ICASSP 2019, eq. 4.
    """
    made, clean = _pair(made, clean)
    made, clean = made - made.mean(), clean - clean.mean()
    target = (made @ clean) / max(float(clean @ clean), _EPS) * clean
    return _decibel(np.sum(target**2), np.sum((made - target) ** 2))


def segmental_snr(made: np.ndarray, clean: np.ndarray, rate: int) -> float:
    """[dB] mean of the SNR of pieces of 32 ms, each held within -10..35 dB; pieces without clean sound are left out.

    Source: Hansen and Pellom, "An effective quality evaluation protocol for speech enhancement algorithms", ICSLP 1998.

    Raises:
        BadInput: other lengths, too short, or the clean sound is silent.
    """
    made, clean = _pair(made, clean)
    length = round(_SEGMENT * rate)
    count = len(clean) // length
    if not count:
        raise BadInput(f"{len(clean)} samples are too few for a segmental SNR; {length} are needed.")
    pieces = clean[: count * length].reshape(count, -1)
    noise = (made - clean)[: count * length].reshape(count, -1)
    power = (pieces**2).sum(1)
    heard = power > 1e-6 * power.max()
    if not heard.any() or power.max() <= _EPS:
        raise BadInput("The clean sound is silent, so there is nothing to measure clarity by.")
    each = 10 * np.log10(power[heard] / np.maximum((noise[heard] ** 2).sum(1), _EPS))
    return float(np.clip(each, _LEAST, _MOST).mean())


def level_range(sound: np.ndarray, rate: int) -> float:
    """[dB] between the loud and the quiet moments of a sound (90th and 10th percentile of the power of 32 ms): what can
    be told of clarity where there is no clean sound. It is no SNR, and goes by its own name in reports."""
    length = round(_SEGMENT * rate)
    count = len(sound) // length
    if count < 2:
        raise BadInput(f"{len(sound)} samples are too few for a level range; {2 * length} are needed.")
    power = (np.asarray(sound[: count * length], np.float64).reshape(count, -1) ** 2).mean(1)
    high, low = np.quantile(power, (0.9, 0.1))
    return _decibel(high, low)


def peak_dbfs(sound: np.ndarray) -> float:
    """[dBFS] of the loudest sample of (N,) in -1..1; -inf of silence."""
    loudest = float(np.abs(sound).max(initial=0.0))
    return 20 * float(np.log10(loudest)) if loudest > 0 else -np.inf


def loudness(sound: np.ndarray, rate: int) -> float:
    """[LUFS] integrated loudness of one channel, (N,) in -1..1; -inf where all of it is under the gate.

    K-weighting, blocks of 400 ms that overlap by 75 %, gates at -70 LUFS and 10 LU under the mean.

    Raises:
        BadInput: under 0.4 s.

    Source: ITU-R BS.1770-4 and EBU R 128; filters for any rate after De Man, "Evaluation of implementations of the EBU
    R128 loudness measurement", AES 145 (2018).
    """
    length, hop = round(0.4 * rate), round(0.1 * rate)
    if len(sound) < length:
        raise BadInput(f"Loudness is measured on 0.4 s or more; there are {len(sound) / rate:.2f} s.")
    weighted = np.asarray(sound, np.float64)
    for b, a in _k_weighting(rate):
        weighted = lfilter(b, a, weighted)
    total = np.concatenate(([0.0], np.cumsum(weighted**2)))
    starts = np.arange(0, len(sound) - length + 1, hop)
    power = (total[starts + length] - total[starts]) / length
    loud = -0.691 + 10 * np.log10(np.maximum(power, _EPS))
    kept = power[loud > -70]
    if not len(kept):
        return -np.inf
    gate = -0.691 + 10 * np.log10(kept.mean()) - 10
    return float(-0.691 + 10 * np.log10(power[(loud > -70) & (loud > gate)].mean()))


def _k_weighting(rate: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The shelf of the head, and the high-pass."""
    f, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k, high = np.tan(np.pi * f / rate), 10 ** (gain / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]) / a0
    first = (shelf, np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]))
    f, q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * f / rate)
    a0 = 1 + k / q + k * k
    return first, (np.array([1.0, -2.0, 1.0]), np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]))


def _pair(made: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    made, clean = np.asarray(made, np.float64), np.asarray(clean, np.float64)
    if made.shape != clean.shape or made.ndim != 1 or not len(made):
        raise BadInput(f"Sounds of shapes {made.shape} and {clean.shape} cannot be compared; both are (N,).")
    return made, clean


def _decibel(signal: float, noise: float) -> float:
    return float(10 * np.log10(max(float(signal), _EPS) / max(float(noise), _EPS)))

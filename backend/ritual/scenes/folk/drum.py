"""A drum as physics has it: modes of a struck round membrane that die away, and the noise of the stroke."""

from __future__ import annotations

import numpy as np
from scipy.special import jn_zeros, jv

RATE = 48_000  # [Hz]
_MODES = tuple((m, n, float(jn_zeros(m, n)[n - 1])) for m in range(4) for n in range(1, 4))


def stroke(pitch: float, loud: float, place: float, rng: np.random.Generator, seconds: float = 0.8) -> np.ndarray:
    """One stroke on a membrane that is held at its rim.

    Mode (m, n) rings at `pitch` times its zero of the Bessel function J_m over that of J_0 (2.405), as loud as it moves
    where it is struck, and dies away the sooner the higher it is. A falling pitch in the first hundredth of a second
    stands for the tension of a hard stroke.

    Args:
        pitch: of the lowest mode [Hz]. loud: 0..1. place: of the stroke, 0 = the middle, 1 = the rim.

    Returns:
        (N,) float64 at `RATE`.

    Source: Fletcher and Rossing, The Physics of Musical Instruments (2nd ed. 1998), ch. 3 (membranes).
    """
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros_like(time)
    for m, _, zero in _MODES:
        ratio = zero / _MODES[0][2]
        moved = jv(m, zero * place)
        fall = pitch * ratio * (1 + 0.06 * loud * np.exp(-time / 0.012))
        phase = 2 * np.pi * np.cumsum(fall) / RATE
        sound += moved / (m + 1) * np.exp(-time * (5.0 + 5.5 * ratio)) * np.sin(phase + rng.uniform(0, 0.3))
    click = rng.normal(size=len(time)) * np.exp(-time / 0.006) * (0.25 + 0.5 * place)
    return loud * (sound + click) * np.minimum(time / 0.0008, 1)


def drummed(beats: np.ndarray, per_cycle: int, seconds: float, pitch: float, rng: np.random.Generator) -> np.ndarray:
    """(N,) a drum that marks beats [s]: the first of a cycle deep, the middle one less, rim strokes between.

    Peaks lie below 1.
    """
    sound = np.zeros(int(seconds * RATE) + RATE)
    for n, beat in enumerate(beats):
        inside = n % per_cycle
        loud = 1.0 if inside == 0 else 0.75 if 2 * inside == per_cycle else 0.5
        strokes = [(beat, loud * rng.uniform(0.9, 1), 0.15 if inside == 0 else 0.4)]
        if n + 1 < len(beats) and inside % 2:
            strokes.append(((beat + beats[n + 1]) / 2, 0.3 * rng.uniform(0.8, 1), 0.92))
        for at, strength, place in strokes:
            at = round(at * RATE)
            if 0 <= at < seconds * RATE:
                struck = stroke(pitch * (1 if place < 0.9 else 1.6), strength, place, rng)
                sound[at : at + len(struck)] += struck[: len(sound) - at]
    sound = sound[: round(seconds * RATE)]
    return 0.7 * sound / max(float(np.abs(sound).max(initial=0)), 1e-9)


def ambience(samples: int, rng: np.random.Generator) -> np.ndarray:
    """(N,) noise of power 1 that goes on evenly: wind and a far crowd, whose spectrum falls by 3 dB an octave."""
    spectrum = np.fft.rfft(rng.normal(size=samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum *= 1 / np.sqrt(np.maximum(frequency, 60.0))
    noise = np.fft.irfft(spectrum, samples)
    return noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12)

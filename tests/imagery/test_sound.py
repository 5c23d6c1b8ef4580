"""Sound is cleaned and levelled, and its measures keep their definitions."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from scipy.io import wavfile

from ritual.errors import BadInput
from ritual.imagery.metrics.sound import level_range, loudness, peak_dbfs, segmental_snr, si_sdr, snr
from ritual.imagery.preparation.audio import denoised, levelled
from ritual.imagery.preparation.media import write_wav

RATE = 16_000


@pytest.fixture(scope="module")
def struck():
    """Strokes of a drum every half second, and the same with even noise at 10 dB."""
    rng, time = np.random.default_rng(0), np.arange(4 * RATE) / RATE
    clean = 0.5 * np.sin(2 * np.pi * 180 * time) * np.exp(-9 * (time % 0.5))
    noise = rng.normal(size=len(time))
    noise *= np.sqrt(np.mean(clean**2) / np.mean(noise**2)) * 10 ** (-10 / 20)
    return clean, clean + noise


def test_subtraction_gains_several_decibels(struck):
    clean, noisy = struck
    assert snr(noisy, clean) == pytest.approx(10, abs=0.01)
    assert snr(denoised(noisy, RATE), clean) > 15
    assert segmental_snr(denoised(noisy, RATE), clean, RATE) > segmental_snr(noisy, clean, RATE) + 3


def test_the_first_moments_serve_as_noise_where_nothing_is_played_yet(struck):
    clean, noisy = (np.concatenate((x, x)) for x in struck)
    clean = np.concatenate((np.zeros(RATE // 2), clean))
    noisy = np.concatenate((noisy[: RATE // 2] - clean[RATE // 2 : RATE], noisy))
    assert snr(denoised(noisy, RATE, "first"), clean) > snr(noisy, clean) + 5


def test_silence_and_scraps_pass_unharmed():
    assert not denoised(np.zeros(RATE), RATE).any()
    assert len(denoised(np.ones(100), RATE)) == 100
    assert not levelled(np.zeros(50)).any()
    with pytest.raises(BadInput, match="quietest, first"):
        denoised(np.ones(RATE), RATE, "loudest")


def test_the_peak_of_a_written_file_is_minus_one_decibel(struck, tmp_path):
    path = write_wav(tmp_path / "a.wav", levelled(struck[1]))
    rate, samples = wavfile.read(path)
    assert rate == RATE and samples.ndim == 1
    assert peak_dbfs(samples / 32768) == pytest.approx(-1, abs=0.01)


def test_si_sdr_does_not_hear_loudness_and_snr_does(struck):
    clean, noisy = struck
    assert si_sdr(3 * noisy, clean) == pytest.approx(si_sdr(noisy, clean))
    assert snr(3 * noisy, clean) < 0
    assert si_sdr(noisy, clean) == pytest.approx(10, abs=0.3)


def test_segmental_snr_stays_within_its_bounds(struck):
    clean, _ = struck
    assert segmental_snr(clean, clean, RATE) == 35
    assert segmental_snr(-9 * clean, clean, RATE) == -10
    with pytest.raises(BadInput, match="silent"):
        segmental_snr(clean, np.zeros_like(clean), RATE)


def test_level_range_is_that_between_loud_and_quiet():
    sound = np.where(np.arange(RATE) < RATE // 2, 0.5, 0.05) * np.sign(np.sin(np.arange(RATE)))
    assert level_range(sound, RATE) == pytest.approx(20, abs=0.1)


def test_a_full_sine_of_1_khz_is_as_loud_as_bs1770_says():
    sine = np.sin(2 * np.pi * 997 * np.arange(48_000) / 48_000)
    assert loudness(sine, 48_000) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is the reference")
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_loudness_is_that_of_ffmpegs_ebur128(rate, tmp_path):
    rng, time = np.random.default_rng(1), np.arange(6 * rate) / rate
    sound = np.sin(2 * np.pi * 300 * time) * (time % 2 < 1) * 0.3 + rng.normal(0, 0.01, len(time))
    path = write_wav(tmp_path / "a.wav", sound, rate)
    command = ["ffmpeg", "-nostdin", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True).stderr
    assert loudness(sound, rate) == pytest.approx(float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]), abs=0.15)


def test_sounds_of_other_lengths_are_told():
    with pytest.raises(BadInput, match="cannot be compared"):
        snr(np.zeros(3), np.zeros(4))

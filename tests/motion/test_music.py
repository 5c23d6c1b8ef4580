"""Beats of real audio files, made here: clicks, silence, noise that is no audio."""

import sys

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.motion.music import NoMusicLibrary, beats_of

RATE = 22050


@pytest.fixture
def soundfile():
    return pytest.importorskip("soundfile", reason="needs the extra: pip install 'ritual-motion[audio]'")


@pytest.fixture(autouse=True)
def librosa(request):
    if "without" not in request.node.name:
        pytest.importorskip("librosa", reason="needs the extra: pip install 'ritual-motion[audio]'")


def clicks(times, seconds, rate=RATE):
    sound, long = np.zeros(round(seconds * rate)), round(0.05 * rate)
    t = np.arange(long) / rate
    for at in (round(time * rate) for time in times if time < seconds):
        sound[at : at + long] += (np.sin(5529 * t) * np.exp(-t / 0.01))[: len(sound) - at]
    return 0.7 * sound


@pytest.mark.parametrize(("bpm", "first"), [(92, 0.37), (120, 0.2), (150, 0.5)])
def test_beats_of_clicks_are_the_clicks(soundfile, tmp_path, bpm, first):
    true = np.arange(first, 14, 60 / bpm)
    soundfile.write(tmp_path / "clicks.wav", clicks(true, 14), RATE)
    found = np.array(beats_of(tmp_path / "clicks.wav", 8.0))
    assert found[0] == pytest.approx(first, abs=0.06)
    assert np.abs(found[:, None] - true).min(1).max() < 0.03
    assert len(found) == np.searchsorted(true, 8.0) + 1
    assert np.diff(found).mean() == pytest.approx(60 / bpm, rel=0.01)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3"])
def test_other_formats_and_rates_are_read(soundfile, tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, np.stack([clicks(np.arange(0.3, 8, 0.5), 8, 44100)] * 2, 1), 44100)
    assert np.diff(beats_of(path, 6.0)).mean() == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (np.zeros(5 * RATE), "is silent: there are no beats"),
        (0.5 * np.sin(np.arange(6 * RATE) * 0.05), "No beats were found"),
        (clicks([0.1], 0.3), "No beats were found"),
        (np.zeros(0), "is silent"),
    ],
)
def test_what_has_no_beats_is_told(soundfile, tmp_path, sound, said):
    soundfile.write(tmp_path / "a.wav", sound, RATE)
    with pytest.raises(BadInput, match=said):
        beats_of(tmp_path / "a.wav", 8.0)


def test_what_is_no_audio_is_told(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"hello")
    with pytest.raises(BadInput, match="cannot be read as audio"):
        beats_of(tmp_path / "a.wav", 8.0)
    with pytest.raises(BadInput, match="There is no audio file"):
        beats_of(tmp_path / "none.wav", 8.0)


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.wav").write_bytes(b"hello")
    monkeypatch.setitem(sys.modules, "librosa", None)  # what Python does where it is not installed
    with pytest.raises(NoMusicLibrary, match=r"ritual-motion\[audio\]"):
        beats_of(tmp_path / "a.wav", 8.0)

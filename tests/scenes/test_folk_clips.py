"""Recordings of folk activities are what their labels say."""

import json

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import resample_poly

from ritual.errors import BadInput
from ritual.imagery.metrics.sound import snr
from ritual.imagery.metrics.transitions import found_transitions
from ritual.imagery.preparation.labels import read_label, read_table
from ritual.imagery.preparation.media import facts, pictures, sound
from ritual.imagery.preparation.shots import cuts, histogram
from ritual.scenes.folk.drum import RATE, ambience, drummed, stroke
from ritual.scenes.folk_clips import Recipe, write_folk_clips

pytest.importorskip("av")
SMALL = Recipe(shots=3, side=64, dissolves=0.5, seed=2)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    from ritual.generate import Engine

    folder, engine = tmp_path_factory.mktemp("folk"), Engine.load()
    return engine, folder, write_folk_clips(engine, folder, 1, SMALL)


def test_the_transitions_are_where_the_label_says(recordings):
    for path in recordings[2]:
        true = [t.seconds for t in read_label(path).transitions]
        spread = np.stack([histogram(picture) for picture in pictures(path, 12.5, 64)])
        found = found_transitions([to / 12.5 for _, to in cuts(spread, 12.5)], true, 0.2)
        assert found.recall == 1 and found.precision == 1


def test_something_is_danced_in_every_scene(recordings):
    _, _, (path,) = recordings
    data, frames = json.loads(path.with_suffix(".json").read_text()), np.stack(list(pictures(path)))
    assert len(frames) == data["frames"] == data["scenes"][-1]["stop"] and facts(path).fps == 25
    for scene in data["scenes"]:
        moved = np.abs(np.diff(frames[scene["start"] + 20 : scene["stop"] : 5].astype(int), axis=0))
        assert (moved > 40).any(-1).mean((1, 2)).min() > 0.002


def test_the_event_allows_the_dances(recordings):
    engine, _, made = recordings
    for path in made:
        data = json.loads(path.with_suffix(".json").read_text())
        for scene in data["scenes"]:
            assert data["event"] in engine.graph.dance(scene["dance"]).occasions


def test_the_noise_is_as_loud_as_is_said(recordings):
    for path in recordings[2]:
        rate, clean = wavfile.read(path.parent / "clean" / f"{path.stem}.wav")
        clean, noisy = resample_poly(clean / 32767, 16_000, rate), sound(path)
        count = min(len(clean), len(noisy))
        assert snr(noisy[:count], clean[:count]) == pytest.approx(SMALL.snr, abs=1.0)


def test_what_is_there_stays_and_another_recipe_is_told(recordings):
    engine, folder, made = recordings
    before = [path.stat().st_mtime_ns for path in made]
    assert write_folk_clips(engine, folder, 1, SMALL) == made
    assert [path.stat().st_mtime_ns for path in made] == before
    assert set(read_table(folder / "labels.csv")) == {path.name for path in made}
    with pytest.raises(BadInput, match="another recipe"):
        write_folk_clips(engine, folder, 2, Recipe())
    with pytest.raises(BadInput, match="even"):
        write_folk_clips(engine, folder, 2, Recipe(side=65))


def test_a_struck_membrane_rings_at_its_modes_and_dies_away():
    rng = np.random.default_rng(0)
    struck = stroke(100, 0.5, 0.3, rng)
    spectrum = np.abs(np.fft.rfft(struck * np.hanning(len(struck)), 8 * len(struck)))
    frequency = np.fft.rfftfreq(8 * len(struck), 1 / RATE)
    assert frequency[np.argmax(spectrum)] == pytest.approx(100, abs=4)
    ring = (frequency > 130) & (frequency < 190)  # the mode (1, 1), at 1.594 of the lowest
    assert frequency[ring][np.argmax(spectrum[ring])] == pytest.approx(159, abs=6)
    assert np.abs(struck[-4800:]).max() < 0.05 * np.abs(struck).max()


def test_the_drum_strikes_on_its_beats():
    rng = np.random.default_rng(0)
    played = drummed(np.arange(8) * 0.5, 4, 4.0, 90, rng)
    onset = [np.abs(played[round(t * RATE) : round((t + 0.03) * RATE)]).max() for t in np.arange(8) * 0.5]
    before = [np.abs(played[max(0, round((t - 0.02) * RATE)) : round(t * RATE)]).max() for t in np.arange(1, 8) * 0.5]
    assert min(onset) > 3 * max(before) and np.argmax(onset) in (0, 4) and len(played) == 4 * RATE


def test_the_wind_is_even_and_of_power_one():
    wind = ambience(RATE, np.random.default_rng(0))
    assert np.mean(wind**2) == pytest.approx(1)

"""A folder becomes takes, whatever lies in it; what cannot be read is left out with its reason."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from ritual.clip import bvh_own, write
from ritual.clip.resample import resample
from ritual.errors import BadInput
from ritual.motion.data import corpus as corpora
from ritual.motion.data import load_corpus
from ritual.motion.data.beats import motion_beats

MOCAP = Path(__file__).parents[3].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.exists(), reason="no motion capture in ../shared/data/mocap")


@pytest.fixture
def mixed(tmp_path, smpl_writing):
    """One clip as four collections hold it, and three files that cannot be read."""
    folder, clip = tmp_path / "data", smpl_writing.smooth_clip(seconds=3.0, fps=60.0)
    for name in ("aist/motions", "amass/KIT/3", "mine", "h3d/new_joints", "h3d/texts"):
        (folder / name).mkdir(parents=True)
    smpl_writing.write_aist(folder / "aist" / "motions" / "gHO_sBM_cAll_d20_mHO5_ch01.pkl", clip)
    smpl_writing.write_amass(folder / "amass" / "KIT" / "3" / "wave_right01_poses.npz", resample(clip, 120))
    write(folder / "mine" / "own_turn.bvh", clip)
    np.save(folder / "h3d" / "new_joints" / "000001.npy", smpl_writing.as_joints(resample(clip, 20)).astype(np.float32))
    said = "a person waves#x#0#0\nsomeone greets#x#0#0\nhe stops#x#1.0#2.6"
    (folder / "h3d" / "texts" / "000001.txt").write_text(said)
    (folder / "mine" / "broken.bvh").write_text("HIERARCHY\n")
    (folder / "mine" / "bad.pkl").write_bytes(b"cposix\nsystem\n(S'false'\ntR.")
    (folder / "amass" / "KIT" / "3" / "shape.npz").write_bytes(b"PK no zip")
    return folder


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(BadInput, match="No motion could be read"):
        load_corpus(tmp_path)


def test_every_collection_gives_takes_and_what_is_broken_is_left_out_with_its_reason(mixed):
    corpus = load_corpus(mixed)
    names = {take.name for take in corpus.takes}
    assert names == {
        "aist/motions/gHO_sBM_cAll_d20_mHO5_ch01.pkl", "amass/KIT/3/wave_right01_poses.npz", "mine/own_turn.bvh",
        "h3d/new_joints/000001.npy", "h3d/new_joints/000001.npy[1-2.6 s]",
    }  # fmt: skip
    reasons = dict(corpus.left_out)
    assert set(reasons) == {"mine/broken.bvh", "mine/bad.pkl", "amass/KIT/3/shape.npz"}
    assert "refused" in reasons["mine/bad.pkl"] and "posix.system" in reasons["mine/bad.pkl"]


def test_captions_and_parts_are_those_of_the_texts(mixed):
    takes = {take.name: take for take in load_corpus(mixed).takes}
    whole, part = takes["h3d/new_joints/000001.npy"], takes["h3d/new_joints/000001.npy[1-2.6 s]"]
    assert whole.caption == "a person waves" and whole.captions == ("a person waves", "someone greets")
    assert part.captions == ("he stops",)
    np.testing.assert_array_equal(part.states, whole.states[20:52])
    assert takes["aist/motions/gHO_sBM_cAll_d20_mHO5_ch01.pkl"].captions == ("house dance", "basic house dance")


def test_the_same_motion_is_the_same_take_from_every_collection(mixed):
    """Angles that SMPL's bones and ours share; of positions alone less is known."""
    takes = {take.name.split("/")[0]: take for take in load_corpus(mixed).takes if "[" not in take.name}
    seconds = np.arange(0.2, 2.6, 1 / 15)
    ours = takes["mine"].at(seconds)[0]
    legs = slice(0, 6)
    for name, most in (("aist", 1.5), ("amass", 1.5), ("h3d", 5.0)):
        off = np.degrees(np.abs(takes[name].at(seconds)[0] - ours))
        assert off[:, legs].mean() < most, name


def test_fast_recordings_are_kept_at_sixty_frames_a_second(mixed):
    assert {take.name.split("/")[0]: take.fps for take in load_corpus(mixed).takes} == {
        "aist": 60.0, "amass": 60.0, "mine": 60.0, "h3d": 20.0,
    }  # fmt: skip


def test_a_take_knows_its_beats(mixed, smpl_writing):
    take = next(take for take in load_corpus(mixed).takes if take.name == "mine/own_turn.bvh")
    clip = smpl_writing.smooth_clip(seconds=3.0, fps=60.0)
    np.testing.assert_allclose(take.beats, motion_beats(clip.positions, 60.0), atol=1e-9)
    assert len(take.beats) > 1
    np.testing.assert_allclose(take.beat_count(take.beats), np.arange(len(take.beats)), atol=1e-9)


def test_reading_is_told_and_the_cache_holds_what_was_read(mixed, tmp_path, monkeypatch):
    told = []
    first = load_corpus(mixed, tmp_path / "cache", lambda done, total: told.append((done, total)))
    assert told == [(n, 7) for n in range(1, 8)]
    monkeypatch.setattr(corpora, "_arrays", lambda path: pytest.fail(f"{path} was read again"))
    monkeypatch.setattr(corpora, "_outcome", lambda path: "broken" if "b" in path.name else pytest.fail("read again"))
    (mixed / "amass" / "KIT" / "3" / "shape.npz").unlink()
    again = load_corpus(mixed, tmp_path / "cache")
    assert [take.name for take in again.takes] == [take.name for take in first.takes]
    for here, there in zip(again.takes, first.takes, strict=True):
        np.testing.assert_array_equal(here.states, there.states)
        np.testing.assert_array_equal(here.beats, there.beats)


def test_a_damaged_cache_is_read_around_and_mended(mixed, tmp_path):
    cache = tmp_path / "cache"
    first = load_corpus(mixed, cache)
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    with pytest.warns(UserWarning, match="damaged") as said:
        again = load_corpus(mixed, cache)
    assert len(said) == 1
    for here, there in zip(again.takes, first.takes, strict=True):
        np.testing.assert_array_equal(here.states, there.states)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_corpus(mixed, cache)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_opened_is_left_out(mixed):
    (mixed / "mine" / "own_turn.bvh").chmod(0)
    assert "mine/own_turn.bvh" in dict(load_corpus(mixed).left_out)


def test_a_link_that_leads_nowhere_is_left_out(mixed, tmp_path):
    (mixed / "mine" / "gone.bvh").symlink_to(tmp_path / "nowhere.bvh")
    assert "no file" in dict(load_corpus(mixed, tmp_path / "cache").left_out)["mine/gone.bvh"]


@pytest.mark.slow  # every process imports torch
def test_other_processes_read_what_this_one_would(tmp_path, smpl_writing):
    folder = tmp_path / "data"
    folder.mkdir()
    for n in range(corpora._WORTH_A_PROCESS):
        text = bvh_own.to_text(smpl_writing.smooth_clip(seconds=1.5, fps=30.0, seed=n))
        (folder / f"clip_{n:02d}.bvh").write_text(text if n else text[:500])
    alone, together = load_corpus(folder), load_corpus(folder, tmp_path / "cache", workers=2)
    assert together.left_out == alone.left_out and len(alone.left_out) == 1
    for here, there in zip(together.takes, alone.takes, strict=True):
        assert (here.name, here.split) == (there.name, there.split)
        np.testing.assert_array_equal(here.states, there.states)


@needs_mocap
def test_a_real_clip_is_read_once_and_then_from_the_cache(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "walk.bvh").symlink_to(MOCAP / "cmu" / "35_17.bvh")
    (folder / "broken.bvh").write_text("HIERARCHY\n")
    corpus = load_corpus(folder, tmp_path / "cache")
    assert [name for name, _ in corpus.left_out] == ["broken.bvh"]
    assert corpus.takes[0].seconds == pytest.approx(1.37, abs=0.1)
    stored = list((tmp_path / "cache").iterdir())
    assert len(stored) == 1
    again = load_corpus(folder, tmp_path / "cache")
    np.testing.assert_array_equal(again.takes[0].states, corpus.takes[0].states)


@needs_mocap
@pytest.mark.slow
def test_the_shipped_corpus_stays_what_its_figures_stand_on(tmp_path):
    corpus = load_corpus(MOCAP, workers=2)
    clips = {split: len({take.name for take in corpus.of(split)}) for split in ("train", "validation", "test")}
    assert clips == {"train": 91, "validation": 18, "test": 42}
    assert [len(corpus.of(split)) for split in clips] == [147, 30, 52]
    assert sum(len(take.states) for take in corpus.takes) == 47703

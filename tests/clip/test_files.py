"""Any suffix in, one clip out."""

from pathlib import Path

import numpy as np
import pytest

import ritual.clip
from ritual.clip.resample import resample
from ritual.errors import BadInput, BadMotion

# suffix -> how far an angle may come back from where it was [deg]
FORMATS = {".npz": 0.0, ".bvh": 1e-8, ".glb": 1e-4, ".safetensors": 1e-4}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_comes_back_as_it_was_written(suffix, clip, tmp_path):
    path = ritual.clip.write(tmp_path / f"a{suffix}", clip)
    back = ritual.clip.read(path)
    assert np.degrees(np.abs(back.angles - clip.angles)).max() <= FORMATS[suffix]
    assert np.abs(back.positions - clip.positions).max() < 1e-5
    assert np.abs(back.root_translation - clip.root_translation).max() < 1e-5
    assert np.abs(back.root_rotation - clip.root_rotation).max() < 1e-5
    assert back.fps == clip.fps


@pytest.mark.parametrize("suffix", [".npz", ".glb", ".safetensors"])
def test_what_is_known_of_a_clip_travels_with_it(suffix, clip, tmp_path):
    back = ritual.clip.read(ritual.clip.write(tmp_path / f"a{suffix}", clip))
    assert back.name == clip.name
    assert back.meta == clip.meta


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_clip_makes_the_same_bytes(suffix, clip, tmp_path):
    first = ritual.clip.write(tmp_path / f"a{suffix}", clip).read_bytes()
    assert ritual.clip.write(tmp_path / f"b{suffix}", clip).read_bytes() == first


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_single_frame_is_a_clip(suffix, make_clip, tmp_path):
    still = make_clip(frames=1)
    assert ritual.clip.read(ritual.clip.write(tmp_path / f"a{suffix}", still)).frames == 1


def test_writing_leaves_nothing_but_the_file(clip, tmp_path):
    ritual.clip.write(tmp_path / "a.npz", clip)
    ritual.clip.write(tmp_path / "a.npz", clip)
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_an_unknown_suffix_is_answered_with_the_known_ones(clip, tmp_path):
    for act in (lambda p: ritual.clip.read(p), lambda p: ritual.clip.write(p, clip)):
        with pytest.raises(BadInput, match=r"\.npz or \.bvh or \.glb"):
            act(tmp_path / "a.fbx")


@pytest.mark.parametrize("suffix", [*FORMATS, ".gltf"])
def test_files_that_are_missing_empty_or_folders_are_named(suffix, tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        ritual.clip.read(tmp_path / f"none{suffix}")
    (tmp_path / f"empty{suffix}").touch()
    with pytest.raises(BadMotion, match="is empty"):
        ritual.clip.read(tmp_path / f"empty{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        ritual.clip.read(tmp_path / f"folder{suffix}")


@pytest.mark.parametrize("suffix", [*FORMATS, ".gltf"])
@pytest.mark.parametrize("noise", [b"\x00\xff\xfe garbage " * 40, b"HIERARCHY\nROOT", b"glTF\x02\x00\x00\x00"])
def test_garbage_is_bad_motion_in_every_format(suffix, noise, tmp_path):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(noise)
    with pytest.raises(BadMotion, match="a" + suffix.replace(".", r"\.")):
        ritual.clip.read(path)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_bad_motion(suffix, share, clip, tmp_path):
    path = ritual.clip.write(tmp_path / f"a{suffix}", clip)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))].rstrip())
    with pytest.raises(BadMotion):
        ritual.clip.read(path)


def test_a_missing_folder_is_one_sentence(clip, tmp_path):
    with pytest.raises(BadInput, match="Cannot write"):
        ritual.clip.write(tmp_path / "no" / "a.npz", clip)


def test_reading_at_another_rate_keeps_duration_and_ends(clip, tmp_path):
    path = ritual.clip.write(tmp_path / "a.npz", clip)
    double = ritual.clip.read(path, fps=2 * clip.fps)
    assert double.fps == 50 and double.frames == 2 * clip.frames - 1
    assert np.allclose(double.angles[::2], clip.angles)
    assert np.allclose(double.angles[1::2], (clip.angles[1:] + clip.angles[:-1]) / 2)
    assert np.allclose(double.positions[::2], clip.positions)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(fps, clip):
    with pytest.raises(BadInput, match="frame rate"):
        resample(clip, fps)


def test_writing_through_a_relative_name_works(clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ritual.clip.write("a.bvh", clip) == Path("a.bvh")

"""Recordings of every make are read; broken ones are refused in a sentence."""

import shutil
import subprocess

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.imagery.preparation.media import facts, pictures, sound, write_video

pytest.importorskip("av")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg makes the files")
SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1"]


def made(path, *arguments):
    command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments), str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return made(tmp_path_factory.mktemp("media") / "plain.mp4", *SOURCE, *TONE, "-pix_fmt", "yuv420p", "-shortest")


@needs_ffmpeg
def test_a_file_says_what_it_is_and_gives_square_frames_at_the_asked_rate(plain):
    told = facts(plain)
    assert (told.width, told.height, told.fps, told.sound) == (96, 64, 25, True)
    frames = list(pictures(plain, 12.5, 32))
    assert len(frames) == 13 and frames[0].shape == (32, 32, 3)
    every = list(pictures(plain))
    assert len(every) == 25 and every[0].shape == (64, 96, 3)


@needs_ffmpeg
def test_half_the_rate_takes_every_second_frame(plain):
    every, half = list(pictures(plain)), list(pictures(plain, 12.5))
    assert all((a == b).all() for a, b in zip(every[::2], half, strict=True))


@needs_ffmpeg
@pytest.mark.parametrize("suffix", [".mkv", ".webm", ".avi", ".mov", ".ts"])
def test_any_container_will_do(plain, suffix, tmp_path):
    path = made(tmp_path / f"other{suffix}", *SOURCE, *TONE, "-pix_fmt", "yuv420p", "-shortest")
    assert abs(len(list(pictures(path, 25, 32))) - 25) <= 1
    heard = sound(path)
    assert abs(len(heard) - 16_000) < 1600 and np.abs(heard).max() > 0.05


@needs_ffmpeg
def test_sound_is_mixed_to_one_channel_of_16_khz(tmp_path):
    path = made(tmp_path / "stereo.mkv", "-f", "lavfi", "-i",
                "aevalsrc=0.4*sin(880*PI*t)|0:s=44100:d=1", "-c:a", "flac")  # fmt: skip
    heard = sound(path)
    assert len(heard) == pytest.approx(16_000, abs=32)
    assert np.argmax(np.abs(np.fft.rfft(heard[:16_000]))) == pytest.approx(440, abs=1)
    with pytest.raises(BadInput, match="no picture"):
        next(pictures(path))


@needs_ffmpeg
def test_a_film_without_sound_has_none(tmp_path):
    assert sound(made(tmp_path / "mute.mp4", *SOURCE)) is None


@needs_ffmpeg
def test_a_phone_video_stands_upright(tmp_path):
    wide = ["-f", "lavfi", "-i", "color=red:size=96x64:rate=10:duration=0.5"]
    mark = ["-vf", "drawbox=x=0:y=0:w=96:h=16:color=blue:t=fill", "-pix_fmt", "yuv420p"]
    flat = made(tmp_path / "flat.mp4", *wide, *mark)
    turned = made(tmp_path / "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90")
    told, frame = facts(turned), next(pictures(turned))
    assert (told.width, told.height) == (64, 96) and frame.shape == (96, 64, 3)
    first = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    asked = subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-nostdin", "-i", turned, *first], capture_output=True
    ).stdout
    upright = np.frombuffer(asked, np.uint8).reshape(96, 64, 3)
    assert np.abs(frame.astype(int) - upright).mean() < 3  # as ffmpeg, which turns by itself, shows it


@needs_ffmpeg
def test_a_variable_rate_comes_out_even(tmp_path):
    slow = ["-vf", "setpts='if(lt(N,13),N,13+(N-13)*4)/25/TB'", "-vsync", "vfr", "-pix_fmt", "yuv420p"]
    path = made(tmp_path / "variable.mkv", *SOURCE, *slow)  # 13 frames at 25 a second, 12 at 6.25
    frames = list(pictures(path, 25, 64))
    assert len(frames) == pytest.approx(61, abs=4)
    assert (frames[14] == frames[16]).all() and not (frames[2] == frames[3]).all()


@needs_ffmpeg
def test_odd_sizes_and_wide_pixels_are_read(tmp_path):
    source = ["-f", "lavfi", "-i", "testsrc=size=97x63:rate=10:duration=0.4"]
    path = made(tmp_path / "odd.mkv", *source, "-vf", "setsar=2/1", "-c:v", "ffv1")
    assert next(pictures(path)).shape == (63, 194, 3)
    assert next(pictures(path, 10, 40)).shape == (40, 40, 3)


@needs_ffmpeg
def test_of_a_file_that_breaks_off_what_is_there_is_read(plain, tmp_path):
    whole = made(tmp_path / "whole.mkv", *SOURCE, "-g", "5")
    data = whole.read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(data[: len(data) // 2])
    assert 3 < len(list(pictures(cut, 25, 32))) < 23
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(plain.read_bytes()[:2000])
    with pytest.raises(BadInput, match=r"no recording that can be read|broken"):
        list(pictures(headless, 25, 32))


def test_what_is_no_recording_is_told(tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a film " * 100)
    for name, said in (("none.mp4", "no recording"), ("empty.mp4", "empty"), ("text.mp4", "can be read")):
        with pytest.raises(BadInput, match=said):
            facts(tmp_path / name)
    with pytest.raises(BadInput, match="folder"):
        facts(tmp_path)


def test_what_is_written_is_read_back(tmp_path):
    rng = np.random.default_rng(0)
    frames = np.kron(rng.integers(0, 255, (12, 4, 4, 3)), np.ones((1, 16, 16, 1))).astype(np.uint8)
    tone = 0.5 * np.sin(2 * np.pi * 300 * np.arange(16_000) / 16_000)
    path = write_video(tmp_path / "a.mp4", frames, 12.5, sound=tone, crf=4)
    back = np.stack(list(pictures(path)))
    assert back.shape == frames.shape and np.abs(back.astype(int) - frames).mean() < 8
    assert np.corrcoef(sound(path)[2000:14_000], tone[2000:14_000])[0, 1] > 0.99  # not shifted
    with pytest.raises(BadInput, match="even"):
        write_video(tmp_path / "b.mp4", [np.zeros((31, 32, 3), np.uint8)], 10)
    with pytest.raises(BadInput, match="one frame"):
        write_video(tmp_path / "b.mp4", [], 10)
    with pytest.raises(BadInput, match="Cannot write"):
        write_video(tmp_path / "nowhere" / "b.mp4", frames, 10)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]

"""Clips: windows of frames out of films and folders of frames."""

import numpy as np
import pytest
import torch

from ritual.errors import BadInput
from ritual.imagery.data.batches import pictures_for
from ritual.imagery.data.clips import read_clip, window
from ritual.imagery.training.train_config import TrainConfig

av = pytest.importorskip("av")


def film(path, count=20, fps=10, side=48):
    """A film whose frames grow lighter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        for n in range(count):
            picture = np.full((side, side, 3), 40 + 9 * n, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_a_film_is_frames_at_the_side_that_is_wanted(tmp_path):
    frames, fps = read_clip(film(tmp_path / "one.mp4"), 32)
    assert frames.shape == (20, 32, 32, 3) and fps == 10
    assert (np.diff(frames.mean((1, 2, 3))) > 4).all()


def test_windows_of_films_and_of_folders_of_frames(drawn_pictures, tmp_path):
    film(tmp_path / "train" / "film.mp4")
    for n in range(12):
        drawn_pictures.write(tmp_path / "train" / "frames" / f"{n:03}.png", np.full((48, 60, 3), 20 * n, np.uint8))
    config = TrainConfig(model="temporal-cnn", data=tmp_path, out=tmp_path, side=32, width=4, frames=8, batch=4)
    data = pictures_for(config)
    clips = data.batch(0)["clip"]
    assert clips.shape == (4, 8, 3, 32, 32) and data.counts["train"][""] == 2
    assert (torch.diff(clips.mean((2, 3, 4)), dim=1) > 0).all(), "frames stay in their order"


def test_a_clip_model_needs_more_than_one_frame(tmp_path):
    with pytest.raises(BadInput, match="clips of"):
        pictures_for(TrainConfig(model="temporal-cnn", data=tmp_path, out=tmp_path, side=32, width=4))


def test_a_film_that_is_none_is_told(tmp_path):
    (tmp_path / "x.mp4").write_bytes(b"not a film")
    with pytest.raises(BadInput, match="no recording that can be read"):
        read_clip(tmp_path / "x.mp4", 32)


@pytest.mark.parametrize(("count", "frames"), [(50, 8), (9, 8), (3, 8), (500, 16)])
def test_a_window_lies_in_its_clip(count, frames):
    for seed in range(20):
        found = window(count, 25.0, frames, np.random.default_rng(seed))
        assert len(found) == frames and (np.diff(found) >= 0).all() and 0 <= found[0] <= found[-1] < count

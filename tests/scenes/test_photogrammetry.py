"""Cameras are brought into the world, and pixels to where they were seen."""

import numpy as np
import pytest

from ritual.scenes.colmap import ColmapMissing, read_model
from ritual.scenes.photogrammetry import View, _seen_from, photogrammetry, similarity


def test_a_similarity_is_found_again():
    rng = np.random.default_rng(0)
    source = rng.normal(size=(9, 3))
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    scale, found, translation = similarity(source, 2.5 * source @ rotation.T + (1, -2, 3))
    assert np.allclose(scale, 2.5) and np.allclose(found, rotation) and np.allclose(translation, (1, -2, 3))


def test_a_painted_wall_is_seen_from_where_no_picture_was_taken():
    size, focal = 64, 64.0

    def wall(x, y):
        return np.stack([127 + 100 * np.sin(6 * x), 127 + 100 * np.cos(3 * y), 127 + 60 * np.sin(x + y)], -1)

    def view(x):
        centre = np.array([x, 0.0, -4.0])
        v, u = (np.mgrid[:size, :size] + 0.5 - size / 2) / focal * 4
        return View(np.eye(3), -centre, np.rint(wall(u + x, v)).astype(np.uint8))

    v, u = np.meshgrid(np.linspace(-3, 3, 25), np.linspace(-3, 3, 25))
    points = np.stack([u.ravel(), v.ravel(), np.zeros(u.size)], 1)
    found = [view(x) for x in (-1.5, -0.6, 1.6)]
    truth = view(0.3)
    made = _seen_from(truth, found, points, [np.arange(len(points))] * 3, focal)
    off = np.abs(made.astype(int) - truth.picture.astype(int))
    assert off[4:-4, 4:-4].mean() < 6
    nothing_moved = np.abs(found[1].picture.astype(int) - truth.picture.astype(int))[4:-4, 4:-4].mean()
    assert nothing_moved > 4 * off[4:-4, 4:-4].mean()


def test_colmaps_text_is_read(tmp_path):
    (tmp_path / "points3D.txt").write_text("# points\n7 1 2 3 9 9 9 0.5 1 0 2 1\n9 4 5 6 9 9 9 0.7 1 1\n")
    (tmp_path / "images.txt").write_text(
        "# images\n1 1 0 0 0 0 0 5 1 a.png\n10 10 7 11 11 9 3 3 -1\n2 1 0 0 0 1 0 0 1 b.png\n\n"
    )
    model = read_model(tmp_path)
    assert model.points.tolist() == [[1, 2, 3], [4, 5, 6]] and model.tracks["a.png"].tolist() == [0, 1]
    assert model.tracks["b.png"].size == 0 and np.allclose(model.centre("a.png"), (0, 0, -5))


def test_without_colmap_one_sentence_says_what_to_install(graph, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ColmapMissing) as said:
        photogrammetry(graph, tmp_path / "out")
    assert "apt install colmap" in said.value.hint and not (tmp_path / "out").exists()

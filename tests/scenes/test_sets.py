"""Sets: what is paired, what is not, who is in which split, and what a second run does."""

import csv

import drawn_scene
import numpy as np
import pytest
from PIL import Image

from ritual.scenes import sets
from ritual.scenes.plan import Planner, split_of


@pytest.fixture(scope="module")
def scenes(planner, tmp_path_factory):
    return drawn_scene.on_disk(tmp_path_factory.mktemp("scenes"), planner, 40, 48)


def names(folder):
    return {path.name for path in folder.glob("*.png")}


def manifest(folder):
    with (folder / "manifest.csv").open() as file:
        return list(csv.DictReader(file))


def test_of_a_hundred_scenes_seventy_teach_and_fifteen_test_whatever_the_length_of_the_row():
    splits = [split_of(number) for number in range(1000)]
    assert [splits.count(name) for name in ("train", "val", "test")] == [700, 150, 150]
    assert all(splits[k : k + 100].count("test") == 15 for k in range(0, 1000, 100))


def test_a_scene_is_the_same_whatever_else_is_drawn(graph, planner):
    again = Planner(graph, 0)
    again.scene(5)
    assert again.scene(3) == planner.scene(3)
    assert Planner(graph, 1).scene(3) != planner.scene(3)


def test_windows_and_colours_are_those_of_the_people(planner):
    for number in range(30):
        scene = planner.scene(number)
        assert scene.windows and all(
            planner.pattern(scene.group, symbol).group == scene.group for symbol in scene.windows
        )
        assert all(0 <= c <= 1 for colour in scene.palette.values() for c in colour)


def test_papercuts_are_paired_by_name(scenes, tmp_path):
    sets.write_papercuts(scenes, tmp_path)
    for side in ("train", "test"):
        assert names(tmp_path / f"{side}A") == names(tmp_path / f"{side}B") != set()
    assert len(names(tmp_path / "trainA") | names(tmp_path / "testA")) == 40
    rows = manifest(tmp_path)
    assert len(rows) == 80 and all((tmp_path / row["path"]).exists() and row["pair"] for row in rows)
    name = min(names(tmp_path / "testB"))
    assert len(np.unique(np.asarray(Image.open(tmp_path / "testB" / name)).reshape(-1, 3), axis=0)) == 2


def test_paintings_are_paired_by_name(planner, scenes, tmp_path):
    count = sets.write_paintings(planner, scenes, tmp_path)
    for split in ("train", "test"):
        photos, paintings = (sorted(p.name for p in (tmp_path / f"{split}{d}").iterdir()) for d in "AB")
        assert photos == paintings and photos
        count -= len(photos)
    assert count == 0
    assert "paired" in (tmp_path / "README.txt").read_text()


def test_artwork_is_unpaired_in_training_and_paired_in_test(planner, scenes, tmp_path):
    sets.write_artwork(planner, scenes, tmp_path)
    a, b = names(tmp_path / "trainA"), names(tmp_path / "trainB")
    assert a and b and not a & b and abs(len(a) - len(b)) <= 1
    assert names(tmp_path / "testA") == names(tmp_path / "testB") != set()
    assert {bool(row["pair"]) for row in manifest(tmp_path) if row["split"] == "train"} == {False}
    assert "UNPAIRED" in (tmp_path / "README.txt").read_text()


def test_no_scene_is_tested_that_was_learnt_in_another_set(planner, scenes, tmp_path):
    sets.write_papercuts(scenes, tmp_path / "papercut")
    sets.write_artwork(planner, scenes, tmp_path / "artwork")
    sets.write_rural(scenes, tmp_path / "rural")
    tested = {
        row["scene"]
        for name in ("papercut", "artwork", "rural")
        for row in manifest(tmp_path / name)
        if row["split"] == "test"
    }
    learnt = {
        row["scene"]
        for name in ("papercut", "artwork", "rural")
        for row in manifest(tmp_path / name)
        if row["split"] != "test"
    }
    assert tested and learnt and not tested & learnt


def test_a_second_run_leaves_what_is_there(scenes, tmp_path):
    sets.write_papercuts(scenes[:6], tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.png")}
    gone = min(before)
    gone.unlink()
    sets.write_papercuts(scenes[:6], tmp_path)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.png")}
    assert set(after) == set(before) and all(after[p] == before[p] for p in after if p != gone)


def test_rural_keeps_the_structure_beside_the_pictures(scenes, tmp_path):
    import json

    sets.write_rural(scenes, tmp_path)
    structure = json.loads((tmp_path / "structure.json").read_text())
    assert set(structure) == {row["path"] for row in manifest(tmp_path)}
    assert all(facts["points"][0]["kind"] == "door" for facts in structure.values())


def test_window_flowers_are_in_one_piece_and_the_same_again(graph, tmp_path):
    from scipy import ndimage

    from ritual.scenes.window_flower import flowers

    for flower in flowers(graph, 5, 128, 4):
        paper = flower.cut()
        assert ndimage.label(paper, np.ones((3, 3)))[1] == 1 and (flower.cut() == paper).all()
    assert sets.write_enlarge(graph, tmp_path, 7, size=64) == 7
    assert len(manifest(tmp_path)) == 7


@pytest.mark.parametrize("kind", ["steps", "grid", "diagonals", "ice", "fret"])
def test_a_lattice_has_a_closed_edge_and_its_symbol_in_the_middle(planner, kind):
    from ritual.scenes.lattice import SIDE, lattice

    scene = planner.scene(2)
    pattern = planner.pattern(scene.group, scene.windows[0])
    bare = lattice(kind, None, np.random.default_rng(0))
    carved = lattice(kind, pattern, np.random.default_rng(0))
    assert carved[0].all() and carved[:, -1].all() and 0.1 < carved.mean() < 0.8
    middle = slice(SIDE // 4, -SIDE // 4)
    assert (bare[middle, middle] != carved[middle, middle]).mean() > 0.05

"""Houses in a real Blender, and what both sides of it must agree on."""

import ast
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ritual.errors import BadInput, Cancelled
from ritual.scenes import plan
from ritual.scenes.develop import PARTS, read_passes
from ritual.scenes.houses import read_scene, render_scenes

SCRIPTS = Path(__file__).parents[2] / "addon" / "scripts" / "houses"


def constant(file, name):
    """A constant of a script that only Blender can import: its value, or the keys of its table."""
    for node in ast.parse((SCRIPTS / file).read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if getattr(target, "id", None) == name:
            if isinstance(node.value, ast.Dict):
                return [key.value for key in node.value.keys]
            return ast.literal_eval(node.value)
    raise KeyError(name)


def test_both_sides_number_the_parts_alike():
    assert constant("shapes.py", "PARTS") == PARTS


def test_blender_knows_every_style_light_and_stuff_that_a_plan_names():
    assert {style for styles in plan._BUILDS.values() for style in styles} <= {*constant("house.py", "STYLES")}
    assert set(plan.LIGHTS) == {*constant("view.py", "LIGHTS")}
    kinds = {*constant("stuffs.py", "KINDS")}
    assert {stuff for stuffs in (*plan._WALLS.values(), *plan._ROOFS.values()) for stuff in stuffs} <= kinds


def test_a_folder_of_other_scenes_is_not_mixed_with_these(graph, tmp_path):
    (tmp_path / "settings.json").write_text('{"format": "ritual-scenes/1", "size": 64, "seed": 0, "samples": 8}')
    with pytest.raises(BadInput, match="size is 64, not 128"):
        render_scenes(graph, tmp_path, 2, size=128)


def test_a_broken_scene_is_told(tmp_path):
    (tmp_path / "000000.json").write_text('{"name": 3')
    with pytest.raises(BadInput, match=r"000000\.json"):
        read_scene(tmp_path, "000000")
    (tmp_path / "a.npz").write_bytes(b"PK no")
    with pytest.raises(BadInput, match=r"a\.npz"):
        read_passes(tmp_path / "a.npz")


@pytest.mark.blender
def test_two_houses_are_rendered_kept_and_cancelled(graph, tmp_path):
    steps = []
    drawn = render_scenes(graph, tmp_path, 2, size=48, samples=2, progress=steps.append)
    assert [step.step for step in steps] == [1, 2]
    for scene in drawn:
        photo = np.asarray(Image.open(scene.photo))
        assert photo.shape == (48, 48, 3) and photo.std() > 15
        assert {"ground", "person"} <= {PARTS[k] for k in np.unique(scene.passes.part)}
        assert scene.facts["lines"] and any(point["kind"] == "door" for point in scene.facts["points"])
    before = drawn[0].photo.stat().st_mtime_ns
    (tmp_path / "000001.json").unlink()
    again = render_scenes(graph, tmp_path, 2, size=48, samples=2)
    assert again[0].photo.stat().st_mtime_ns == before and again[1].scene == drawn[1].scene
    with pytest.raises(Cancelled):
        render_scenes(graph, tmp_path, 3, size=48, samples=2, cancelled=lambda: True)
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["000000.json", "000001.json", "settings.json"]


@pytest.mark.slow
@pytest.mark.blender
@pytest.mark.skipif(shutil.which("colmap") is None, reason="COLMAP is not installed")
def test_colmap_gives_a_house_back(graph, tmp_path):
    from ritual.scenes.photogrammetry import photogrammetry

    report = photogrammetry(graph, tmp_path, views=16, size=256, samples=16)
    assert report["registered"] >= 8 and report["cameras_off_m"] < 0.5 and report["ssim"] > 0.4

"""The npz contract, as a study with numpy alone sees it."""

import numpy as np
import pytest

from ritual.body.skeleton import ANGLES, JOINTS
from ritual.clip import npz
from ritual.errors import BadMotion


@pytest.fixture
def path(clip, tmp_path):
    out = tmp_path / "a.npz"
    out.write_bytes(npz.to_bytes(clip))
    return out


def test_numpy_alone_reads_every_key(path, clip):
    with np.load(path, allow_pickle=False) as held:
        assert set(held.files) == {
            "angles", "angle_names", "root_translation", "root_rotation", "positions", "joint_names", "fps", "name",
            "meta",
        }  # fmt: skip
        assert tuple(held["angle_names"]) == ANGLES and tuple(held["joint_names"]) == JOINTS
        assert held["positions"].shape == (clip.frames, 24, 3) and held["positions"].dtype == np.float64
        assert float(held["fps"]) == clip.fps
        assert all(held[key].dtype != object for key in held.files)


def rewritten(path, **changes):
    with np.load(path) as held:
        arrays = {key: held[key] for key in held.files}
    np.savez(path, **{k: v for k, v in (arrays | changes).items() if v is not None})
    return path


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"angles": None}, "lacks angles"),
        ({"fps": None}, "lacks fps"),
        ({"angle_names": np.array(ANGLES[::-1])}, "angle_names are not those of this body"),
        ({"angles": np.zeros((3, 36))}, "expected|has shape"),
        ({"positions": np.full((40, 24, 3), np.nan)}, "not a number in frame 0"),
        ({"fps": np.array(0.0)}, "no frame rate"),
        ({"meta": np.array("[1, 2]")}, "no JSON object"),
        ({"meta": np.array("{")}, "wrong kind"),
        ({"angles": np.array(["a"])}, "wrong kind"),
    ],
)
def test_a_broken_contract_is_named(path, changes, says):
    with pytest.raises(BadMotion, match=says):
        npz.read(rewritten(path, **changes))


def test_pickled_objects_are_never_opened(path):
    with pytest.raises(BadMotion, match="Python objects"):
        npz.read(rewritten(path, angles=np.array([{"a": 1}], dtype=object)))


def test_name_and_meta_may_be_absent(path):
    clip = npz.read(rewritten(path, name=None, meta=None))
    assert clip.name == "a" and clip.meta == {}

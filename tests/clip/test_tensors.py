"""`ritual-clip/1` can be read with nothing but the standard library, as the Blender add-on does."""

import json
import struct
import subprocess
import sys
from array import array

import numpy as np
import pytest
from safetensors.numpy import load_file, save

import ritual.clip
from ritual.body.skeleton import SKELETON
from ritual.clip import tensors
from ritual.errors import BadMotion


def test_the_standard_library_alone_reads_it(clip):
    data = tensors.to_bytes(clip)
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    assert length % 8 == 0
    for name in ("angles", "root_translation", "root_rotation", "positions"):
        entry = header[name]
        start, end = entry["data_offsets"]
        values = array("f", data[8 + length + start : 8 + length + end])
        assert entry["dtype"] == "F32"
        assert np.allclose(np.array(values).reshape(entry["shape"]), getattr(clip, name), atol=1e-6)
    said = header["__metadata__"]
    assert said["format"] == "ritual-clip/1" and float(said["fps"]) == clip.fps and said["name"] == clip.name
    assert json.loads(said["skeleton"]) == SKELETON.to_dict() and json.loads(said["meta"]) == clip.meta


def test_the_package_reads_it_too(clip, tmp_path):
    path = ritual.clip.write(tmp_path / "a.safetensors", clip)
    assert load_file(path)["positions"].shape == (clip.frames, 24, 3)


def test_another_process_writes_the_same_bytes(clip, tmp_path):
    path = ritual.clip.write(tmp_path / "a.npz", clip)
    code = f"import ritual.clip as c; c.write({str(tmp_path / 'b.safetensors')!r}, c.read({str(path)!r}))"
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": seed})
        assert (tmp_path / "b.safetensors").read_bytes() == tensors.to_bytes(clip)


def _with(clip, **metadata) -> bytes:
    arrays = {n: np.asarray(getattr(clip, n), np.float32) for n in tensors._ARRAYS}
    good = {"format": "ritual-clip/1", "fps": "25", "skeleton": json.dumps(SKELETON.to_dict()), "meta": "{}"}
    return save(arrays, {k: v for k, v in (good | metadata).items() if v is not None})


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"format": "weights/3"}, "its format is 'weights/3'"),
        ({"format": None}, "its format is 'not given'"),
        ({"fps": None}, "metadata is incomplete"),
        ({"fps": "fast"}, "metadata is incomplete"),
        ({"fps": "-1"}, "no frame rate"),
        ({"skeleton": "{}"}, "another version of the body"),
        ({"meta": "[1]"}, "no JSON object"),
    ],
)
def test_foreign_safetensors_are_told_from_clips(metadata, says, clip):
    with pytest.raises(BadMotion, match=says):
        tensors.from_bytes(_with(clip, **metadata))


def test_a_missing_tensor_is_named():
    with pytest.raises(BadMotion, match="lacks root_translation"):
        tensors.from_bytes(save({"angles": np.zeros((2, 36), np.float32)}, {"format": "ritual-clip/1"}))

"""The add-on's reader of `ritual-clip/1`: standard library alone, and never fooled by a damaged file."""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FILE = Path(__file__).resolve().parents[2] / "addon" / "ritual_motion" / "clip_file.py"


def _load():
    """The module alone: its package needs bpy."""
    spec = importlib.util.spec_from_file_location("ritual_clip_file", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


clip_file = _load()


@pytest.fixture(scope="module")
def data(clip_path: Path) -> bytes:
    return clip_path.read_bytes()


def test_it_needs_nothing_but_the_standard_library():
    imported = {
        line.split()[1].split(".")[0] for line in FILE.read_text().splitlines() if line[:5] in ("from ", "impor")
    }
    assert imported <= sys.stdlib_module_names | {"__future__"}


def test_it_reads_what_the_backend_wrote(clip_path: Path):
    from ritual.clip import files

    theirs, ours = files.read(clip_path), clip_file.read(clip_path)
    assert (ours.name, ours.fps, ours.frames) == (theirs.name, theirs.fps, theirs.frames)
    for name in ("angles", "root_translation", "root_rotation", "positions"):
        assert np.array_equal(np.array(getattr(ours, name)), getattr(theirs, name).astype(np.float32).ravel())
    assert ours.position(3, 5) == pytest.approx(theirs.positions[3, 5])


@settings(max_examples=150, deadline=None)
@given(share=st.floats(0, 0.9999))
def test_a_file_cut_short_anywhere_is_refused_in_one_sentence(data: bytes, share: float):
    with pytest.raises(ValueError, match=r"^film\.safetensors .*\.$"):
        clip_file.parse(data[: int(share * len(data))], "film.safetensors")


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_is_refused(noise: bytes):
    with pytest.raises(ValueError):
        clip_file.parse(noise)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"__metadata__": {"format": "other/2"}}, "not a motion clip"),
        ({"angles": {"dtype": "F64", "shape": [12, 36], "data_offsets": [0, 8]}}, "expected F32"),
        ({"positions": {"dtype": "F32", "shape": [12, 24, 3], "data_offsets": [0, 10**12]}}, "cut short"),
        ({"root_translation": None}, "no tensor 'root_translation'"),
        ({"angles": {"dtype": "F32", "shape": [0, 36], "data_offsets": [0, 0]}}, "no frames"),
    ],
)
def test_a_header_that_lies_is_refused(data: bytes, change: dict, message: str):
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.update(change)
    text = json.dumps(header).encode()
    with pytest.raises(ValueError, match=message):
        clip_file.parse(struct.pack("<Q", len(text)) + text + data[8 + length :])


def test_numbers_that_are_none_are_refused(data: bytes):
    with pytest.raises(ValueError, match="not a number"):
        clip_file.parse(data[:-4] + struct.pack("<f", float("nan")))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match=r"none\.safetensors cannot be read"):
        clip_file.read(tmp_path / "none.safetensors")

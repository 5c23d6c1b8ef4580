"""What Blender writes without compression is read; everything else is refused in a sentence."""

import struct

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.scenes.develop import developed
from ritual.scenes.exr import read_exr

KINDS = {np.dtype("<u4"): 0, np.dtype("<f2"): 1, np.dtype("<f4"): 2}


def written(channels, compression=0, flags=2):
    """An OpenEXR file of scan lines."""
    height, width = next(iter(channels.values())).shape
    names = sorted(channels)
    listed = b"".join(
        n.encode() + b"\0" + struct.pack("<IB3xII", KINDS[channels[n].dtype], 0, 1, 1) for n in names
    ) + b"\0"  # fmt: skip
    header = b""
    for name, kind, value in (
        ("channels", "chlist", listed), ("compression", "compression", bytes([compression])),
        ("dataWindow", "box2i", struct.pack("<4i", 0, 0, width - 1, height - 1)),
    ):  # fmt: skip
        header += name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value
    start = struct.pack("<II", 20000630, flags) + header + b"\0"
    rows = [b"".join(channels[n][y].tobytes() for n in names) for y in range(height)]
    offsets, at = [], len(start) + 8 * height
    for row in rows:
        offsets.append(at)
        at += 8 + len(row)
    body = b"".join(struct.pack("<iI", y, len(row)) + row for y, row in enumerate(rows))
    return start + struct.pack(f"<{height}Q", *offsets) + body


def passes():
    rng = np.random.default_rng(0)
    names = [
        f"ViewLayer.{p}.{c}"
        for p, cs in (("Combined", "RGBA"), ("Diffuse Color", "RGB"), ("Normal", "XYZ"))
        for c in cs
    ]
    found = {name: rng.random((5, 7)).astype(np.float32) for name in names}
    found["ViewLayer.Depth.Z"] = np.full((5, 7), 1e10, np.float32)
    found["ViewLayer.Object Index.X"] = np.zeros((5, 7), np.float32)
    found["ViewLayer.Object Index.X"][3:] = 4
    return found


def test_every_channel_comes_back_in_its_own_kind(tmp_path):
    rng = np.random.default_rng(0)
    channels = {"b.R": rng.random((4, 6)).astype("<f4"), "a.Z": rng.random((4, 6)).astype("<f2"),
                "c": rng.integers(0, 99, (4, 6)).astype("<u4")}  # fmt: skip
    (tmp_path / "a.exr").write_bytes(written(channels))
    read = read_exr(tmp_path / "a.exr")
    assert all((read[name] == values.astype(np.float32)).all() for name, values in channels.items())


def test_a_file_cut_short_anywhere_is_told(tmp_path):
    whole = written({"R": np.ones((4, 6), np.float32)})
    for length in range(len(whole)):
        (tmp_path / "a.exr").write_bytes(whole[:length])
        with pytest.raises(BadInput, match=r"a\.exr"):
            read_exr(tmp_path / "a.exr")


@pytest.mark.parametrize("how", [{"compression": 3}, {"flags": 0x202}])
def test_compressed_and_tiled_files_are_refused(tmp_path, how):
    (tmp_path / "a.exr").write_bytes(written({"R": np.ones((4, 6), np.float32)}, **how))
    with pytest.raises(BadInput):
        read_exr(tmp_path / "a.exr")


def test_a_picture_is_developed_from_its_passes(tmp_path):
    (tmp_path / "a.exr").write_bytes(written(passes()))
    seen = developed(tmp_path / "a.exr")
    assert seen.photo.shape == (5, 7, 3) and seen.photo.dtype == np.uint8
    assert (seen.part[:3] == 0).all() and (seen.part[3:] == 4).all()
    assert seen.depth.max() == 1e3 and not seen.normal[:3].any()
    assert (seen.albedo[:3] == seen.photo[:3]).all()


def test_a_pass_that_is_missing_is_named(tmp_path):
    channels = passes()
    del channels["ViewLayer.Normal.Y"]
    (tmp_path / "a.exr").write_bytes(written(channels))
    with pytest.raises(BadInput, match=r"Normal\.Y"):
        developed(tmp_path / "a.exr")


def test_a_point_is_seen_where_nothing_stands_before_it(tmp_path):
    channels = passes()
    channels["ViewLayer.Depth.Z"][:] = 9
    channels["ViewLayer.Depth.Z"][:, 4:] = 3
    (tmp_path / "a.exr").write_bytes(written(channels))
    seen = developed(tmp_path / "a.exr")
    assert seen.shows(0.1, 0.5, 9.1) and not seen.shows(0.95, 0.5, 9.1)
    assert not seen.shows(1.2, 0.5, 9) and not seen.shows(0.5, 0.5, -1)

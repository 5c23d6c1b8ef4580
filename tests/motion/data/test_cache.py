"""What was retargeted once is not retargeted again, and a damaged cache costs time, not the training."""

import warnings

import numpy as np
import pytest

from ritual.motion.data.cache import Cache

ARRAYS = {
    "states": np.arange(78.0).reshape(2, 39), "heading": np.array([0.0, 0.1]), "fps": np.array([30.0]),
    "beats": np.array([0.5]),
}  # fmt: skip


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_arrays_come_back_bit_for_bit(cache):
    cache.put("a", ARRAYS)
    back = cache.get("a")
    assert cache.holds("a") and back.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(back[name], array)


def test_what_was_never_kept_is_not_there(cache):
    assert cache.get("a") is None and not cache.holds("a")


def test_the_content_is_the_key_and_not_the_name(cache, tmp_path):
    for name, text in (("a.bvh", "x"), ("b.bvh", "x"), ("c.bvh", "y"), ("d.npz", "x")):
        (tmp_path / name).write_text(text)
    a, b, c, d = (cache.key(tmp_path / name) for name in ("a.bvh", "b.bvh", "c.bvh", "d.npz"))
    assert a == b and len({a, c, d}) == 3


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut", "other keys", "not finite", "lengths"])
def test_a_damaged_file_is_as_good_as_none_and_warned_of_once(damage, cache):
    for key in ("a", "b"):
        held = dict(ARRAYS)
        if damage == "not finite":
            held["states"] = np.full((2, 39), np.nan)
        elif damage == "lengths":
            held["heading"] = np.zeros(5)
        cache.put(key, held)
        path = cache.folder / f"{key}.safetensors"
        data = path.read_bytes()
        if damage in ("empty", "garbage", "cut"):
            path.write_bytes({"empty": b"", "garbage": b"no tensors at all", "cut": data[: len(data) // 2]}[damage])
        elif damage == "other keys":
            path.write_bytes(data.replace(b"beats", b"feats"))
    with pytest.warns(UserWarning, match="damaged") as said:
        assert cache.get("a") is None and cache.get("b") is None
    assert len(said) == 1
    cache.put("a", ARRAYS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.get("a") is not None


def test_without_a_folder_nothing_is_kept_and_nothing_is_hashed(tmp_path):
    (tmp_path / "a.bvh").write_text("x")
    cache = Cache(None)
    key = cache.key(tmp_path / "a.bvh")
    cache.put(key, ARRAYS)
    assert key == "" and cache.get(key) is None

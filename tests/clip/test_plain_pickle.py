"""A pickle may say numbers; it may not do anything."""

import builtins
import io
import os
import pickle
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ritual.clip import plain_pickle
from ritual.errors import BadMotion

ARRAYS = {
    "smpl_poses": np.arange(12, dtype=np.float32).reshape(4, 3), "smpl_scaling": np.array([93.5], np.float64),
    "turned": np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)), "big": np.arange(3, dtype=">f8"),
    "part": np.arange(20.0)[::2], "flags": np.array([True, False]), "one": np.float32(2.5), "smpl_loss": 1.59, "n": 7,
    "name": "gBR", "none": None,
}  # fmt: skip
# what Python 2 with numpy 1 wrote for {"smpl_trans": array([[1., 2., 3.]], dtype=float32)}, protocols 0 and 2
PYTHON_2 = {
    0: b"(dp0\nS'smpl_trans'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n(I0\ntp4\nS'b'\np5\n"
    b"tp6\nRp7\n(I1\n(I1\nI3\ntp8\ncnumpy\ndtype\np9\n(S'f4'\np10\nI0\nI1\ntp11\nRp12\n(I3\nS'<'\np13\nNNNI-1\nI-1\n"
    b"I0\ntp14\nbI00\nS'\\x00\\x00\\x80?\\x00\\x00\\x00@\\x00\\x00@@'\np15\ntp16\nbs.",
    2: b"\x80\x02}q\x00U\nsmpl_transq\x01cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85"
    b"q\x04U\x01bq\x05\x87q\x06Rq\x07(K\x01K\x01K\x03\x86q\x08cnumpy\ndtype\nq\tU\x02f4q\nK\x00K\x01\x87q\x0bRq\x0c(K\x03U\x01"
    b"<q\rNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0eb\x89U\x0c\x00\x00\x80?\x00\x00\x00@\x00\x00@@q\x0ftq\x10bs.",
}


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


def load(data, tmp_path):
    path = tmp_path / "a.pkl"
    path.write_bytes(data)
    return plain_pickle.load(path)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_and_numbers_come_back_as_they_were_from_every_protocol(protocol, tmp_path):
    back = load(pickle.dumps(ARRAYS, protocol=protocol), tmp_path)
    assert back.keys() == ARRAYS.keys()
    for key, value in ARRAYS.items():
        np.testing.assert_array_equal(back[key], value)
        if isinstance(value, np.ndarray):
            assert back[key].dtype == value.dtype


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_files_name_numpy_as_version_one_did_or_as_version_two_does(protocol, tmp_path):
    data = pickle.dumps({"x": np.arange(4.0)}, protocol=protocol)
    if protocol < 4:  # later protocols count the letters of a name
        data = data.replace(b"numpy._core", b"numpy.core")
    np.testing.assert_array_equal(load(data, tmp_path)["x"], np.arange(4.0))


@pytest.mark.parametrize("protocol", PYTHON_2)
def test_pickles_of_python_2_are_read_their_bytes_being_text(protocol, tmp_path):
    back = load(PYTHON_2[protocol], tmp_path)
    np.testing.assert_array_equal(back["smpl_trans"], np.array([[1, 2, 3]], np.float32))


@given(hnp.arrays(hnp.floating_dtypes() | hnp.integer_dtypes(), hnp.array_shapes(max_dims=3, max_side=5)),
       st.integers(0, pickle.HIGHEST_PROTOCOL))  # fmt: skip
def test_any_array_of_numbers_is_read(tmp_path_factory, array, protocol):
    if array.dtype.itemsize > 8:
        return
    back = load(pickle.dumps({"x": array}, protocol=protocol), tmp_path_factory.mktemp("any"))["x"]
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("function", "argument", "named"),
    [
        (os.system, "touch {mark}", r"(posix|nt)\.system"),
        (builtins.eval, "open({mark!r}, 'w')", r"(builtins|__builtin__)\.eval"),
        (builtins.exec, "open({mark!r}, 'w')", r"(builtins|__builtin__)\.exec"),
        (open, "{mark}", r"open"),
        (np.load, "{mark}", r"numpy\.load"),
        (np.fromfile, "{mark}", r"fromfile"),
    ],
)
def test_a_pickle_that_calls_something_is_refused_by_name_and_runs_nothing(
    protocol, inside, function, argument, named, tmp_path
):
    mark = tmp_path / "it-ran"
    call = Calls(function, argument.format(mark=str(mark)), *(["w"] if function is open else []))
    held = {"smpl_poses": np.zeros((2, 72)), "more": [call] if inside else call}
    with pytest.raises(BadMotion, match=rf"refused and nothing in it was run: it asks for .*{named}"):
        load(pickle.dumps(held, protocol=protocol), tmp_path)
    assert not mark.exists()


def test_a_call_hidden_in_the_parts_of_an_array_is_refused(tmp_path):
    mark = tmp_path / "it-ran"

    class Hidden:
        def __reduce__(self):
            rebuild, args, state = np.zeros(3).__reduce__()
            return rebuild, args, (*state[:-1], Calls(os.system, f"touch '{mark}'"))

    with pytest.raises(BadMotion, match="refused"):
        load(pickle.dumps({"smpl_poses": Hidden()}), tmp_path)
    assert not mark.exists()


@pytest.mark.parametrize(
    "array", [np.array([Calls(os.getcwd)], dtype=object), np.array(["text"]), np.array(["2026"], "M8[Y]"),
              np.zeros(2, [("a", "f4")]), np.zeros(2, complex)],
)  # fmt: skip
def test_arrays_of_anything_but_numbers_are_refused(array, tmp_path):
    with pytest.raises(BadMotion):
        load(pickle.dumps({"x": array}), tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"garbage", b"\x80\x04.", b"\x80\x04}", pickle.dumps([1, 2]), pickle.dumps("text"), b"\x80\x7f}.",
        b"\x80\x02r\xff\xff\xff\x7f.",  # a memo place that asks for gigabytes
        b"\x80\x02}r" + struct.pack("<I", 2**31 - 1) + b".",
        b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"abc.",  # more bytes than there are
        b"\x80\x02c" + b"numpy\nndarray\n" + b"}q\x00(U\x08__doc__U\x01xub.",
        b"\x80\x02" + b"}" * 30_000 + b".",
        b"\x80\x02})" + b"".join(b"q%c0h%ch%c\x86" % (n, n, n) for n in range(1, 100)) + b"Ns.",  # a key of 2^99 parts
        b"\x80\x02}" + b")2\x86" * 50 + b"Ns.",
        b"\x80\x02P1\n.", b"\x80\x02Q.", b"\x80\x02\x82\x01.", b"cbuiltins\nlist\n)\x81.", b"\x80\x05\x97.",
    ],
)  # fmt: skip
def test_what_is_no_clip_is_one_sentence(data, tmp_path):
    with pytest.raises(BadMotion, match=r"a\.pkl"):
        load(data, tmp_path)


def test_an_array_that_announces_more_than_it_holds_is_refused_before_memory_is_asked_for(tmp_path):
    data = pickle.dumps({"x": np.arange(3.0)}, protocol=2).replace(b"K\x03\x85", b"J\xff\xff\xff\x7f\x85")
    with pytest.raises(BadMotion, match="damaged"):
        load(data, tmp_path)


def test_a_file_larger_than_any_clip_is_not_opened(tmp_path):
    path = tmp_path / "a.pkl"
    with path.open("wb") as file:
        file.truncate(plain_pickle.MOST_BYTES + 1)
    with pytest.raises(BadMotion, match="64 MiB at most"):
        plain_pickle.load(path)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_file_never_ends_in_anything_but_numbers_or_one_sentence(tmp_path_factory, where, byte):
    data = bytearray(pickle.dumps({"x": np.arange(30.0), "y": 1.5}, protocol=4))
    data[where % len(data)] = byte
    with suppress(BadMotion):
        load(bytes(data), tmp_path_factory.mktemp("damaged"))


def test_no_file_can_write_on_what_the_next_one_is_given(tmp_path):
    poison = b"\x80\x02cnumpy\ndtype\n(N}U\x04codeU\x01xstb."
    with pytest.raises(BadMotion):
        load(poison, tmp_path)
    np.testing.assert_array_equal(load(pickle.dumps({"x": np.arange(3)}), tmp_path)["x"], np.arange(3))


def test_what_the_reader_gives_is_what_python_itself_would(tmp_path):
    data = pickle.dumps(ARRAYS)
    trusted = pickle.load(io.BytesIO(data))  # our own bytes, of this test
    back = load(data, tmp_path)
    assert all(np.array_equal(back[key], trusted[key]) for key in trusted)

"""A data folder may hold BVH, AIST++, AMASS and HumanML3D: each is known by how it lies and is named."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.clip import write
from ritual.errors import BadInput, BadMotion
from ritual.motion.data import aist, amass, humanml
from ritual.motion.data.collections import items_of
from ritual.motion.data.splits import split_of_group

DANCER = "gBR_sBM_cAll_d{:02d}_mBR0_ch01"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def touch(path, text="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def npz(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, poses=np.zeros((2, 156)), trans=np.zeros((2, 3)), mocap_framerate=120.0)


def by_name(folder):
    return {item.name: item for item in items_of(folder)}


def test_aist_is_split_by_its_dancers_one_of_each_genre_held_out():
    found = {number: aist.split_of_dancer(number) for number in range(1, 31)}
    for first in range(1, 31, 3):  # the three dancers of a genre
        splits = [found[n] for n in range(first, first + 3)]
        assert splits.count("test") == 1 and "train" in splits
    assert sorted(n for n, split in found.items() if split == "validation") == [4, 10, 16, 22, 28]


def test_all_dances_of_a_dancer_fall_together(folder):
    for genre, dancer, music in (("gBR", 4, "mBR0"), ("gBR", 4, "mBR5"), ("gPO", 12, "mPO1"), ("gLO", 13, "mLO2")):
        touch(folder / "motions" / f"{genre}_sFM_cAll_d{dancer:02d}_{music}_ch07.pkl")
    assert [item.split for item in items_of(folder)] == ["validation", "validation", "train", "test"]


@pytest.mark.parametrize(
    ("name", "captions"),
    [
        ("gBR_sBM_cAll_d04_mBR0_ch01", ("break dance", "basic break dance")),
        ("gLH_sFM_cAll_d17_mLH4_ch02", ("LA-style hip-hop dance", "advanced LA-style hip-hop dance")),
        ("gJB_sBM_c01_d08_mJB5_ch10", ("ballet jazz dance", "basic ballet jazz dance")),
        ("gXX_sSH_cAll_d08_mXX5_ch10", ("XX dance",)),
    ],
)
def test_aist_is_captioned_by_its_genre(name, captions):
    assert aist.captions(name) == captions


def test_what_aist_says_is_broken_is_left_out(folder):
    touch(folder / "aist" / "motions" / f"{DANCER.format(5)}.pkl")
    touch(folder / "aist" / "motions" / f"{DANCER.format(6)}.pkl")
    touch(folder / "aist" / "ignore_list.txt", f"{DANCER.format(5)}\n\n")
    items = by_name(folder)
    assert "ignore_list.txt" in items[f"aist/motions/{DANCER.format(5)}.pkl"].refused
    assert not items[f"aist/motions/{DANCER.format(6)}.pkl"].refused


def test_what_the_crossmodal_lists_hold_out_is_never_trained_on_and_no_dancer_changes_sides(folder):
    for number in (4, 5, 6):
        touch(folder / "motions" / f"{DANCER.format(number)}.pkl")
    touch(folder / "splits" / "crossmodal_test.txt", "\n".join(DANCER.format(n) for n in (5, 6)))
    touch(folder / "splits" / "crossmodal_train.txt", DANCER.format(4))
    stop, train, test = items_of(folder)
    assert "crossmodal" in train.refused and not stop.refused and not test.refused
    assert (stop.split, test.split) == ("validation", "test")


@pytest.mark.parametrize(
    ("stem", "dataset", "caption"),
    [
        ("0018_TraditionalChineseDance001_poses", "SFU", "traditional chinese dance"),
        ("49_02_poses", "CMU", "motion of CMU"),
        ("A1 - Stand_poses", "ACCAD", "stand"), ("wave_right01_stageii", "KIT", "wave right"),
    ],
)  # fmt: skip
def test_amass_is_captioned_by_its_file_names(stem, dataset, caption):
    assert amass.caption(stem, dataset) == caption


def test_amass_is_split_by_subject_and_cmu_in_it_as_in_our_folders(folder):
    for name in ("KIT/3/kick01_poses", "KIT/3/jump02_poses", "CMU/49/49_02_poses", "CMU/05/05_02_poses"):
        npz(folder / "amass" / f"{name}.npz")
    items = by_name(folder)
    kit = [items[f"amass/KIT/3/{name}_poses.npz"].split for name in ("kick01", "jump02")]
    assert kit == [split_of_group("KIT/3")] * 2
    assert items["amass/CMU/49/49_02_poses.npz"].split == "test"
    assert items["amass/CMU/05/05_02_poses.npz"].split == "train"


def test_our_own_npz_is_no_amass(folder, smpl_writing):
    folder.mkdir()
    write(folder / "kick_poses.npz", smpl_writing.smooth_clip(seconds=0.2))
    assert items_of(folder)[0].parts[0].captions == ("kick poses",)


def humanml3d(folder, **texts):
    for name, text in texts.items():
        touch(folder / "texts" / f"{name[1:]}.txt", text)
        (folder / "new_joints").mkdir(exist_ok=True)
        np.save(folder / "new_joints" / f"{name[1:]}.npy", np.zeros((2, 22, 3)))


def test_every_caption_of_a_clip_is_kept_and_spans_are_parts(tmp_path):
    text = (
        "a man waves.#a/DET man/NOUN wave/VERB#0.0#0.0\nsomeone greets.#x/y#0.0#0.0\n\n"
        "a man sits.#z#2.0#5.5\na man waves.#x#nan#nan\n"
    )
    whole, part = humanml.parts_of(touch(tmp_path / "a.txt", text))
    assert whole == (("a man waves.", "someone greets."), 0.0, 0.0)
    assert part == (("a man sits.",), 2.0, 5.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a#b#x#1", "line 1"), ("a#b#0#0\na#b#3#2", "line 2"), ("", "says nothing"), ("a#b#-1#2", "no span"),
        ("a#b#inf#0", "no span"), ("a#b#0#1#2", "line 1"),
    ],
)
def test_a_text_that_is_none_says_its_line(text, said, tmp_path):
    with pytest.raises(BadMotion, match=said):
        humanml.parts_of(touch(tmp_path / "a.txt", text))


@given(st.text(alphabet=st.sampled_from("a# 019.-enif\n"), max_size=40))
def test_any_text_is_parts_or_one_sentence(tmp_path_factory, text):
    with suppress(BadMotion):
        for part in humanml.parts_of(touch(tmp_path_factory.mktemp("text") / "a.txt", text)):
            assert part.captions and part.start >= 0 and (part.end == 0 or part.end > part.start)


def test_what_is_no_text_is_left_out_or_named(folder):
    humanml3d(folder, _000001="a#b#0#0")
    (folder / "texts" / "000001.txt").write_bytes(b"\xff\xfe\x00")
    assert "not text in UTF-8" in items_of(folder)[0].refused
    (folder / "MANIFEST.csv").write_text("path,caption\n")
    with pytest.raises(BadInput, match="lacks the column file"):
        items_of(folder)


def test_a_line_without_times_is_said_of_the_whole_clip(tmp_path):
    assert humanml.parts_of(touch(tmp_path / "a.txt", "a man waves")) == ((("a man waves",), 0.0, 0.0),)


def test_humanml3d_is_split_by_its_lists_and_mirrored_copies_are_left_out(folder):
    humanml3d(folder, _000001="a#b#0#0", _000002="a#b#0#0", _000003="a#b#0#0", _000004="a#b#0#0", _M000001="a#b#0#0")
    for name, list_ in (("000001", "train"), ("000002", "val"), ("000003", "test")):
        touch(folder / f"{list_}.txt", f"{name}\nM{name}\n")
    items = items_of(folder)
    assert [item.name for item in items] == [f"new_joints/00000{n}.npy" for n in (1, 2, 3, 4)]
    assert [item.split for item in items[:3]] == ["train", "validation", "test"]
    assert "none of HumanML3D's lists" in items[3].refused


def test_a_clip_without_text_is_left_out_and_the_rest_goes_on(folder):
    humanml3d(folder, _000001="a#b#0#0", _000002="a#b#0#0")
    (folder / "texts" / "000001.txt").unlink()
    first, second = items_of(folder)
    assert "no text 000001.txt" in first.refused and not second.refused


def test_without_lists_the_subject_of_the_source_decides(folder):
    humanml3d(folder, _000000="a#b#0#0", _000001="a#b#0#0", _000002="a#b#0#0")
    touch(
        folder / "index.csv",
        "source_path,start_frame,end_frame,new_name\n"
        "./pose_data/KIT/3/kick_high_left02_poses.npy,0,117,000000.npy\n"
        "./pose_data/humanact12/humanact12/P11G01R02F1812T1847A0402.npy,0,-1,000001.npy\n"
        "./pose_data/CMU/49/49_03_poses.npy,0,83,000002.npy\n",
    )
    splits = [split_of_group("KIT/3"), split_of_group("humanact12/P11"), "test"]
    assert [item.split for item in items_of(folder)] == splits


def test_what_our_cmu_holds_out_is_not_trained_on_through_humanml3ds_lists(folder):
    humanml3d(folder, _000000="a#b#0#0", _000001="a#b#0#0")
    touch(folder / "train.txt", "000000\n000001\n")
    touch(
        folder.parent / "data" / "index.csv",
        "source_path,start_frame,end_frame,new_name\n"
        "./pose_data/CMU/49/49_03_poses.npy,0,83,000000.npy\n./pose_data/CMU/05/05_02_poses.npy,0,83,000001.npy\n",
    )
    held, trained = items_of(folder)
    assert "held out in our folders of CMU" in held.refused and not trained.refused


def test_a_manifest_gives_captions_and_subjects(folder):
    for name in ("a.bvh", "b.bvh", "c.bvh"):
        touch(folder / "mine" / name)
    touch(folder / "MANIFEST.csv", "file,caption,subject\nmine/a.bvh,turn,Li\nmine/b.bvh,leap,Li\nmine/c.bvh,bow,\n")
    a, b, c = items_of(folder)
    assert a.split == b.split == split_of_group("mine/Li")
    assert [item.parts[0].captions for item in (a, b, c)] == [("turn",), ("leap",), ("bow",)]


def test_without_a_manifest_the_name_is_the_caption(folder):
    touch(folder / "slow_turn.bvh")
    assert items_of(folder)[0].parts[0].captions == ("slow turn",)


def test_upside_down_is_left_out_wherever_it_is_said(folder):
    touch(folder / "two_cartwheels.bvh")
    humanml3d(folder / "h", _000001="a man stands#x#0#0\na man does a cartwheel#x#0#0")
    assert all("Upside down" in item.refused for item in items_of(folder))


def test_collections_may_lie_beside_each_other(folder):
    touch(folder / "cmu" / "05_02.bvh")
    touch(folder / "aist" / "motions" / f"{DANCER.format(6)}.pkl")
    npz(folder / "amass" / "KIT" / "3" / "kick_poses.npz")
    humanml3d(folder / "h3d", _000001="a#b#0#0")
    touch(folder / "aist" / "notes.txt")
    np.save(folder / "h3d" / "Mean.npy", np.zeros(263))
    assert [item.name.split("/")[0] for item in items_of(folder)] == ["aist", "amass", "cmu", "h3d"]

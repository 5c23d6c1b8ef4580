"""Whoever dances in training dances nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.motion.data import HELD_OUT, VALIDATION, group_of, split_of
from ritual.motion.data.splits import split_of_group, split_of_source

MOCAP = Path(__file__).parents[3].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.exists(), reason="no motion capture in ../shared/data/mocap")


def test_both_partners_of_a_take_and_all_clips_of_a_person_fall_together():
    assert group_of("cmu_salsa/05.bvh") == group_of("cmu_salsa/20.bvh") == "cmu_salsa/05"
    assert group_of("cmu/49_01.bvh") == group_of("cmu/49_22.bvh") == "cmu/49"
    assert split_of("cmu/49_14.bvh") == split_of("cmu_salsa/25.bvh") == "test"
    assert split_of("cmu/05_02.bvh") == "train"
    assert {split_of(f"my/clip{n}.bvh") for n in range(200)} == {"train", "validation", "test"}


@needs_mocap
def test_every_held_out_group_is_in_the_data():
    names = {group_of(path.relative_to(MOCAP).as_posix()) for path in MOCAP.rglob("*.bvh")}
    assert names >= HELD_OUT


def test_the_lists_that_ship_stay_as_they_are():
    """Figures in the model card stand on them."""
    assert sorted(HELD_OUT) == [
        "cmu/08", "cmu/16", "cmu/49", "cmu_indian/08", "cmu_indian/14", "cmu_martial/09", "cmu_salsa/05",
        "cmu_salsa/10",
    ]  # fmt: skip
    assert sorted(VALIDATION) == [
        "cmu/05_12", "cmu/05_20", "cmu/07", "cmu_indian/06", "cmu_martial/06", "cmu_salsa/06",
    ]  # fmt: skip


@given(st.text(min_size=1), st.text(min_size=1), st.lists(st.text(), min_size=2, max_size=5))
def test_all_clips_of_a_subject_fall_into_one_split(dataset, subject, stems):
    if dataset.upper() != "CMU":
        assert len({split_of_source(dataset, subject, stem) for stem in stems}) == 1


def test_a_hash_gives_about_a_tenth_to_each_held_out_part():
    found = [split_of_group(f"person {n}") for n in range(2000)]
    assert 0.08 < found.count("test") / 2000 < 0.12 and 0.08 < found.count("validation") / 2000 < 0.12


@pytest.mark.parametrize(
    ("subject", "stem", "ours"),
    [
        ("49", "49_02_poses", "cmu/49_02.bvh"), ("05", "05_12_stageii", "cmu/05_12.bvh"),
        ("05", "05_02_poses", "cmu/05_02.bvh"),
        ("60", "60_05_poses", "cmu_salsa/05.bvh"), ("61", "61_05_poses", "cmu_salsa/20.bvh"),
        ("61", "61_01_poses", "cmu_salsa/16.bvh"), ("94", "94_14_poses", "cmu_indian/14.bvh"),
        ("135", "135_09_poses", "cmu_martial/09.bvh"),
    ],
)  # fmt: skip
def test_cmu_inside_a_larger_collection_falls_as_our_folders_of_it_do(subject, stem, ours):
    assert split_of_source("CMU", subject, stem) == split_of(ours)

"""What must hold inside both real Blenders; the tests themselves are in `inside/`."""

import pytest

pytestmark = pytest.mark.blender


def test_the_rig_plays_what_the_clip_says(run_inside, clip_path):
    run_inside("scene_motion.py", RITUAL_TEST_CLIP=str(clip_path))


def test_the_performer_and_the_stage_are_made_and_seen(run_inside, clip_path, dance_path):
    run_inside("scene_looks.py", RITUAL_TEST_CLIP=str(clip_path), RITUAL_TEST_DANCE=str(dance_path))

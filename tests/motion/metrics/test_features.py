"""Kinetic and geometric features with known answers."""

import numpy as np
import pytest

from ritual.body.skeleton import JOINT_INDEX
from ritual.errors import BadInput
from ritual.motion.metrics.features import GEOMETRIC, KINETIC, SIZE, Standard, motion_features
from ritual.motion.metrics.geometric import UPPER_ARM, geometric_features
from ritual.motion.metrics.kinetic import kinetic_features

ROOT_FAST, LEFT_WRIST_FAST, KNEE_BENT, WRIST_LOW = 31, 13, 20, 30  # of the 32; the second two of the left side


def kinetic_as_written(x, dt=1 / 60):
    """AIST++'s loops, frame by frame: averages over the steps of five frames that exist."""
    rows = []
    for joint in range(24):
        energy = np.zeros(3)
        for i in range(1, len(x)):
            steps = [x[i + j, joint] - x[i + j - 1, joint] for j in range(-2, 3) if i + j - 1 >= 0 and i + j < len(x)]
            v = np.sum(steps, 0) / (len(steps) * dt)
            bends = [
                (x[i + j + 1, joint] - 2 * x[i + j, joint] + x[i + j - 1, joint]) / dt**2
                for j in range(-2, 3)
                if i + j - 1 >= 0 and i + j + 1 < len(x)
            ]
            energy += (v[0] ** 2 + v[1] ** 2, v[2] ** 2, np.linalg.norm(np.sum(bends, 0) / len(bends)))
        rows.append(energy / (len(x) - 1))
    return np.ravel(rows)


def test_kinetic_features_are_those_of_the_loops_they_were_written_as():
    x = np.random.default_rng(0).normal(size=(17, 24, 3)).cumsum(0) / 50
    np.testing.assert_allclose(kinetic_features(x, 60.0), kinetic_as_written(x), rtol=1e-10)


def test_a_body_carried_at_constant_speed_has_its_kinetic_energy_and_spends_nothing(dancing):
    time = np.arange(31)[:, None, None] / 30
    there = dancing()[:1] + time * np.array([1.5, 0.0, 0.5])
    got = kinetic_features(there, 30.0).reshape(24, 3)
    np.testing.assert_allclose(got, np.tile((2.25, 0.25, 0.0), (24, 1)), atol=1e-6)


def test_features_do_not_depend_on_the_frame_rate_nor_on_the_place_or_the_side_it_faces(dancing):
    fine, coarse = dancing(fps=60.0), dancing(fps=60.0)[::2]
    np.testing.assert_allclose(kinetic_features(coarse, 30.0), kinetic_features(fine[:-1], 60.0), rtol=0.02, atol=1e-3)
    np.testing.assert_allclose(geometric_features(coarse, 30.0), geometric_features(fine[:-1], 60.0), atol=0.03)
    c, s = np.cos(1.0), np.sin(1.0)
    turned = fine @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + (3.0, -2.0, 0.0)
    np.testing.assert_allclose(kinetic_features(turned, 60.0), kinetic_features(fine, 60.0), rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(geometric_features(turned, 60.0), geometric_features(fine, 60.0))


def test_a_faster_dance_spends_more(dancing):
    slow, fast = dancing(beat=1.2), dancing(beat=0.5)
    assert kinetic_features(fast, 15.0)[2::3].sum() > 2 * kinetic_features(slow, 15.0)[2::3].sum()


def test_geometric_features_say_what_the_body_does(dancing):
    still = np.repeat(dancing(size=0.0)[:1], 30, 0)
    at_rest = geometric_features(still, 60.0)
    assert set(at_rest) <= {0.0, 1.0} and at_rest[ROOT_FAST] == at_rest[LEFT_WRIST_FAST] == 0
    moved = still.copy()
    moved[:, JOINT_INDEX["left_wrist"], 0] += np.arange(30) * 1.01 * 2.5 * UPPER_ARM / 120
    assert geometric_features(moved, 60.0)[LEFT_WRIST_FAST] == 1.0
    slower = still.copy()
    slower[:, JOINT_INDEX["left_wrist"], 0] += np.arange(30) * 0.99 * 2.5 * UPPER_ARM / 120
    assert geometric_features(slower, 60.0)[LEFT_WRIST_FAST] == 0.0
    sitting = still.copy()
    hip, knee = JOINT_INDEX["left_hip"], JOINT_INDEX["left_knee"]
    sitting[:, JOINT_INDEX["left_ankle"]] = sitting[:, knee] + 0.5 * (sitting[:, hip] - sitting[:, knee]) + (0, 0.3, 0)
    assert geometric_features(sitting, 60.0)[KNEE_BENT] == 1.0
    low = still.copy()
    low[:, JOINT_INDEX["left_wrist"], 2] = low[..., 2].min() + 1.19 * UPPER_ARM
    assert geometric_features(low, 60.0)[WRIST_LOW] == 1.0


def test_rows_are_standardised_by_real_motion(dancing):
    real = np.stack([motion_features(dancing(seed=n), 15.0) for n in range(6)])
    assert real.shape == (6, SIZE) and real[:, KINETIC].shape == (6, 72) and real[:, GEOMETRIC].shape == (6, 32)
    z = Standard.of(real)(real)
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-9)
    assert ((abs(z.std(0) - 1) < 1e-6) | (z.std(0) < 1e-6)).all()
    with pytest.raises(BadInput, match="at least 2 rows"):
        Standard.of(real[:1])


def test_a_track_too_short_for_its_definition_is_told():
    with pytest.raises(BadInput, match="too short"):
        kinetic_features(np.zeros((1, 24, 3)), 60.0)
    with pytest.raises(BadInput, match="not a number"):
        geometric_features(np.full((9, 24, 3), np.nan), 60.0)
    with pytest.raises(BadInput, match="no frame rate"):
        geometric_features(np.zeros((9, 24, 3)), 0.0)

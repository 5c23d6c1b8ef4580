"""The benchmark measures what it says: the same body, legal targets, violations found wherever they are."""

import importlib.util
import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from benchmarks.ik import baselines, environment, tradeoff
from benchmarks.ik.body_files import mjcf, urdf
from benchmarks.ik.clips import LOWER, UPPER, Clip, held_out, place
from benchmarks.ik.holes import KINDS, SEEDS, Holes, beside, breaks, draw, on_edges, violations
from benchmarks.ik.jobs import Workload, hand_out
from benchmarks.ik.measures import corrected, determined, joint_step_p99, over_seeds, quality, unreached
from benchmarks.ik.peers.run import PIECE, _abreast
from ritual.body.skeleton import ANGLE_INDEX, ANGLES, JOINTS
from ritual.body.track import breaches
from ritual.errors import BadInput

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")


def waves(frames: int = 60, reach: float = 0.6, seed: int = 1) -> np.ndarray:
    """(T, 36) slow waves inside the limits."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    wave = np.sin(random.integers(1, 3, 36) * t + random.uniform(0, 6, 36))
    return (LOWER + UPPER) / 2 + reach * (UPPER - LOWER) / 2 * wave


def clip(frames: int = 60, seed: int = 1) -> Clip:
    t = np.linspace(0, 1, frames)
    turn = np.stack((np.cos(t), 0 * t, 0 * t, np.sin(t)), 1)
    return Clip("waves", "dance", waves(frames, seed=seed), np.stack((t, 0 * t, 0.9 + 0.1 * t), 1), turn)


def hole(name: str, low: float, high: float) -> Holes:
    lows, highs = np.full(36, np.nan), np.full(36, np.nan)
    lows[ANGLE_INDEX[name]], highs[ANGLE_INDEX[name]] = np.radians((low, high))
    return Holes(name, lows, highs)


def numbers(text: str) -> np.ndarray:
    return np.array(text.split(), float)


def urdf_positions(text: str, angles: np.ndarray) -> np.ndarray:
    """(24, 3) by a reading of the URDF that shares nothing with our kinematics."""
    robot = xml.fromstring(text)
    value = dict(zip(ANGLES, angles, strict=True))
    placed = {JOINTS[0]: (np.zeros(3), Rotation.identity())}
    for joint in robot.iter("joint"):  # parents come first
        at, turn = placed[joint.find("parent").get("link")]
        at = at + turn.apply(numbers(joint.find("origin").get("xyz")))
        if joint.get("type") == "revolute":
            turn = turn * Rotation.from_rotvec(value[joint.get("name")] * numbers(joint.find("axis").get("xyz")))
        placed[joint.find("child").get("link")] = at, turn
    return np.array([placed[name][0] for name in JOINTS])


def mjcf_positions(text: str, angles: np.ndarray) -> np.ndarray:
    value, found = dict(zip(ANGLES, angles, strict=True)), {}

    def visit(body, at, turn):
        at = at + turn.apply(numbers(body.get("pos")))
        for hinge in body.findall("joint"):
            turn = turn * Rotation.from_rotvec(value[hinge.get("name")] * numbers(hinge.get("axis")))
        found[body.get("name")] = at
        for child in body.findall("body"):
            visit(child, at, turn)

    visit(xml.fromstring(text).find("worldbody/body"), np.zeros(3), Rotation.identity())
    return np.array([found[name] for name in JOINTS])


@pytest.mark.parametrize(("text", "read"), [(urdf(), urdf_positions), (mjcf(), mjcf_positions)])
def test_the_exported_body_stands_where_ours_does(text, read):
    for angles in np.random.default_rng(0).uniform(LOWER, UPPER, (5, 36)):
        np.testing.assert_allclose(read(text, angles), place(angles), atol=1e-12)


def test_the_exported_limits_are_ours():
    hinges = {joint.get("name"): joint.find("limit") for joint in xml.fromstring(urdf()).iter("joint")}
    assert [float(hinges[name].get("lower")) for name in ANGLES] == LOWER.tolist()
    ranges = {joint.get("name"): numbers(joint.get("range")) for joint in xml.fromstring(mjcf()).iter("joint")}
    assert [ranges[name][1] for name in ANGLES] == UPPER.tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_holes_forbid_most_of_the_raw_motion_and_leave_room_on_both_sides(kind, seed):
    angles = waves(200)
    holes = draw(kind, seed, angles)
    width = np.degrees(holes.high - holes.low)[holes.angles]
    assert len(holes.angles) == KINDS[kind]
    assert breaks(angles, holes).mean() > 0.5
    assert (width > 8.99).all() and (width < 41.01).all()
    assert (holes.low > LOWER)[holes.angles].all() and (holes.high < UPPER)[holes.angles].all()
    assert np.array_equal(draw(kind, seed, angles).low, holes.low, equal_nan=True)


@pytest.mark.parametrize("push", [beside, on_edges])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_motion_pushed_out_of_the_holes_is_legal_by_the_products_own_domain_too(push, seed):
    holes = draw("dense", seed, waves())
    moved = push(clip(), holes, seed)
    assert violations(moved.angles, holes) == 0
    assert not holes.domain().violates(moved.angles).any()
    assert violations(clip().angles, holes) > 30


def test_a_motion_on_edges_lies_exactly_on_them():
    holes = draw("dense", 0, waves())
    moved = on_edges(clip(), holes, 0).angles
    assert ((moved == holes.low) | (moved == holes.high)).any(1).mean() > 0.9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_clamping_is_the_domains_exact_projection(seed, hole_seed):
    holes = draw("dense", hole_seed, waves())
    angles = np.random.default_rng(seed).uniform(LOWER - 0.3, UPPER + 0.3, (3, 36))
    np.testing.assert_allclose(holes.clamp(angles), holes.domain().project(angles), atol=1e-12)


def test_a_violation_between_two_legal_frames_is_seen_and_a_touch_of_the_edge_is_none():
    holes = hole("left_elbow_flexion", 40, 60)
    track = np.clip(np.zeros((3, 36)), LOWER, UPPER)
    j = ANGLE_INDEX["left_elbow_flexion"]
    track[:, j] = np.radians((30, 70, 70))
    assert not breaks(track, holes).any()
    assert violations(track, holes) == 1
    track[:, j] = np.radians((40, 30, 40))
    assert violations(track, holes) == 0
    track[1, j] = np.radians(40.001)
    assert violations(track, holes) == 2  # the frame, and the way to it
    track[:, j] = LOWER[j] - 1e-6
    assert violations(track, None) == 3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_brute_force_sees_no_violation_that_the_exact_count_misses(seed):
    holes = draw("sparse", seed % 6, waves())
    track = holes.clamp(waves(20, seed=seed) + np.random.default_rng(seed).normal(0, 0.1, (20, 36)))
    exact = {frame for breach in breaches(track, holes.domain()) for frame in range(breach.start, breach.end + 1)}
    coarse, fine = violations(track, holes, 4), violations(track, holes, 64)
    assert coarse <= fine <= len(exact)
    assert (fine == 0) <= (coarse == 0)


def test_positions_determine_no_turn_of_the_head_and_every_bend_of_the_knee():
    sure = dict(zip(ANGLES, determined(), strict=True))
    assert not sure["head_rotation"] and not sure["left_forearm_pronation"]
    assert sure["left_knee_flexion"] and sure["right_shoulder_rotation"]


def test_quality_counts_a_frame_with_one_joint_too_far():
    true = waves(10)
    found = true.copy()
    found[4, ANGLE_INDEX["left_hip_flexion"]] += np.radians(10)
    row = quality(found, true)
    assert row["failures"] == 1
    assert row["angle_error_deg_all_36"] == pytest.approx(10 / 360, abs=1e-3)
    assert quality(true, true)["failures"] == 0
    moved = place(true) + np.array([0.031, 0, 0])
    assert unreached(moved, place(true)) == 10


def test_the_joint_step_of_a_motion_played_twice_as_fast_is_twice_as_large():
    slow = waves(401)
    assert joint_step_p99([slow[::2]]) == pytest.approx(2 * joint_step_p99([slow]), rel=0.01)
    assert corrected([clip()], [(clip().angles, clip().translation, clip().rotation)], [draw("sparse", 0, waves())])[
        "step_p99_ratio"
    ] == pytest.approx(1)


@pytest.mark.parametrize("method", baselines.METHODS)
def test_the_plain_ways_keep_every_frame_legal_and_come_nearer_than_nothing_done(method):
    motion = clip(30)
    holes = draw("sparse", 1, motion.angles)
    angles, at, turn = baselines.METHODS[method]([motion], [holes])[0]
    assert not breaks(angles, holes).any()
    row = corrected([motion], [(angles, at, turn)], [holes])
    still = corrected([motion], [(holes.clamp(np.zeros((30, 36))), motion.translation, motion.rotation)], [holes])
    assert row["mpjpe_mm"] < still["mpjpe_mm"] / 3
    if method != "clamp":
        assert row["mpjpe_mm"] < corrected([motion], baselines.clamp([motion], [holes]), [holes])["mpjpe_mm"]


def test_clips_that_advance_side_by_side_keep_their_order():
    first = np.zeros(130, bool)
    first[[0, 70]] = True
    rounds = _abreast(first, follow=True)
    assert sorted(np.concatenate(rounds)) == [t for t in range(130) if not first[t]]
    done = set(np.flatnonzero(first))
    for rows in rounds:
        for row in rows:  # what it starts from is solved, or the beginning of a new piece
            since = row - 1 - (70 if row > 70 else 0)
            assert row - 1 in done or since % PIECE == 0
        done |= set(rows.tolist())
    assert len(_abreast(first, follow=False)) == 1


def test_the_handed_out_folder_holds_body_targets_and_tasks(tmp_path):
    hand_out(Workload.of([clip(80)], seeds=1, cold=5), tmp_path, repeats=2)
    jobs = json.loads((tmp_path / "tasks.json").read_text())
    data = np.load(tmp_path / "tasks.npz")
    for task in jobs["tasks"]:
        assert data[f"{task['set']}.targets"].shape == (len(data[f"{task['set']}.angles"]), 24, 3)
    names = [task["name"] for task in jobs["tasks"]]
    assert {"motion", "motion at once", "motion 1 mm", "cold", "dense edges 0", "sparse beside 0"} <= set(names)
    np.testing.assert_allclose(data["motion.start"][1:], data["motion.angles"][:-1])


def test_an_unknown_peer_is_named_with_the_known_ones():
    assert environment.chosen("placo, mink") == ["placo", "mink"]
    with pytest.raises(BadInput, match=r"ikpy; valid: placo, pinocchio"):
        environment.chosen("placo,ikpy")


def test_a_folder_without_motion_is_told_apart(tmp_path):
    with pytest.raises(BadInput, match="No held-out motion"):
        held_out(tmp_path)


def test_the_picture_is_small(tmp_path):
    row = {"step_p99_ratio": 1.1, "mpjpe_mm": 12.0, "violations": 0, "frames": 9}
    methods = {"clamp": over_seeds([row, row]), "ours": over_seeds([row])}
    tradeoff.draw({"dense": methods, "sparse": methods}, tmp_path / "picture.png")
    assert 5_000 < (tmp_path / "picture.png").stat().st_size < 150_000


@needs_mocap
def test_held_out_targets_are_real_legal_and_unseen():
    clips = held_out(MOCAP, 3)
    assert len({one.name for one in clips}) == 3
    for one in clips:
        assert violations(one.angles, None) == 0
        np.testing.assert_allclose(np.linalg.norm(one.rotation, axis=1), 1, atol=1e-9)
        bones = np.linalg.norm(one.targets[:, 7] - one.targets[:, 4], axis=-1)
        assert np.ptp(bones) < 1e-9
        assert 0.3 < one.translation[:, 2].mean() < 1.2


@pytest.mark.skipif(not (environment.ENVIRONMENT / ".installed").exists(), reason="the peers are not installed")
@pytest.mark.parametrize("name", ["placo", "mujoco"])
def test_a_peer_reaches_reachable_targets_in_its_own_process(tmp_path, name):
    work = Workload.of([clip(80)], seeds=1, cold=2)
    hand_out(work, tmp_path, repeats=1)
    facts, found = environment.run(environment.ready(), name, tmp_path, 120)
    assert facts["forward_kinematics_error_m"] < 1e-6
    assert quality(found["motion.angles"], work.clips[0].angles)["failures"] == 0
    assert importlib.util.find_spec(name) is None  # and stays out of ours


@needs_mocap
@pytest.mark.slow
def test_one_command_writes_every_promised_figure(tmp_path):
    command = [sys.executable, "-m", "benchmarks.ik", "--quick", "--no-peers", "--json", tmp_path / "out.json"]
    subprocess.run(command, cwd=environment.ROOT, check=True, timeout=600)
    figures = json.loads((tmp_path / "out.json").read_text())
    promised = {
        "ours_batch_ms", "ours_single_ms", "jt_ms", "jt_iterations", "iterations_1mm", "angle_error_deg_1mm",
        "violations", "unreached", "cold_failures", "false_alarm_frames", "illegal", "peers", "machine",
    }  # fmt: skip
    assert promised <= figures.keys()
    for kind in KINDS:
        assert {"violations", "step_p99_ratio", "mpjpe_mm"} <= figures["illegal"][kind].keys()
        assert figures["trade_off"][kind]["clamp"]["violations"] > 0  # the plain way breaks rules between frames
    assert figures["ours_batch_ms"] < figures["ours_single_ms"]
    assert (tmp_path / "ik-tradeoff.png").exists()

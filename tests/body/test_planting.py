"""Feet that the motion plants stay planted, over the floor, inside the limits; hops, pivots and stances stay theirs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.body import balance, selfcollision
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.contact import floor_under
from ritual.body.contact_report import contact_report
from ritual.body.corridor import find_corridor
from ritual.body.facing import heading
from ritual.body.footing import find_footing
from ritual.body.planting import meant_depth, plant, sole_points
from ritual.body.skeleton import ANGLE_INDEX, ANGLES, SKELETON
from ritual.body.track import breaches, mend
from ritual.body.track_fit import Track
from ritual.errors import BadInput

FPS = 25.0
LOW, HIGH = np.array(SKELETON.limits).T
NONE_MEANT = meant_depth(np.zeros((0, 36)))


def standing(frames=50, left_leg_up=False, **degrees):
    """Knees bent, soles flat on the floor, over the origin."""
    pose = {f"{s}_{a}": v for s in ("left", "right") for a, v in (
        ("hip_flexion", 15), ("knee_flexion", 30), ("ankle_dorsiflexion", 15), ("shoulder_abduction", 25)
    )}  # fmt: skip
    if left_leg_up:
        pose |= {"left_hip_flexion": 70, "left_knee_flexion": 90, "left_ankle_dorsiflexion": 0}
    angles = np.zeros((frames, 36))
    for name, value in {**pose, **degrees}.items():
        angles[:, ANGLE_INDEX[name]] = np.radians(value)
    track = Track(angles, np.zeros((frames, 3)), np.tile((1.0, 0.0, 0.0, 0.0), (frames, 1)))
    return moved(track, z=-sole_points(*track.pose())[..., 2].min())


def moved(track, x=0.0, y=0.0, z=0.0):
    by = np.stack(np.broadcast_arrays(x, y, z, np.zeros(len(track)))[:3], 1)
    return replace(track, translation=track.translation + by)


def limits(track):
    shape = (len(track), 36)
    return np.minimum(np.broadcast_to(LOW, shape), track.angles), np.maximum(np.broadcast_to(HIGH, shape), track.angles)


def planted(track, **more):
    found = plant(track, *limits(track), FPS, **more)
    touching = NONE_MEANT if more.get("touching") is None else more["touching"]
    return found, contact_report(track, found.track, found.footing, touching, FPS)


def test_a_foot_that_slides_under_a_swaying_body_stays_and_the_body_sways_on():
    sway = 0.02 * np.sin(np.arange(50) / 6)
    track = moved(standing(), x=sway)
    found, report = planted(track)
    assert report.planted == 1 and report.sliding_before_mm > 2 and report.sliding_mm < 0.5
    assert np.ptp(found.track.translation[:, 0]) > 0.5 * np.ptp(sway)


def test_a_clip_that_stands_well_is_hardly_moved():
    track = standing(spine1_flexion=2)
    found, report = planted(track)
    assert report.moved_deg < 0.5 and report.sliding_mm < 0.01
    assert np.abs(found.track.translation - track.translation).max() < 0.02


def test_soles_come_up_from_under_the_floor_and_nothing_sinks_below_it():
    bob = 0.03 * np.cos(np.arange(50) / 4)
    found, report = planted(moved(standing(), z=-0.01 + bob))
    assert report.under_floor_before_mm > 30 and report.under_floor_mm < 1
    knees = found.track.pose()[0][:, 4:6, 2]
    assert knees.min() > 0.05


def test_a_hop_stays_a_hop():
    up = np.zeros(50)
    up[20:31] = 0.25 * np.sin(np.linspace(0, np.pi, 11))
    track = moved(standing(), z=up)
    found, report = planted(track)
    soles = sole_points(*found.track.pose())[..., 2].min((1, 2))
    assert 0.1 < report.airborne < 0.25
    assert np.abs(soles - up)[23:28].max() < 0.02 and np.abs(soles[:18]).max() < 1e-3
    assert not found.footing.planted[21:30].any()


def test_a_foot_that_turns_on_its_ball_goes_on_turning_and_its_ball_stays():
    track = standing(40, left_leg_up=True)
    ball = sole_points(*track.pose())[0, 1, 1, :2]
    yaw = np.radians(130) / FPS * np.arange(40)
    turn = np.stack((np.cos(yaw), -np.sin(yaw), np.sin(yaw), np.cos(yaw)), 1).reshape(-1, 2, 2)
    spot = turn @ (track.translation[0, :2] - ball) + ball + 0.003 * np.sin(np.arange(40))[:, None]
    zero = np.zeros(40)
    track = Track(
        track.angles, np.column_stack((spot, track.translation[:, 2])),
        np.stack((np.cos(yaw / 2), zero, zero, np.sin(yaw / 2)), 1),
    )  # fmt: skip
    found, report = planted(track)
    assert found.footing.planted[:, 1, 1].all() and not found.footing.planted[5:-5, 1, 0].any()
    assert report.sliding_before_mm > 1 and report.sliding_mm < 0.3
    assert np.degrees(np.abs(heading(found.track.rotation) - yaw)).max() < 5
    heel = sole_points(*found.track.pose())[:, 1, 0, :2]
    assert np.linalg.norm(np.diff(heel, axis=0), axis=1).min() > 0.008


def test_upright_keeps_the_pelvis_turned_as_it_is():
    track = moved(standing(), x=0.02 * np.sin(np.arange(50) / 6))
    found, report = planted(track, upright=True)
    assert np.array_equal(found.track.rotation, track.rotation) and report.sliding_mm < 0.5


def test_with_nothing_planted_nothing_is_moved():
    track = moved(standing(), z=0.5)
    found, report = planted(track)
    assert found.footing.stands == () and report.airborne == 1
    assert all(np.array_equal(a, b) for a, b in zip(vars(found.track).values(), vars(track).values(), strict=True))


def test_a_single_frame_is_planted_too():
    found, report = planted(moved(standing(1), z=-0.02))
    assert len(found.track) == 1 and report.under_floor_mm < 1


def test_a_path_is_made_of_the_steps_where_it_is_not_the_motions_own():
    track = moved(standing(), x=np.linspace(0, 0.12, 50))  # 6 cm/s
    own = planted(track, keep_path=True)[0].track
    made = planted(track, keep_path=False)[0].track
    assert np.ptp(made.translation[:, 0]) < 0.005 < np.ptp(own.translation[:, 0])


IN_THE_BELLY = {"right_elbow_flexion": 95, "right_shoulder_rotation": 80}


def test_a_hand_leaves_the_body_and_only_the_arm_moves():
    wave = np.radians(6) * np.sin(np.arange(50) / 5)
    track = standing(**IN_THE_BELLY)
    track.angles[:, ANGLE_INDEX["right_elbow_flexion"]] += wave
    before = selfcollision.depths(*track.pose())[0].max()
    found, report = planted(track)
    assert before > 0.02 and report.hand_depth_before_mm > 20 and report.hand_depth_mm < 3
    rest = plant(track, *limits(track), FPS, touching=np.full(NONE_MEANT.shape, 1.0)).track
    arms = np.array([any(p in name for p in ("shoulder", "elbow", "forearm", "wrist")) for name in ANGLES])
    assert np.array_equal(found.track.angles[:, ~arms], rest.angles[:, ~arms])
    assert np.array_equal(found.track.translation, rest.translation)
    speed = np.abs(np.diff(found.track.angles, axis=0)).max() * FPS
    assert np.degrees(speed) < 400


def test_a_hand_that_a_stance_lays_on_the_body_stays_there():
    track = standing(**IN_THE_BELLY)
    found, report = planted(track, touching=meant_depth(track.angles[:1]))
    arms = [i for i, name in enumerate(ANGLES) if name.startswith("right_") and i > 20]
    assert report.hand_depth_before_mm == 0
    assert np.array_equal(found.track.angles[:, arms], track.angles[:, arms])


@pytest.mark.parametrize("where", ["angles", "translation", "rotation"])
def test_a_value_that_is_no_number_gets_one_sentence(where):
    track = standing(5)
    getattr(track, where)[3] = np.nan
    with pytest.raises(BadInput, match="no finite number at frame 3"):
        plant(track, *(np.tile(x, (5, 1)) for x in (LOW, HIGH)), FPS)


@settings(deadline=None)  # the first case compiles
@given(st.integers(0, 10_000))
def test_planting_keeps_a_track_that_is_legal_among_taboo_boxes_legal(seed):
    random = np.random.default_rng(seed)
    legs = [ANGLE_INDEX[f"{s}_{a}"] for s in ("left", "right") for a in ("hip_flexion", "knee_flexion", "hip_rotation")]
    boxes = []
    for n in range(3):
        pair = random.choice(legs, 2, replace=False)
        low = np.radians(random.uniform(-10, 40, 2))
        boxes.append(TabooBox(tuple((int(j), a, a + 0.3) for j, a in zip(pair, low, strict=True)), Reason(f"r{n}")))
    domain = AngleDomain(LOW, HIGH, tuple(boxes))
    track = standing(30)
    t = np.arange(30)[:, None]
    track.angles[:, legs] += np.radians(18) * np.sin(t / random.uniform(2, 6, 6) + random.uniform(0, 6, 6))
    track = replace(track, angles=mend(np.clip(track.angles, LOW, HIGH), domain, FPS))
    bounds = find_corridor(track.angles, domain, keep=np.ones(29, bool))
    found = plant(track, bounds.lower, bounds.upper, FPS, keep_path=False).track
    assert breaches(found.angles, domain) == []


def test_a_calm_dancer_who_leans_out_of_the_soles_is_brought_over_them():
    track = standing(100, spine1_flexion=20, spine3_flexion=20)
    lean = 0.5 * np.radians(8)
    tilted = replace(track, rotation=np.tile((np.cos(lean), np.sin(lean), 0.0, 0.0), (100, 1)))
    tilted = replace(tilted, angles=tilted.angles.copy())
    for side in ("left", "right"):  # soles flat again
        tilted.angles[:, ANGLE_INDEX[f"{side}_ankle_dorsiflexion"]] += 2 * lean
    tilted = moved(tilted, z=-sole_points(*tilted.pose())[..., 2].min())
    found, report = planted(tilted)
    assert report.standing > 0.9 and report.balanced_before < 0.1
    places = [balance.centre_of_mass(t.pose()[0])[50] for t in (tilted, found.track)]
    outline = balance.outlines(sole_points(*found.track.pose()), found.footing.planted)[50:51]
    off = [balance.outside(outline, place[None])[0] for place in places]
    assert off[1] < 0.5 * off[0]


def test_the_masses_are_a_persons():
    masses = balance.masses()
    assert masses.sum() == pytest.approx(1)
    positions = standing(1).pose()[0]
    height = masses @ positions[0, :, 2]
    assert 0.85 < height < 0.95  # 55 % of 1.66 m; knees bent


@given(st.integers(0, 10_000))
def test_the_nearest_place_inside_an_outline_is_inside_and_no_corner_is_nearer(seed):
    random = np.random.default_rng(seed)
    points = np.zeros((1, 2, 3, 3))
    sole = np.array([[0, 0.05], [0, -0.13], [0, -0.19]])
    points[0, :, :, :2] = random.uniform(-0.3, 0.3, (2, 1, 2)) + sole
    outline = balance.outlines(points, np.ones((1, 2, 3), bool))
    place = random.uniform(-0.6, 0.6, (1, 2))
    near = balance.nearest_inside(outline, place)
    assert balance.outside(outline, near)[0] < 1e-9
    assert np.linalg.norm(near - place) <= np.linalg.norm(outline[0] - place, axis=1).min() + 1e-9
    middle = outline[0].mean(0, keepdims=True)
    assert balance.outside(outline, middle)[0] == 0


def feet(frames):
    """(T, 2, 3, 3) soles flat on the floor, the right one far up."""
    points = np.zeros((frames, 2, 3, 3))
    points[..., :, :] = [[0.0, 0.05, 0.0], [0.0, -0.13, 0.0], [0.0, -0.19, 0.01]]
    points[:, 1, :, 2] += 0.5
    return points


def test_a_tremble_does_not_end_a_stand_and_a_short_touch_begins_none():
    points = feet(40)
    points[:, 0, :, 0] += 0.003 * (-1.0) ** np.arange(40)[:, None]
    points[20:22, 1, :, 2] -= 0.5
    found = find_footing(points, FPS)
    assert {(s.foot, s.point, s.first, s.last) for s in found.stands} == {(0, 0, 0, 39), (0, 1, 0, 39)}


def test_the_weight_is_passed_on_while_both_feet_move():
    points = feet(40)
    points[:20, 0, :, 2] = points[:20, 0, :, 2]
    points[:, 1, :, 2] -= 0.5
    rise = np.clip((np.arange(40) - 18) * 0.02, 0, None)
    points[:, 0, :, 2] += rise[:, None]
    points[:, 1, :, 2] += rise[::-1][:, None]
    points[17:23, :, :, 0] += np.linspace(0, 0.1, 6)[:, None, None]
    points[23:, :, :, 0] += 0.1
    found = find_footing(points, FPS)
    planted = found.planted.any((1, 2))
    assert planted.all() and not found.gliding.any()
    both = found.planted.reshape(40, 6)
    assert (both[1:] & both[:-1]).any(1).all()  # from frame to frame something stays


def test_a_foot_dragged_over_the_floor_is_not_planted():
    points = feet(40)
    points[:, 0, :, 0] += 0.03 * np.arange(40)[:, None]  # 0.75 m/s
    found = find_footing(points, FPS)
    assert found.stands == () and found.gliding.all()


def test_a_foot_that_is_lifted_over_a_step_goes_up_and_not_aside():
    """The left foot scrapes from across to beside the right one; untied, its leg was thrown 19 degrees aside."""
    frames = np.arange(26)
    angles = standing(26).angles.copy()
    for name, start, end in (("hip_abduction", -10, 10), ("hip_flexion", 35, 20), ("knee_flexion", 45, 45)):
        angles[:, ANGLE_INDEX[f"left_{name}"]] = np.radians(np.interp(frames, [1, 21], [start, end]))
    track = replace(standing(26), angles=angles)
    track = moved(track, z=-sole_points(*track.pose())[..., 2].min((1, 2)))
    found, _ = planted(track, keep_path=False)
    legs = [i for i, name in enumerate(ANGLES) if name.startswith(("left_hip", "left_knee"))]
    assert np.degrees(np.abs(found.track.angles - track.angles)[:, legs]).max() < 10


def test_the_floor_under_a_recording_slopes_and_a_leap_stays_in_the_air():
    seconds = np.arange(150) / FPS
    slope = 0.02 * seconds
    leap = np.where((seconds > 2) & (seconds < 2.5), 0.3 * np.sin(np.pi * (seconds - 2) / 0.5), 0.0)
    steps = 0.01 * np.abs(np.sin(2 * np.pi * seconds))
    height = slope + leap + steps - floor_under(slope + leap + steps, FPS)
    assert np.abs(height - leap - steps)[10:-10].max() < 0.02
    assert height.max() > 0.28 and height.min() > -0.02
    glitch = np.zeros(150)
    glitch[70] = -0.2
    assert np.abs(floor_under(glitch, FPS)).max() == 0
    assert floor_under(np.array([0.3]), FPS) == [0.3]

"""Names are read word by word, a user's map goes first, and what is no body is refused in one sentence."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_map import map_joints
from ritual.body.joint_names import Reading, read_name
from ritual.body.kinematics import forward
from ritual.body.retarget import retarget
from ritual.body.skeleton import ANGLE_INDEX, JOINTS, SKELETON
from ritual.errors import BadInput, BadMotion

LOW, HIGH = np.array(SKELETON.limits).T
ENDS = {"head": (0, 0, 0.18), "left_hand": (0, 0, -0.08), "right_hand": (0, 0, -0.08),
        "left_foot": (0, -0.06, 0), "right_foot": (0, -0.06, 0)}  # fmt: skip


def body(frames=40, reach=0.3, names=JOINTS, without=(), seed=4) -> HierarchyMotion:
    """Our own body in motion, some joints left out."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    wave = np.sin(random.integers(1, 3, 36) * t + random.uniform(0, 6, 36))
    angles = (LOW + HIGH) / 2 + reach * (HIGH - LOW) / 2 * wave
    local = forward(torch.from_numpy(angles)).rotations.numpy()
    kept = [j for j, name in enumerate(JOINTS) if name not in without]
    parents, offsets, turns = [], [], []
    for j in kept:
        parent = SKELETON.parents[j]
        parents.append(kept.index(parent) if parent >= 0 else -1)
        offsets.append(SKELETON.joints[j].offset if parent >= 0 else (0, 0, 0))
        turns.append(local[:, parent].swapaxes(1, 2) @ local[:, j] if parent >= 0 else local[:, j])
    ends = {kept.index(JOINTS.index(name)): end for name, end in ENDS.items() if JOINTS.index(name) in kept}
    return HierarchyMotion(
        tuple(names[j] for j in kept), tuple(parents), np.array(offsets, float), np.stack(turns, 1),
        np.tile((0, 0, 0.92), (frames, 1)), 30.0, "dance", ends,
    )  # fmt: skip


def nameless(motion):
    return replace(motion, names=tuple(f"joint_{n}" for n in range(len(motion.names))))


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("mixamorig:LeftUpLeg", ("plain", "left", "upleg")),
        ("mixamorig1:LeftUpLeg", ("plain", "left", "upleg")),
        ("mixamorigLeftUpLeg", ("plain", "left", "upleg")),
        ("Armature|Left_UpLeg", ("plain", "left", "upleg")),
        ("leftupleg", ("plain", "left", "upleg")),
        ("LEFT_ARM", ("plain", "left", "arm")),
        ("lShldr", ("plain", "left", "shldr")),
        ("R_Hip", ("plain", "right", "hip")),
        ("m_avg_L_Hip", ("plain", "left", "hip")),
        ("left_eye_smplhf", ("plain", "left", "eyesmplhf")),
        ("Bip001 L Toe0", ("plain", "left", "toe0")),
        ("J_Bip_C_Hips", ("plain", "", "hips")),
        ("J_Bip_R_LowerLeg", ("plain", "right", "lowerleg")),
        ("upperarm_twist_01_l", ("plain", "left", "upperarmtwist01")),
        ("ik_foot_r", ("plain", "right", "ikfoot")),
        ("DEF-upper_arm.L", ("def", "left", "upperarm")),
        ("DEF-upper_arm.L.001", ("def", "left", "upperarm001")),
        ("ORG-thigh.R", ("org", "right", "thigh")),
        ("upper_arm_fk.L", ("fk", "left", "upperarm")),
        ("Character1_RightUpLeg", ("plain", "right", "upleg")),
        ("CC_Base_L_Thigh", ("plain", "left", "thigh")),
        ("ball", ("plain", "", "ball")),  # neither b-all-left nor anything else
        ("collar", ("plain", "", "collar")),
    ],
)
def test_a_name_is_taken_apart(name, reading):
    assert read_name(name) == Reading(*reading)


def test_a_users_map_goes_before_names_and_shape():
    motion = body()
    swapped = {f"{a}_{n}": f"{b}_{n}" for n in ("shoulder", "elbow", "wrist", "hand", "collar")
               for a, b in (("left", "right"), ("right", "left"))}  # fmt: skip
    found = map_joints(motion, swapped)
    assert motion.names[found.joints["left_elbow"]] == "right_elbow" and found.found_by == "map"
    assert motion.names[found.joints["left_knee"]] == "left_knee"
    whole = map_joints(nameless(motion), {name: f"joint_{n}" for n, name in enumerate(JOINTS)})
    assert whole.joints == {name: n for n, name in enumerate(JOINTS)} and whole.sureness == 1


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"left_nee": "left_knee"}, "'left_nee', which is no joint of ours. Did you mean left_knee"),
        ({"left_knee": "left_kne"}, "'left_kne', which dance does not have. Did you mean left_knee"),
        ({"left_knee": "head", "head": "head"}, "left_knee and head to the same joint 'head'"),
        ({"left_knee": "left_ankle", "left_ankle": "left_knee"}, "does not hang below"),
    ],
)
def test_a_map_that_cannot_be_is_refused(own, says):
    with pytest.raises((BadInput, BadMotion)) as caught:
        map_joints(body(), own)
    assert says in str(caught.value)


def test_one_odd_name_is_made_up_for_by_the_shape_and_said():
    motion = body()
    odd = replace(motion, names=tuple(n.replace("left_knee", "thing") for n in motion.names))
    found = map_joints(odd)
    assert found.joints["left_knee"] == JOINTS.index("left_knee")
    assert found.found_by == "fit" and "left_knee was found by the skeleton's shape" in found.notes[0]
    clip, _ = retarget(odd)
    assert np.allclose(clip.angles, retarget(motion)[0].angles)


def test_names_of_another_language_do_not_matter():
    hip = {"left": "左", "right": "右"}
    names = tuple(hip.get(n.split("_")[0], "") + f"骨{i}" for i, n in enumerate(JOINTS))
    found = map_joints(body(names=names))
    limbs = [n for n in JOINTS if n.split("_")[-1] in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "head")]
    assert {n: found.joints[n] for n in limbs} == {n: JOINTS.index(n) for n in limbs}


ARM = ("left_collar", "left_shoulder", "left_elbow", "left_wrist", "left_hand")


@pytest.mark.parametrize("strip", [False, True])
def test_a_missing_arm_is_listed(strip):
    motion = body(without=ARM)
    with pytest.raises(BadMotion, match=r"no counterpart for left_.*among the joints .*1 pair of like limbs"):
        retarget(nameless(motion) if strip else motion)


def test_neither_feet_nor_knees_tell_the_front_and_so_the_sides_are_not_guessed():
    still = body(frames=1, reach=0.0, without=("left_foot", "right_foot"))
    straight = replace(nameless(still), rotations=np.broadcast_to(np.eye(3), still.rotations.shape).copy())
    with pytest.raises(BadMotion, match="left and right are open"):
        map_joints(straight)


def test_feet_and_knees_that_disagree_are_not_believed():
    motion = body()
    backwards = motion.offsets.copy()
    for side in ("left", "right"):
        backwards[JOINTS.index(f"{side}_foot")] *= (1, -1, 1)
    ends = {j: (0, 0.06, 0) if JOINTS[j].endswith("foot") else end for j, end in motion.ends.items()}
    with pytest.raises(BadMotion, match="feet and knees disagree"):
        map_joints(nameless(replace(motion, offsets=backwards, ends=ends)))


def test_left_and_right_that_names_exchange_are_noticed():
    swap = {"left": "right", "right": "left"}
    names = tuple("_".join((swap.get(n.split("_")[0], n.split("_")[0]), *n.split("_")[1:])) for n in JOINTS)
    with pytest.raises(BadMotion, match="left and right are exchanged"):
        map_joints(body(names=names))
    legs = {f"{s}_hip": f"{s}_hip" for s in swap}  # who says so himself is believed
    assert map_joints(body(names=names), legs).found_by == "map"


@pytest.mark.parametrize("bone", ["left_knee", "right_ankle", "left_elbow", "right_wrist"])
def test_a_limb_bone_without_length_is_named(bone):
    motion = body()
    motion.offsets[JOINTS.index(bone)] = 0
    with pytest.raises(BadMotion, match=rf"to {bone} \('{bone}'\) has no length"):
        retarget(motion)


def test_a_bone_without_length_where_it_does_not_matter_is_no_trouble():
    motion = body()
    for name in ("left_collar", "right_collar", "neck"):
        motion.offsets[JOINTS.index(name)] = 0
    clip, _ = retarget(motion)
    assert np.isfinite(clip.angles).all()


def test_two_joints_of_one_meaning_are_refused_by_name():
    motion = body()
    names = tuple("LeftKnee" if n == "left_hand" else n for n in motion.names)
    with pytest.raises(BadMotion, match="'left_knee' and 'LeftKnee' could each be left_knee"):
        map_joints(replace(motion, names=names))


def test_two_heads_are_one_too_many():
    motion = body()
    names = tuple("Head" if n == "left_hand" else n for n in motion.names)
    with pytest.raises(BadMotion, match="'head' and 'Head' could each be head"):
        map_joints(replace(motion, names=names))


def test_a_flattened_skeleton_is_refused():
    motion = body()
    flat = tuple(-1 if p < 0 else 0 for p in motion.parents)
    with pytest.raises(BadMotion, match="does not hang below"):
        map_joints(replace(motion, parents=flat))


def test_a_single_joint_is_no_body():
    point = HierarchyMotion(("root",), (-1,), np.zeros((1, 3)), np.eye(3)[None, None], np.zeros((1, 3)), 30.0, "point")
    with pytest.raises(BadMotion, match="point: no counterpart for left_hip") as caught:
        retarget(point)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_named_with_their_frame(value):
    for field, says in (("rotations", "a rotation in frame 7"), ("root", "a root position in frame 7")):
        motion = body()
        getattr(motion, field)[7] = value
        with pytest.raises(BadMotion, match=f"{says} is not a finite number"):
            retarget(motion)
    motion = body()
    motion.offsets[3] = value
    with pytest.raises(BadMotion, match="length that is no number"):
        retarget(motion)


def test_children_before_their_parents_are_refused():
    motion = body()
    parents = list(motion.parents)
    parents[JOINTS.index("left_knee")] = JOINTS.index("left_ankle")
    with pytest.raises(BadMotion, match="'left_knee' does not come after its parent"):
        retarget(replace(motion, parents=tuple(parents)))


def test_a_mirroring_rotation_is_refused():
    motion = body()
    motion.rotations[5, 3] = np.diag((1.0, 1.0, -1.0))
    with pytest.raises(BadMotion, match="the rotation of 'spine1' in frame 5 is none: it mirrors or shears"):
        retarget(motion)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_motions_are_motions(frames):
    motion = body(frames)
    clip, report = retarget(motion)
    assert clip.angles.shape == (frames, 36) and report.frames == frames and report.position_error_mm < 5


def test_the_fit_does_not_take_four_legs_for_a_dancer():
    """A table: four like legs from one board."""
    parents, offsets = [-1], [(0, 0, 0)]
    for x, y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        start = len(parents)
        parents += [0, start, start + 1]
        offsets += [(x, y, 0), (0, 0, -1), (0, 0, -1)]
    turns = np.broadcast_to(np.eye(3), (5, len(parents), 3, 3)).copy()
    table = HierarchyMotion(
        tuple(f"b{n}" for n in range(len(parents))), tuple(parents), np.array(offsets, float), turns,
        np.zeros((5, 3)), 30.0, "table",
    )  # fmt: skip
    with pytest.raises(BadMotion, match="By its shape it cannot be read either"):
        map_joints(table)


def test_trust_is_told_and_knees_stay_knees_without_names():
    motion = body()
    named, _ = retarget(motion)
    found, report = retarget(nameless(motion))
    knee = ANGLE_INDEX["left_knee_flexion"]
    assert np.degrees(np.abs(found.angles[:, knee] - named.angles[:, knee])).max() < 2
    assert report.trusted_rotations and report.found_by == "fit"


def disguised(motion, draw):
    """The same body without names: other axes, unit and proportions, joints in another order, bones that are none."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    turn *= np.linalg.det(turn)
    bare = [name.split("_")[-1] for name in motion.names]
    grown = {name: random.uniform(0.8, 1.25) for name in sorted(set(bare))}  # left and right alike
    unit = draw(st.sampled_from([0.01, 1.0, 39.4, 100.0]))
    offsets = np.array([unit * grown[name] * turn @ o for name, o in zip(bare, motion.offsets, strict=True)])
    ends = {j: tuple(unit * grown[bare[j]] * turn @ np.array(e)) for j, e in motion.ends.items()}
    turns, parents = turn @ motion.rotations @ turn.T, list(motion.parents)
    inner = [j for j, name in enumerate(bare) if name not in ("hand", "foot")]  # there they would be fingers and toes
    helpers = random.choice(inner, draw(st.integers(0, 8)))
    parents += [int(j) for j in helpers]
    offsets = np.concatenate((offsets, 0.03 * unit * random.normal(size=(len(helpers), 3))))
    still = np.broadcast_to(np.eye(3), (motion.frames, len(helpers), 3, 3))
    turns = np.concatenate((turns, still), 1)
    order, waiting = [0], list(random.permutation(np.arange(1, len(parents))))
    while waiting:  # any order in which parents come first
        order.append(waiting.pop(next(n for n, j in enumerate(waiting) if parents[j] in order)))
    place = {j: n for n, j in enumerate(order)}
    parents = tuple(place[parents[j]] if parents[j] >= 0 else -1 for j in order)
    strange = HierarchyMotion(
        tuple(f"b{n}" for n in range(len(order))), parents, offsets[order], turns[:, order], unit * motion.root, 30.0,
        "strange", {place[j]: end for j, end in ends.items()},
    )  # fmt: skip
    return strange, {name: place[j] for j, name in enumerate(motion.names)}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_disguised_body_is_read_rightly_or_not_at_all(data):
    without = data.draw(st.sampled_from([(), ("left_foot", "right_foot"), ("left_hand", "right_hand"), ("neck",)]))
    motion = body(frames=25, reach=data.draw(st.sampled_from([0.05, 0.3, 0.6])), seed=data.draw(st.integers(0, 99)))
    kept = body(frames=25, without=without) if without and "neck" not in without else motion
    strange, truth = disguised(kept, data.draw)
    try:
        found = map_joints(strange)
    except BadMotion as error:
        assert "By its shape it cannot be read either" in str(error)
        event(str(error).split("either: ")[1][:60])
        return
    event("read")
    for bare in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"):
        for side in ("left", "right"):
            assert found.joints[f"{side}_{bare}"] == truth[f"{side}_{bare}"]
    assert found.joints["pelvis"] == truth["pelvis"] and found.joints["head"] == truth["head"]

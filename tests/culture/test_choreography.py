"""What the shipped dances must hold: inside the rules with room to vary, and danced with the whole body."""

import itertools

import numpy as np
import pytest
import torch

from ritual.body.contact import foot_sliding, ground, soles
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, ANGLES, JOINT_INDEX
from ritual.culture.graph import load_graph
from ritual.errors import Refused
from ritual.motion.heading import CLEARANCE
from ritual.motion.reference import StanceCurve

SLUGS = (
    "bai-whip", "dai-peacock", "dong-lusheng", "han-yangko", "hani-fan", "jingpo-munao", "li-bamboo", "manchu-mangshi",
    "miao-drum", "mongolian-wrestling", "naxi-datiao", "oroqen-bear", "tibetan-guozhuang", "yi-torch", "zhuang-pole",
)  # fmt: skip
FPS = 50
PEAK_SPEED = np.radians(450.0)  # [rad/s] of any one joint angle
LIMIT_MARGIN, TABOO_MARGIN = np.radians(3.0), np.radians(5.0)
LEGS = [i for i, name in enumerate(ANGLES) if any(part in name for part in ("hip", "knee", "ankle"))]
ARMS = [i for i, name in enumerate(ANGLES) if any(part in name for part in ("shoulder", "elbow", "wrist"))]


@pytest.fixture(scope="module")
def graph():
    return load_graph()


def rulebooks(graph, slug):
    """The rulebook of every performer who may dance it."""
    dance = next(d for d in graph.dances() if d.slug == slug)
    return [graph.rulebook(slug, performer) for performer in dance.performers]


def one_cycle(graph, slug):
    """(T, 36) angles [rad], (T,) yaw [rad] and (T,) lift [m] of one cycle, as the engine interpolates it."""
    curve = StanceCurve.of_rulebook(graph.rulebook(slug))
    frames = round(curve.cycle_seconds * FPS)
    reference = curve.at(np.arange(frames + 1) / frames, FPS)
    return reference.state[:, :36], reference.heading, reference.state[:, CLEARANCE]


def _stances(graph, slug):
    return sorted(graph.rulebook(slug).stances, key=lambda stance: stance.phase)


def grounded(graph, slug):
    """(T, 36) angles, (T, 3) pelvis [m] and (T, 4) rotation of one cycle that stands on the floor."""
    angles, heading, lift = (torch.from_numpy(np.ascontiguousarray(a)) for a in one_cycle(graph, slug))
    level = torch.zeros(len(angles), 4, dtype=angles.dtype)
    level[:, 0] = 1.0
    translation, rotation = ground(angles, level, heading, lift, FPS)
    return angles, translation, rotation


def test_every_dance_of_the_graph_is_held_to_what_follows(graph):
    assert tuple(dance.slug for dance in graph.dances()) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_a_dance_has_stances_enough_all_round_its_cycle(graph, slug):
    phases = np.array([stance.phase for stance in _stances(graph, slug)])
    assert len(phases) >= 8
    assert np.diff([*phases, phases[0] + 1]).max() <= 0.15


@pytest.mark.parametrize("slug", SLUGS)
def test_every_stance_is_inside_the_domain_of_every_performer_with_room_to_vary(graph, slug):
    for rulebook in rulebooks(graph, slug):
        poses = np.array([stance.angles for stance in rulebook.stances])
        tight = (poses < rulebook.domain.lower + LIMIT_MARGIN) | (poses > rulebook.domain.upper - LIMIT_MARGIN)
        assert not [ANGLES[i] for i in np.flatnonzero(tight.any(0))], rulebook.performer
        boxes = rulebook.domain.shrunk(TABOO_MARGIN).boxes
        assert not [box.reason.text for box in boxes if box.contains(poses).any()], rulebook.performer


@pytest.mark.parametrize("slug", SLUGS)
def test_what_lies_between_the_stances_is_allowed_too(graph, slug):
    angles, _, _ = one_cycle(graph, slug)
    for rulebook in rulebooks(graph, slug):
        assert not rulebook.domain.violates(angles).any()


@pytest.mark.parametrize("slug", SLUGS)
def test_no_joint_turns_faster_than_a_dancer_can(graph, slug):
    angles, _, _ = one_cycle(graph, slug)
    speed = np.abs(np.diff(angles, axis=0)).max(0) * FPS
    assert speed.max() < PEAK_SPEED, f"{ANGLES[speed.argmax()]}: {np.degrees(speed.max()):.0f} deg/s"
    assert speed.max() > PEAK_SPEED / 3  # and it is a dance, not a drift


@pytest.mark.parametrize("slug", SLUGS)
def test_the_dancer_steps_first_one_foot_then_the_other(graph, slug):
    angles, translation, rotation = grounded(graph, slug)
    low = soles(angles, rotation, translation)[..., 2].amin(-1)  # (T, 2): each foot's lowest point
    difference = (low[:, 0] - low[:, 1]).numpy()
    assert difference.max() > 0.08 and difference.min() < -0.08  # each foot is lifted while the other stands
    assert (np.abs(difference) > 0.01).mean() > 0.4
    knees = angles[:, [ANGLE_INDEX["left_knee_flexion"], ANGLE_INDEX["right_knee_flexion"]]].numpy()
    assert np.ptp(translation[:, 2].numpy()) > 0.05  # the knees give and the body rises
    assert (np.ptp(knees, axis=0) > np.radians(30)).all()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_standing_foot_stays_where_it_stands(graph, slug):
    angles, translation, rotation = grounded(graph, slug)
    slip = foot_sliding(angles.numpy(), translation.numpy(), rotation.numpy()) * FPS
    assert slip.mean() < 0.15  # [m/s]
    speed = (translation[1:, :2] - translation[:-1, :2]).norm(dim=-1).numpy() * FPS
    assert speed.max() < 2.2
    assert (translation[-1, :2] - translation[0, :2]).norm() < 0.4  # a cycle ends about where it began


@pytest.mark.parametrize("slug", SLUGS)
def test_no_hand_passes_through_head_or_trunk(graph, slug):
    angles, _, _ = one_cycle(graph, slug)
    pose = forward(torch.from_numpy(np.ascontiguousarray(angles)))
    at = {name: pose.positions[:, i] for name, i in JOINT_INDEX.items()}
    crown = pose.rotations[:, JOINT_INDEX["head"]] @ torch.tensor([0.0, 0.0, 0.09], dtype=torch.float64)
    for side, part in itertools.product(("left", "right"), ("wrist", "hand")):
        point = at[f"{side}_{part}"]
        assert (point - at["head"] - crown).norm(dim=-1).min() > 0.17  # a head of 0.11 m and some air
        for joint in ("pelvis", "spine1", "spine2", "spine3", "neck"):
            assert (point - at[joint]).norm(dim=-1).min() > 0.15, f"{side} {part} at {joint}"


def clearance(pose, left, right):
    """(T,) least distance [m] between two chains of joints, sampled along their bones."""
    share = torch.linspace(0, 1, 9, dtype=torch.float64)[:, None]

    def points(names):
        ends = [pose.positions[:, JOINT_INDEX[name], None] for name in names]
        return torch.cat([a + (b - a) * share for a, b in itertools.pairwise(ends)], 1)

    return torch.cdist(points(left), points(right)).flatten(1).amin(1)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_limbs_do_not_pass_through_each_other(graph, slug):
    angles, _, _ = one_cycle(graph, slug)
    pose = forward(torch.from_numpy(np.ascontiguousarray(angles)))
    for bones, least in ((("elbow", "wrist", "hand"), 0.045), (("knee", "ankle", "foot"), 0.055)):
        gap = clearance(pose, *([f"{side}_{bone}" for bone in bones] for side in ("left", "right")))
        assert gap.min() > least, f"{bones} at {gap.argmin() / len(gap):.3f} of the cycle"


@pytest.mark.parametrize("slug", SLUGS)
def test_left_and_right_take_turns(graph, slug):
    """Over a cycle both sides do about as much: neither side's arm nor leg is left idle."""
    angles, _, _ = one_cycle(graph, slug)
    spread = np.degrees(np.ptp(angles, axis=0))
    for i in LEGS + ARMS:
        if ANGLES[i].startswith("left_") and spread[i] > 30:
            assert spread[ANGLE_INDEX[ANGLES[i].replace("left_", "right_")]] > spread[i] / 2
    trunk = [ANGLE_INDEX["spine1_lateral"], ANGLE_INDEX["spine3_lateral"]]
    assert (spread[trunk] > 8).all()  # the trunk dances too


def test_no_two_dances_are_nearly_the_same(graph):
    phase = np.arange(64) / 64
    cycles = {s: StanceCurve.of_rulebook(graph.rulebook(s)).at(phase, FPS).state[:, :36] for s in SLUGS}
    for one, other in itertools.combinations(SLUGS, 2):
        nearest = min(
            np.sqrt(((cycles[one] - np.roll(cycles[other], shift, 0)) ** 2).mean()) for shift in range(64)
        )
        assert np.degrees(nearest) > 12, f"{one} and {other}: {np.degrees(nearest):.1f} deg"


def test_the_circle_dance_goes_round_once_and_one_way(graph):
    _, heading, _ = one_cycle(graph, "tibetan-guozhuang")
    assert (np.diff(heading) < 0).all()  # clockwise seen from above
    assert heading[-1] - heading[0] == pytest.approx(-2 * np.pi)


def test_the_hands_meet_in_the_torch_dance(graph):
    stances = [s for s in _stances(graph, "yi-torch") if "clap" in s.name]
    assert len(stances) == 2
    positions = forward(torch.tensor(np.array([s.angles for s in stances]))).positions
    gap = positions[:, JOINT_INDEX["left_hand"]] - positions[:, JOINT_INDEX["right_hand"]]
    assert (gap.norm(dim=-1) < 0.08).all()


def test_the_peacock_rule_of_the_paper_holds_for_women_and_not_for_men(graph):
    rest = np.array(graph.rulebook("dai-peacock").stances[0].angles)
    for side, (part, value) in itertools.product(("left", "right"), (("wrist_flexion", 68), ("elbow_flexion", 15))):
        pose = rest.copy()
        pose[ANGLE_INDEX[f"{side}_{part}"]] = np.radians(value)
        assert graph.rulebook("dai-peacock", "female").domain.violates(pose)
        assert not graph.rulebook("dai-peacock", "male").domain.violates(pose)


def test_a_wing_may_be_lowered_or_bent_but_not_both_at_once(graph):
    domain = graph.rulebook("mongolian-wrestling").domain
    pose = np.array(graph.rulebook("mongolian-wrestling").stances[0].angles)
    arm, elbow = ANGLE_INDEX["left_shoulder_abduction"], ANGLE_INDEX["left_elbow_flexion"]
    for abduction, flexion, forbidden in ((60, 20, False), (100, 90, False), (60, 90, True)):
        pose[arm], pose[elbow] = np.radians((abduction, flexion))
        assert bool(domain.violates(pose)) is forbidden


def test_refusals_say_what_is_forbidden_and_on_whose_word(graph):
    with pytest.raises(Refused) as female:
        graph.rulebook("mongolian-wrestling", "female")
    with pytest.raises(Refused) as funeral:
        graph.rulebook("yi-torch", occasion="funeral")
    for refusal in (*female.value.refusals, *funeral.value.refusals):
        assert "Wang" in refusal["source"] and refusal["allowed"]


def test_nothing_ships_as_reviewed_and_every_stance_says_who_composed_it(graph):
    for slug, stance in ((s, stance) for s in SLUGS for stance in _stances(graph, s)):
        assert stance.review == "unreviewed", slug
        assert stance.source.iri.endswith("source-project-choreography"), slug


def test_only_men_wear_the_tiger_totem(graph):
    assert "yi-tiger-totem" in graph.rulebook("yi-torch", "male").costume.patterns
    assert "yi-tiger-totem" not in graph.rulebook("yi-torch", "female").costume.patterns

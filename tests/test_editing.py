"""Edits on the generator that ships: what is kept stays, what is new keeps the rules, and no border is seen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.body import facing
from ritual.body.track import breaches
from ritual.brief import Brief, Progress
from ritual.clip import read
from ritual.clip.resample import resample
from ritual.editing import Ask, between, regenerate
from ritual.errors import BadInput, Cancelled, Refused
from ritual.generate import Engine, generate
from ritual.motion.key_poses import KeyPose
from ritual.service.contract import BriefRequest

ARRAYS = ("angles", "root_translation", "root_rotation", "positions")
MOCAP = Path(__file__).parents[1].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")


@pytest.fixture(scope="module")
def engine():
    return Engine.load()


@pytest.fixture(scope="module")
def danced(engine):
    made = {}

    def clip(dance, seconds=5.0, seed=3, fps=25.0):
        key = (dance, seconds, seed, fps)
        if key not in made:
            brief = Brief("with joy", dance, seconds=seconds, variants=1, seed=seed, fps=fps)
            made[key] = generate(brief, engine).variants[0].clip
        return made[key]

    return clip


def bends(angles):
    """(T - 2,) by how much the fastest-changing angle changes its pace at a frame [deg a frame]."""
    return np.degrees(np.abs(np.diff(angles, 2, axis=0)).max(1))


def assert_borders_are_not_seen(edited, sources):
    """The pace changes at a border no more than in the liveliest moments of what was edited."""
    angles = edited.generation.variants[0].clip.angles
    seen = [k - 1 for k in (edited.start - 1, edited.start) if edited.start > 0]
    seen += [k - 1 for k in (edited.end - 1, edited.end) if edited.end < len(angles)]
    seen = [k for k in seen if 0 <= k < len(angles) - 2]
    if seen:
        lively = max(np.quantile(bends(clip.angles), 0.99) for clip in sources)
        assert bends(angles)[seen].max() < SEEN * lively


def assert_kept(edited, clip):
    made = edited.generation.variants[0].clip
    kept = np.r_[0 : edited.start, edited.end : clip.frames]
    for name in ARRAYS:
        assert np.array_equal(getattr(made, name)[kept], getattr(clip, name)[kept]), name


SEEN = 2.0  # times the 99th percentile of what was edited
SPANS = ((40, 90), (0, 40), (80, 125), (60, 62), (0, 125), (124, 125), (0, 1), (1, 124))


@pytest.mark.parametrize("number", range(15))
def test_every_dance_can_be_danced_anew_in_part(engine, danced, number):
    dance = engine.graph.dances()[number].slug
    clip, (start, end) = danced(dance), SPANS[number % len(SPANS)]
    edited = regenerate(clip, start, end, engine, Ask(seed=number))
    variant = edited.generation.variants[0]
    assert_kept(edited, clip)
    assert_borders_are_not_seen(edited, [clip])
    assert variant.report.compliant and not edited.kept
    assert breaches(variant.clip.angles, edited.generation.course.schedule) == []
    assert not np.array_equal(variant.clip.angles[start:end], clip.angles[start:end])
    assert variant.contact.under_floor_mm < 1 and variant.contact.sliding_p95_mm < 10


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_any_span_of_a_clip_can_be_danced_anew(engine, danced, data):
    dance = data.draw(st.sampled_from(("dai-peacock", "miao-drum", "tibetan-guozhuang")))
    clip = danced(dance)
    start = data.draw(st.integers(0, clip.frames - 1))
    end = data.draw(st.integers(start + 1, clip.frames))
    edited = regenerate(clip, start, end, engine, Ask(seed=data.draw(st.integers(0, 9))))
    assert_kept(edited, clip)
    assert_borders_are_not_seen(edited, [clip])
    assert edited.generation.variants[0].report.compliant
    assert np.isfinite(edited.generation.variants[0].clip.positions).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_many_spans_of_every_dance(engine, danced, seed):
    rng = np.random.default_rng(seed)
    for dance in engine.graph.dances():
        clip = danced(dance.slug, 7.0, 100 + seed)
        start = int(rng.integers(0, 170))
        edited = regenerate(clip, start, int(min(175, start + rng.integers(2, 90))), engine, Ask(seed=seed))
        assert_kept(edited, clip)
        assert edited.generation.variants[0].report.compliant


def test_the_new_span_follows_the_seed_and_variants_differ(engine, danced):
    clip = danced("dai-peacock")
    one = regenerate(clip, 30, 100, engine, Ask(seed=1, variants=2)).generation.variants
    again = regenerate(clip, 30, 100, engine, Ask(seed=1, variants=2)).generation.variants
    other = regenerate(clip, 30, 100, engine, Ask(seed=2)).generation.variants
    for a, b in zip(one, again, strict=True):
        assert np.array_equal(a.clip.angles, b.clip.angles)
    assert np.abs(one[0].clip.angles - one[1].clip.angles).max() > 0.05
    assert np.abs(one[0].clip.angles - other[0].clip.angles).max() > 0.05


def test_a_dance_that_turns_one_way_still_does(engine, danced):
    """The Tibetan circle dance turns clockwise only."""
    clip = danced("tibetan-guozhuang")
    for start, end in ((20, 60), (70, 110)):
        edited = regenerate(clip, start, end, engine, Ask(seed=start))
        assert edited.generation.course.turning
        assert edited.generation.variants[0].report.compliant


@pytest.mark.parametrize("dance", ["dai-peacock", "yi-torch", "mongolian-wrestling"])
def test_two_clips_are_joined_where_the_steps_lead(engine, danced, dance):
    first, second = danced(dance), danced(dance, 3.0, 8)
    edited = between(first, second, 1.2, engine, Ask(seed=2))
    clip = edited.generation.variants[0].clip
    assert clip.frames == 125 + 30 + 75 and (edited.start, edited.end) == (125, 155)
    assert np.array_equal(clip.angles[:125], first.angles) and np.array_equal(clip.angles[155:], second.angles)
    assert np.array_equal(clip.root_translation[:125], first.root_translation)
    apart = np.diff(clip.root_translation[155:], axis=0), np.diff(second.root_translation, axis=0)
    assert np.allclose(*(np.linalg.norm(d, axis=1) for d in apart), atol=1e-9)  # moved and turned as a whole
    assert_borders_are_not_seen(edited, [first, second])
    step = np.linalg.norm(np.diff(clip.root_translation, axis=0), axis=1)
    assert step[124:156].max() < 1.5 * max(step[:124].max(), step[156:].max())
    variant = edited.generation.variants[0]
    assert variant.report.compliant and variant.contact.sliding_p95_mm < 5
    assert np.abs(np.diff(facing.heading(clip.root_rotation))).max() < 0.35


def test_a_clip_that_keeps_its_place_is_reached(engine, danced):
    first, second = danced("han-yangko"), danced("han-yangko", 3.0, 8)
    clip = between(first, second, 2.0, engine, keep_place=True).generation.variants[0].clip
    for name in ARRAYS:
        assert np.array_equal(getattr(clip, name)[-75:], getattr(second, name)), name


def test_a_clip_leads_into_itself(engine, danced):
    clip = danced("miao-drum")
    edited = between(clip, clip, 1.0, engine)
    made = edited.generation.variants[0].clip
    assert np.array_equal(made.angles[:125], made.angles[150:])
    assert_borders_are_not_seen(edited, [clip])
    assert edited.generation.variants[0].report.compliant


def test_a_gap_too_short_for_the_way_is_told(engine, danced):
    first, second = danced("mongolian-wrestling"), danced("mongolian-wrestling", 3.0, 8)
    (note,) = between(first, second, 0.04, engine).notes
    assert "hurries" in note and "more frames" in note
    assert between(first, second, 2.0, engine).notes == ()


def test_a_foot_that_has_a_way_to_go_takes_a_step(engine, danced):
    first, second = danced("mongolian-wrestling", 7.0, 101), danced("mongolian-wrestling", 3.0, 201)
    edited = between(first, second, 1.52, engine, Ask(seed=1), keep_place=True)
    assert edited.generation.variants[0].contact.sliding_mm < 2


def test_another_frame_rate_is_resampled_and_said(engine, danced):
    first, second = danced("dai-peacock"), danced("dai-peacock", 3.0, 8, 30.0)
    edited = between(first, second, 1.0, engine)
    assert "30 to 25 frames per second" in edited.notes[0] and edited.report()["edit"]["notes"]
    assert np.array_equal(edited.generation.variants[0].clip.angles[150:], resample(second, 25.0).angles)


def test_what_a_kept_frame_breaks_is_told_and_left(engine, danced):
    clip = danced("dai-peacock")
    angles = clip.angles.copy()
    angles[10:20, 0] += np.radians(200)
    broken = replace(clip, angles=angles)
    edited = regenerate(broken, 60, 90, engine)
    variant = edited.generation.variants[0]
    assert edited.kept and not variant.report.compliant
    assert all(v.end <= 21 / 25 for v in variant.report.violations)
    assert np.array_equal(variant.clip.angles[:60], angles[:60])
    assert edited.report()["edit"]["kept_violations"]


def test_a_border_that_breaks_a_rule_itself_does_not_stop_the_edit(engine, danced):
    clip = danced("dai-peacock")
    angles = clip.angles.copy()
    angles[50:60, 0] += np.radians(200)
    edited = regenerate(replace(clip, angles=angles), 60, 90, engine)
    made = edited.generation.variants[0].clip
    assert np.array_equal(made.angles[:60], angles[:60])
    assert breaches(made.angles[60:], edited.generation.course.part(60, 124).schedule) == []


@pytest.mark.parametrize("dance", ["dai-peacock", "yi-torch", "miao-drum"])
def test_a_dance_passes_through_key_poses(engine, danced, dance):
    other = danced(dance, 3.0, 8)
    keys = [KeyPose.of_clip(other, at, frame) for at, frame in ((5, 0), (40, 50), (70, 90))]
    result = generate(Brief("with joy", dance, seconds=5, variants=2, seed=1), engine, keys=keys)
    for variant in result.variants:
        angles = variant.clip.angles
        assert variant.report.compliant
        step = np.degrees(np.abs(np.diff(angles, axis=0)).max(1))
        near = np.zeros(len(step), bool)
        for key in keys:
            assert np.degrees(np.abs(angles[key.frame] - key.angles).max()) < 0.1
            near[max(key.frame - 2, 0) : key.frame + 2] = True
        assert step[near].max() < 1.5 * np.quantile(step[~near], 0.99)
    assert result.report()["key_frames"] == [0, 50, 90] and not result.moved


def test_a_brief_may_say_how_the_dancer_stands(engine, danced):
    pose = danced("dai-peacock").angles[30]
    request = BriefRequest(prompt="with joy", dance="dai-peacock", seconds=2.0, variants=1, pose=tuple(pose))
    clip = generate(request.to_brief(), engine).variants[0].clip
    assert np.degrees(np.abs(clip.angles[0] - pose).max()) < 0.1
    with pytest.raises(BadInput, match="36 angles"):
        generate(Brief("with joy", "dai-peacock", pose=(0.0,) * 35), engine)


def test_a_forbidden_key_pose_is_reached_as_nearly_as_the_rules_allow(engine, danced):
    key = KeyPose.of_angles(np.where(np.arange(36) == 14, np.radians(179), 0.0), 50)
    wrist = KeyPose.of_angles(np.radians(np.full(36, 89.0)), 50)
    for wanted in (key, wrist):
        result = generate(Brief("bow", "dai-peacock", seconds=4, variants=1), engine, keys=[wanted])
        (moved,), clip = result.moved, result.variants[0].clip
        assert moved.frame == 50 and moved.broken and result.variants[0].report.compliant
        off = np.degrees(np.abs(clip.angles[50] - wanted.angles).max())
        assert off == pytest.approx(moved.moved_deg, abs=0.1)
        assert result.report()["moved_poses"][0]["broken"][0]["rule"]


def test_a_reference_clip_is_danced_after_and_its_faults_are_not(engine, danced):
    reference = danced("miao-drum", 3.0, 8)
    brief = Brief("with joy", "han-yangko", seconds=6, variants=1, seed=1)
    after, own = (generate(brief, engine, reference=r) for r in (reference, None))
    assert after.variants[0].report.compliant

    def apart(result):
        poses = result.variants[0].clip.angles
        return np.abs(poses[:, None] - reference.angles[None, ::5]).mean(-1).min(1).mean()

    assert apart(after) < 0.7 * apart(own)


@needs_mocap
def test_a_recorded_motion_is_filled_in_the_manner_of_a_dance(engine):
    clip = resample(read(sorted((MOCAP / "cmu_salsa").glob("*.bvh"))[0]), 30.0)
    clip = replace(clip, **{name: getattr(clip, name)[:150] for name in ARRAYS})
    with pytest.raises(BadInput, match="does not say which dance"):
        regenerate(clip, 50, 100, engine)
    edited = regenerate(clip, 50, 100, engine, Ask(dance="han-yangko"))
    assert_kept(edited, clip)
    made = edited.generation.variants[0].clip
    inside = edited.generation.course.part(51, 98)
    assert breaches(made.angles[51:99], inside.schedule) == []


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (9, 3), (100, 126), (125, 126)])
def test_a_span_outside_the_clip_gets_one_clear_sentence(engine, danced, start, end):
    with pytest.raises(BadInput, match="frames are 0 to 124"):
        regenerate(danced("dai-peacock"), start, end, engine)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 0.01, 61.0, float("nan"), float("inf")])
def test_a_gap_out_of_range_gets_one_clear_sentence(engine, danced, seconds):
    with pytest.raises(BadInput, match="between two clips"):
        between(danced("dai-peacock"), danced("dai-peacock"), seconds, engine)


def test_clips_of_two_dances_need_a_dance(engine, danced):
    pair = danced("dai-peacock"), danced("yi-torch")
    with pytest.raises(BadInput, match="dai-peacock and yi-torch"):
        between(*pair, 1.0, engine)
    edited = between(*pair, 1.0, engine, Ask(dance="han-yangko"))
    assert edited.generation.variants[0].clip.meta["dance"] == "han-yangko"


def test_a_forbidden_edit_is_refused_with_the_rule(engine, danced):
    with pytest.raises(Refused, match="funeral"):
        regenerate(danced("yi-torch"), 20, 60, engine, Ask(occasion="funeral"))


def test_an_edit_tells_its_progress_and_stops_when_it_is_told_to(engine, danced):
    seen: list[Progress] = []
    regenerate(danced("dai-peacock"), 20, 60, engine, progress=seen.append)
    assert [p.stage for p in seen][:3] == ["rules", "text", "model"] and seen[-1].stage == "planted feet"
    with pytest.raises(Cancelled):
        regenerate(danced("dai-peacock"), 20, 60, engine, cancelled=lambda: True)


def test_an_edit_goes_on_at_the_tempo_of_its_clip(engine):
    brief = Brief("with joy", "yi-torch", seconds=5, variants=1, seed=3, bpm=90)
    clip = generate(brief, engine).variants[0].clip
    edited = regenerate(clip, 40, 90, engine)
    course = edited.generation.course
    assert course.beats.bpm == pytest.approx(90)
    assert edited.generation.variants[0].clip.meta["tempo"] == clip.meta["tempo"]
    assert edited.generation.variants[0].report.compliant


def test_key_poses_follow_a_tempo_and_leave_loops_alone(engine, danced):
    key = KeyPose.of_clip(danced("yi-torch", 3.0, 8), 40, 50)
    brief = Brief("with joy", "yi-torch", seconds=4, variants=1, seed=1, bpm=90, energy=1.2)
    clip = generate(brief, engine, keys=[key]).variants[0].clip
    assert np.degrees(np.abs(clip.angles[50] - key.angles).max()) < 0.1
    with pytest.raises(BadInput, match="loop"):
        generate(replace(brief, loop=True), engine, keys=[key])

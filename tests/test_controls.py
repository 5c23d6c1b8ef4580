"""Tempo, music, loops and sliders through the whole corridor: closed, compliant, and still dancing after a minute."""

import numpy as np
import pytest

from ritual.body.footing import find_footing, runs
from ritual.body.planting import sole_points
from ritual.body.tempo import Tempo
from ritual.body.track import breaches
from ritual.body.track_fit import Track
from ritual.brief import Brief
from ritual.culture.clip_compliance import clip_violations
from ritual.culture.clip_looping import Round, Travel, closed, posed, unrolled
from ritual.culture.course import Course, course_of, tempo_of
from ritual.generate import Engine, generate


@pytest.fixture(scope="module")
def engine():
    return Engine.load()


def ask(engine, dance, **words):
    return generate(Brief("a lively dance", dance, **{"seconds": 6.0, "variants": 1, "seed": 4, **words}), engine)


def moving(clip):
    """(T - 1,) mean joint speed [m/s] beside the pelvis' path."""
    placed = clip.positions - clip.root_translation[:, None] * (1, 1, 0)
    return np.linalg.norm(np.diff(placed, axis=0), axis=-1).mean(1) * clip.fps


# Loops.


@pytest.fixture(scope="module", params=["han-yangko", "tibetan-guozhuang", "li-bamboo"])
def loop(engine, request):
    """Steps, a ring with a rule on turning, hops."""
    return ask(engine, request.param, loop=True, variants=2)


def rounds(variant, count=2):
    told = variant.clip.meta["loop"]
    return unrolled(variant.clip, Travel(told["yaw"], np.array(told["translation"])), count)


def test_a_loop_closes_in_pose_and_pace(loop):
    for variant in loop.variants:
        frames, on = variant.clip.frames, rounds(variant)
        assert frames == loop.course.frames == variant.clip.meta["loop"]["frames"]
        for order in (1, 2):
            change = np.linalg.norm(np.diff(on.positions, n=order, axis=0), axis=-1).max(1)
            assert change[frames - order : frames].max() <= 1.1 * np.percentile(change[: frames - order], 99), order


def test_a_loop_keeps_every_rule_across_its_seam(loop):
    for variant in loop.variants:
        assert variant.report.compliant and variant.report.frames == variant.clip.frames
        assert clip_violations(rounds(variant), Round.of(loop.course).twice, 0.0) == []


def test_planted_feet_do_not_slide_over_the_seam(loop):
    for variant in loop.variants:
        assert variant.contact.sliding_mm < 3.0 and variant.contact.under_floor_mm < 0.1


def test_a_loop_says_how_long_it_has_become_and_how_far_it_travels(loop):
    report = loop.report()
    assert "6 s were asked for" in report["notes"][0]
    for entry, variant in zip(report["variants"], loop.variants, strict=True):
        told = entry["loop"]
        turns = -told["cycles"] if loop.rulebook.dance.slug == "tibetan-guozhuang" else 0
        assert told["asked_seconds"] == 6.0 and told["yaw"] == pytest.approx(2 * np.pi * turns, abs=0.02)
        assert variant.clip.root_translation[0, :2] == pytest.approx((0, 0))
        assert 0 < np.hypot(*told["translation"][:2]) < 1.0


def test_where_the_fade_breaks_a_rule_it_is_mended_and_the_middle_stays(engine):
    """An elbow that leaves what the peacock allows within the fade alone."""
    result = ask(engine, "dai-peacock", loop=True)
    loop = Round.of(result.course)
    made = result.variants[0].clip
    bad = loop.spread(made.angles)
    box = result.rulebook.domain.boxes[0]
    for j, low, high in box.intervals:
        bad[loop.more + made.frames - 18 : loop.more + made.frames - 15, j] = (max(low, -1.5) + min(high, 2.5)) / 2
    assert breaches(made.angles, result.course.schedule) == [] != breaches(bad, loop.wide.schedule)
    wide = posed(made, bad, loop.spread(made.root_translation), loop.spread(made.root_rotation))
    again, travel = closed(wide, loop)
    assert clip_violations(unrolled(again, travel, 2), loop.twice, 0.0) == []
    half = made.frames // 2
    np.testing.assert_array_equal(again.angles[half - 20 : half + 20], made.angles[half - 20 : half + 20])


# Beats.


def test_a_clip_says_its_beats_and_a_check_reads_them(engine):
    beats = tuple(0.25 + 0.55 * np.arange(9))
    result = ask(engine, "miao-drum", beats=beats)
    (variant,) = result.variants
    assert variant.report.compliant and variant.contact.sliding_mm < 3.0
    assert result.report()["tempo"]["beats"] == pytest.approx(beats)
    assert "The last beat is at 4.65 s" in result.report()["notes"][0]
    read = tempo_of(variant.clip)
    assert read.heard and read.beats == pytest.approx(beats)
    told = course_of(engine.graph, "miao-drum", None, [(0, None)], variant.clip.frames, variant.clip.fps, tempo=read)
    np.testing.assert_allclose(told.cycle, result.course.cycle, atol=1e-6)


@pytest.mark.parametrize("meta", [{}, {"tempo": None}, {"tempo": {"beats": "x"}}, {"tempo": {"beats": [1, 0]}}])
def test_a_clip_that_says_no_beats_has_none(engine, meta):
    clip = ask(engine, "miao-drum", seconds=1.0).variants[0].clip
    del clip.meta["tempo"]
    clip.meta.update(meta)
    assert tempo_of(clip) is None


def test_patterns_and_rules_of_a_part_of_the_cycle_follow_the_beats(engine):
    book = engine.graph.rulebook("miao-drum")
    slow, fast = (Course(((0, book),), 250, 25.0, Tempo.steady(bpm, 8)).unfoldings() for bpm in (56, 112))
    own = Course(((0, book),), 250, 25.0).unfoldings()
    assert fast == own and own
    assert slow[0]["start_frame"] == pytest.approx(2 * own[0]["start_frame"], abs=1)
    assert slow[0]["end_frame"] == pytest.approx(2 * own[0]["end_frame"], abs=2)


# Long clips.


def test_a_minute_neither_drifts_nor_freezes(engine):
    result = ask(engine, "li-bamboo", seconds=60.0)
    (variant,) = result.variants
    clip, contact = variant.clip, variant.contact
    away = np.linalg.norm(clip.root_translation[:, :2] - clip.root_translation[0, :2], axis=1)
    assert away.max() < 2.6  # it would be 3.8 m
    speed = moving(clip)
    rolling = np.convolve(speed, np.ones(50) / 50, "valid")
    assert rolling.min() > 0.7 * np.median(rolling)
    assert speed[-375:].mean() == pytest.approx(speed[:375].mean(), rel=0.1)
    assert variant.report.compliant and contact.sliding_mm < 3.0
    soles = sole_points(*Track(clip.angles, clip.root_translation, clip.root_rotation).pose())
    lowest = soles[..., 2].min((1, 2))
    assert lowest.min() > -1e-4
    assert max(last - first for first, last in runs(find_footing(soles, clip.fps).airborne)) < 25


def test_phrases_meet_without_a_jerk(engine):
    clip = ask(engine, "mongolian-wrestling", seconds=30.0).variants[0].clip
    placed = clip.positions - clip.root_translation[:, None] * (1, 1, 0)
    change = np.linalg.norm(np.diff(placed, n=2, axis=0), axis=-1).mean(1)
    parts = np.floor(2 * Course(((0, engine.graph.rulebook("mongolian-wrestling")),), clip.frames, clip.fps).cycle)
    near = np.zeros(len(change), bool)
    for border in np.flatnonzero(np.diff(parts)):
        near[max(0, border - 4) : border + 4] = True
    assert change[near].mean() < 1.6 * change[~near].mean()
    assert change[near].max() < 1.2 * change[~near].max()


# Sliders.


def test_sliders_move_what_they_say_and_every_value_keeps_the_rules(engine):
    kinetic, upright, jerks = [], [], []
    for words in ({"energy": 0.5}, {}, {"energy": 1.5}, {"style": 0.0}, {"style": 0.5}, {}, {"style": 1.5}):
        (variant,) = ask(engine, "dai-peacock", seconds=4.0, **words).variants
        assert variant.report.compliant and variant.contact.sliding_mm < 3.0, words
        placed = variant.clip.positions - variant.clip.root_translation[:, None] * (1, 1, 0)
        kinetic.append(np.square(np.diff(placed, axis=0)).sum(-1).mean())
        jerks.append(np.linalg.norm(np.diff(placed, n=3, axis=0), axis=-1).mean())
        upright.append(np.abs(variant.clip.angles).mean())
    assert (np.diff(kinetic[:3]) > 0).all() and (np.diff(upright[3:]) > 0).all()
    assert max(jerks) < 2 * jerks[1]

"""Rules that change inside a clip, and the way of turning: from the Turtle that a curator writes to the clip."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from ritual.body.facing import heading
from ritual.body.schedule import violates
from ritual.body.skeleton import ANGLE_INDEX, ANGLES
from ritual.body.track import breaches
from ritual.body.turning import turns_back
from ritual.brief import Brief
from ritual.culture.course import tempo_of
from ritual.culture.graph import load_graph
from ritual.errors import BadInput, Refused
from ritual.generate import Engine, generate
from ritual.resources import resource

CLAIM = "dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed ."
STRICT = "".join(
    f"""
kg:dai-quiet-{angle} a rm:AngleTaboo ; rm:dance kg:dai-peacock ; SCOPE skos:prefLabel "quiet {angle}"@en ;
    rm:interval kg:dai-quiet-{angle}-side ; {CLAIM}
kg:dai-quiet-{angle}-side a rm:Interval ; rm:onAngle angle:{angle} ; {side} .
"""
    for angle, side in (
        ("left_wrist_flexion", "rm:above 53"),
        ("right_wrist_flexion", "rm:above 53"),
        ("left_elbow_flexion", "rm:below 31"),
        ("right_elbow_flexion", "rm:below 31"),
    )
)
ARMS = [i for i, name in enumerate(ANGLES) if name.split("_")[1] in ("shoulder", "elbow", "forearm", "wrist")]
BRIEF = Brief("a peacock greets the dawn", "dai-peacock", seconds=8, variants=3, seed=1)


@pytest.fixture(scope="module")
def engine():
    return Engine.load()


@pytest.fixture
def with_rules(engine, tmp_path):
    """`with_rules(group, more, old, new)`: the engine over the shipped graph with a group's file changed."""

    def load(group, more="", old="", new=""):
        folder = tmp_path / "graph"
        shutil.copytree(resource("knowledge_graph"), folder)
        path = folder / "groups" / f"{group}.ttl"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text((text.replace(old, new) if old else text) + more, encoding="utf-8")
        return replace(engine, graph=load_graph(folder))

    return load


def test_a_rule_of_the_second_occasion_holds_from_its_second_on(engine, with_rules):
    strict = with_rules("dai", STRICT.replace("SCOPE", "rm:occasion kg:funeral ;"))
    free = generate(BRIEF, strict)
    brief = replace(BRIEF, occasion="wedding", changes=((4.0, "funeral"),))
    result = generate(brief, strict)
    assert result.rulebook.occasion == "wedding" and all(v.report.compliant for v in result.variants)
    hits = [hit for v in result.variants for hit in v.report.interceptions]
    assert hits and all(hit.start_frame >= 100 for hit in hits)
    assert not any(v.report.interceptions for v in free.variants)
    for before, after in zip(free.variants, result.variants, strict=True):
        assert np.array_equal(before.clip.angles[:95, ARMS], after.clip.angles[:95, ARMS])
        assert np.degrees(np.abs(before.clip.angles - after.clip.angles)[:95]).max() < 0.1  # weight shifts before it
        assert breaches(after.clip.angles, result.course.schedule) == []
        steps = [np.abs(np.diff(v.clip.angles, axis=0)).max() for v in (before, after)]
        assert steps[1] < steps[0] + np.radians(2)
    assert result.variants[0].clip.meta["occasions"] == [[0, "wedding"], [100, "funeral"]]
    (change,) = result.report()["changes"]
    assert (change["frame"], change["seconds"], change["occasion"]) == (100, 4.0, "funeral")
    assert sum("dai-quiet" in iri for iri in change["begins"]) == 4 and change["ceases"] == []
    rules = {rule["iri"] for rule in result.report()["rules"]}
    assert set(change["begins"]) <= rules and result.report()["occasion"] == "wedding"


def test_the_patterns_of_every_occasion_travel_with_the_clip(with_rules):
    """A ban on what is only worn takes it off at that moment and lets the dance go on."""
    ban = f"\nkg:naxi-ban a rm:OccasionBan ; rm:forbids kg:symbol-naxi-seven-stars ; rm:occasion kg:funeral ; {CLAIM}\n"
    brief = Brief("dance", "naxi-datiao", occasion="sanduo", seconds=2, variants=1, changes=((1.0, "funeral"),))
    clip = generate(brief, with_rules("naxi", ban)).variants[0].clip
    assert clip.meta["patterns"] == [["naxi-seven-stars"], []]
    assert clip.meta["occasions"] == [[0, "sanduo"], [25, "funeral"]]


def test_an_occasion_that_forbids_the_dance_refuses_the_whole_brief_from_its_second(engine):
    with pytest.raises(Refused, match=r"From second 2 on \(funeral\) it is forbidden") as refusal:
        generate(Brief("fire", "yi-torch", seconds=4, changes=((2.0, "funeral"),)), engine)
    assert refusal.value.refusals[0]["rule"] and refusal.value.refusals[0]["source"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (((9.0, "funeral"),), "up to 7.96 s"),
        (((0.0, "funeral"),), "at 0 s"),
        (((float("nan"), "funeral"),), "at nan s"),
        (((3.0, "funeral"), (2.0, "wedding")), "does not come after"),
        (((3.0, "funeral"), (3.01, "wedding")), "at least one frame apart"),
        (((3.0, "weding"),), "wedding"),
    ],
)
def test_bad_changes_get_one_clear_sentence(engine, changes, message):
    with pytest.raises(BadInput) as error:
        generate(replace(BRIEF, changes=changes), engine)
    assert message in str(error.value)


def test_a_rule_of_a_part_of_the_cycle_intercepts_only_there(with_rules):
    phases = (0.3, 0.6)
    engine = with_rules("dai", STRICT.replace("SCOPE", f"rm:phaseFrom {phases[0]} ; rm:phaseTo {phases[1]} ;"))
    result = generate(BRIEF, engine)
    assert len(result.course.schedule) > 2 and any(v.report.interceptions for v in result.variants)
    for variant in result.variants:
        course = variant.course
        for hit in variant.report.interceptions:
            assert phases[0] - 0.02 < course.cycle[hit.start_frame] % 1 <= phases[1]
        assert variant.report.compliant and breaches(variant.clip.angles, course.schedule) == []
        assert not violates(variant.clip.angles, course.schedule).any()
        assert tempo_of(variant.clip).beats == pytest.approx(course.beats.beats, abs=0)


def test_stances_that_turn_the_forbidden_way_still_give_a_legal_clip(engine, with_rules):
    """The Tibetan circle goes clockwise; a curator turns its rule round."""
    brief = Brief("with joy", "tibetan-guozhuang", seconds=8, variants=2)
    free = generate(brief, engine)
    other_way = with_rules("tibetan", old="rm:direction rm:Clockwise", new="rm:direction rm:Counterclockwise")
    turned = generate(brief, other_way)
    for before, after in zip(free.variants, turned.variants, strict=True):
        assert np.degrees(np.ptp(heading(before.clip.root_rotation))) > 400
        yaw = heading(after.clip.root_rotation)
        assert after.report.compliant and turns_back(yaw, turned.course.turning, 1e-9) == []
        hit = after.report.interceptions[0]
        assert hit.angle == "heading" and hit.value_deg < -400 and hit.replaced_deg >= -45
        assert "clockwise instead of" in hit.replaced_by and hit.rule and hit.source
        lowest = after.clip.positions[:, [7, 8, 10, 11], 2].min(1)
        assert lowest.min() > -0.01
        assert np.array_equal(before.clip.angles[:, ARMS], after.clip.angles[:, ARMS])  # the feet step otherwise


def test_turning_that_keeps_its_way_is_left_bit_for_bit(engine, with_rules):
    brief = Brief("with joy", "tibetan-guozhuang", seconds=4, variants=1)
    ruled = generate(brief, engine).variants[0]
    assert ruled.report.interceptions == () and ruled.report.compliant
    free = with_rules("tibetan", old="rm:direction rm:Clockwise ;", new="rm:direction rm:Clockwise ; rm:swing 170 ;")
    assert np.array_equal(ruled.clip.root_rotation, generate(brief, free).variants[0].clip.root_rotation)


def test_the_angle_named_by_a_report_is_one_of_the_body_or_the_heading(with_rules):
    result = generate(BRIEF, with_rules("dai", STRICT.replace("SCOPE", "")))
    named = {hit["angle"] for variant in result.report()["variants"] for hit in variant["interceptions"]}
    assert named and named <= set(ANGLE_INDEX) | {"heading"}

"""Every kind of rule is data: each is added to the made-up group as Turtle, and what obeys it is asked."""

# ruff: noqa: E501 - one Turtle statement a line

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ritual.body.cycle import narrowed
from ritual.body.skeleton import ANGLE_INDEX
from ritual.culture import conflicts, wardrobe
from ritual.culture.graph import Graph, load_graph
from ritual.culture.meaning import Context, Meaning
from ritual.culture.problems import WARNING
from ritual.culture.vocabulary import KG
from ritual.errors import BadGraph, BadInput, Refused

PREFIXES = """
@prefix rm: <urn:ritual-motion:ontology:> . @prefix kg: <urn:ritual-motion:kg:> . @prefix angle: <urn:ritual-motion:angle:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix prov: <http://www.w3.org/ns/prov#> .
"""
STATED = "dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed ."
DANCE = "dong-lusheng"
RITE = f"""
kg:rite a rm:Ritual ; rm:slug "rite" ; skos:prefLabel "Dong rite"@en , "侗族仪式"@zh ; rm:partOf kg:great-rite ; {STATED}
kg:great-rite a rm:Ritual ; rm:slug "great-rite" ; skos:prefLabel "great rite"@en , "大典"@zh ; {STATED}
kg:dong-lusheng rm:partOf kg:rite .
kg:elder a rm:PerformerRole ; rm:slug "elder" ; skos:broader rm:Male ; skos:prefLabel "elder"@en , "长者"@zh .
"""


@pytest.fixture
def told(folder: Path) -> Callable[[str], Graph]:
    """The made-up group with more statements; `STATED` is put for `...`."""

    def tell(turtle: str) -> Graph:
        (folder / "more.ttl").write_text(PREFIXES + RITE + turtle.replace("...", STATED), encoding="utf-8")
        return load_graph(folder)

    return tell


def meaning(graph: Graph, name: str, context: Context | None = None) -> Meaning:
    (found,) = graph.meanings(name, context)
    return found


def rule(graph: Graph, name: str, **where: str | None):
    return next(r for r in graph.explain(DANCE, **where) if r.iri == f"{KG}{name}")


@pytest.mark.parametrize(
    "scope", ["rm:dance kg:dong-lusheng", "rm:ritual kg:rite", "rm:ritual kg:great-rite", "rm:group kg:dong"]
)
def test_a_rule_on_a_ritual_or_a_group_holds_for_its_dances(told, scope):
    graph = told(
        f"kg:low a rm:AngleRange ; {scope} ; rm:onAngle angle:right_knee_flexion ; rm:minimum 0 ; rm:maximum 50 ; ..."
    )
    domain = graph.rulebook(DANCE).domain
    assert math.degrees(domain.upper[ANGLE_INDEX["right_knee_flexion"]]) == pytest.approx(50)
    assert rule(graph, "low").text == (
        "In the Dong lusheng dance, a performer's right knee flexion stays between 0 and 50 deg."
    )


def test_a_rule_on_another_ritual_does_not_hold(told):
    graph = told(
        'kg:other a rm:Ritual ; rm:slug "other" ; skos:prefLabel "other"@en , "他"@zh ; ...\n'
        "kg:low a rm:AngleRange ; rm:ritual kg:other ; rm:onAngle angle:right_knee_flexion ; rm:minimum 0 ; rm:maximum 50 ; ..."
    )
    assert math.degrees(graph.rulebook(DANCE).domain.upper[ANGLE_INDEX["right_knee_flexion"]]) > 100


def test_a_rule_on_a_broader_role_holds_for_the_narrower(told):
    graph = told(
        "kg:dong-male-wrist a rm:AngleRange ; rm:dance kg:dong-lusheng ; rm:performer rm:Male ;"
        " rm:onAngle angle:left_wrist_flexion ; rm:minimum -20 ; rm:maximum 20 ; ..."
    )
    j = ANGLE_INDEX["left_wrist_flexion"]
    assert math.degrees(graph.rulebook(DANCE, "elder").domain.upper[j]) == pytest.approx(20)
    assert math.degrees(graph.rulebook(DANCE, "female").domain.upper[j]) > 20


def test_an_exception_lifts_the_rule_where_it_says_and_is_told(told):
    graph = told(
        "kg:free a rm:Exception ; rm:exceptionTo kg:dong-drum-worn ; rm:occasion kg:harvest ; ...\n"
        "kg:wrist-free a rm:Exception ; rm:exceptionTo kg:dong-lusheng-wrist ; rm:dance kg:dong-lusheng ; rm:occasion kg:wedding ; ..."
    )
    drum = f"{KG}dong-drum"
    graph.rulebook(DANCE, "female", "harvest", mentioned=[drum])
    with pytest.raises(Refused, match="worn by male performers only"):
        graph.rulebook(DANCE, "female", "wedding", mentioned=[drum])
    assert not graph.rulebook(DANCE, "female", "wedding").domain.boxes
    assert graph.rulebook(DANCE, "female", "new-year").domain.boxes
    assert rule(graph, "dong-drum-worn").text == (
        "The Dong drum is worn by male performers only. It does not hold at the harvest festival (general knowledge)."
    )


def test_an_exception_for_another_dance_lifts_nothing(told):
    graph = told(
        'kg:d2 a rm:Dance ; rm:slug "d2" ; skos:prefLabel "second"@en , "二"@zh ; rm:group kg:dong ; rm:bpm 90 ; rm:beatsPerCycle 8 ;'
        " rm:performer rm:Male ; rm:defaultPerformer rm:Male ; rm:occasion kg:wedding ; ...\n"
        'kg:d2s a rm:Stance ; rm:dance kg:d2 ; skos:prefLabel "stand"@en ; rm:phase 0 ; ...\n'
        "kg:free a rm:Exception ; rm:exceptionTo kg:dong-sun-ban ; rm:dance kg:d2 ; ..."
    )
    graph.rulebook("d2", "male", "funeral", mentioned=[f"{KG}dong-sun"])
    with pytest.raises(Refused, match="The Dong sun is forbidden at a funeral"):
        graph.rulebook(DANCE, "male", "funeral")


def test_a_taboo_of_a_part_of_the_cycle_holds_there_and_not_elsewhere(told):
    graph = told(
        'kg:part a rm:AngleTaboo ; rm:dance kg:dong-lusheng ; skos:prefLabel "bent knee"@en ; rm:interval kg:part-side ;'
        " rm:phaseFrom 0.7 ; rm:phaseTo 0.1 ; ...\n"
        "kg:part-side a rm:Interval ; rm:onAngle angle:left_knee_flexion ; rm:above 20 ."
    )
    rulebook = graph.rulebook(DANCE)
    assert rule(graph, "part").text == (
        "In the Dong lusheng dance, from 70 to 10 % of its cycle, a performer's left knee flexion stays at or below 20 deg."
    )
    frames, fps = 200, 25.0
    spans = rulebook.schedule(rulebook.tempo.cycle(np.arange(frames) / fps))
    assert (spans[0].start, spans[-1].end) == (0, frames - 1)
    assert all(a.end == b.start for a, b in pairwise(spans))
    pose = np.zeros(36)
    pose[ANGLE_INDEX["left_knee_flexion"]] = math.radians(40)
    for span in spans:
        for frame in range(span.start + 1, span.end):
            phase = frame / fps / rulebook.cycle_seconds % 1.0
            slack = 1.0 / fps / rulebook.cycle_seconds
            if 0.1 + slack < phase < 0.7 - slack:
                assert not span.domain.violates(pose), phase
            if phase < 0.1 or phase > 0.7:
                assert span.domain.violates(pose), phase


def test_ranges_that_meet_at_a_moment_of_the_cycle_and_exclude_each_other_are_refused(told):
    common = "a rm:AngleRange ; rm:dance kg:dong-lusheng ; rm:onAngle angle:right_elbow_flexion"
    with pytest.raises(BadGraph, match="kg:first and kg:second exclude each other"):
        told(
            f"kg:first {common} ; rm:minimum 0 ; rm:maximum 10 ; rm:phaseFrom 0 ; rm:phaseTo 0.25 ; ...\n"
            f"kg:second {common} ; rm:minimum 40 ; rm:maximum 60 ; rm:phaseFrom 0.25 ; rm:phaseTo 0.4 ; ..."
        )


def test_a_direction_of_rotation_reaches_the_rulebook(told):
    graph = told(
        "kg:round a rm:RotationRule ; rm:ritual kg:rite ; rm:direction rm:Counterclockwise ; rm:swing 30 ; ..."
    )
    (limit,) = graph.rulebook(DANCE).turning
    assert (limit.direction, limit.swing, limit.reason.rule) == (1, pytest.approx(math.radians(30)), f"{KG}round")
    assert rule(graph, "round").text == (
        "In the Dong lusheng dance, turning goes counter-clockwise only, as seen from above; "
        "a swing back of up to 30 deg is no turn."
    )


def test_a_direction_on_a_symbol_holds_for_the_dances_that_show_it(told):
    graph = told("kg:round a rm:RotationRule ; rm:symbol kg:dong-sun ; rm:direction rm:Counterclockwise ; ...")
    assert [limit.direction for limit in graph.rulebook(DANCE).turning] == [1]
    graph = told("kg:round a rm:RotationRule ; rm:symbol kg:dong-drum ; rm:direction rm:Counterclockwise ; ...")
    assert graph.rulebook(DANCE).turning == ()


HUNT = f"""
kg:scene-hunt a rm:Scene ; rm:slug "hunt" ; skos:prefLabel "hunt"@en , "围猎"@zh ; rm:phrase "in a hunt"@en ; {STATED}
kg:no-hunt a rm:SceneBan ; rm:forbids kg:dong-drum ; rm:scene kg:scene-hunt ; {STATED}
kg:dong-costume-male rm:symbol kg:dong-drum .
"""


def test_a_symbol_is_never_set_in_a_forbidden_scene(told):
    graph = told(HUNT)
    scene, drum = f"{KG}scene-hunt", f"{KG}dong-drum"
    with pytest.raises(Refused) as caught:
        graph.rulebook(DANCE, mentioned=[scene, drum])
    assert caught.value.refusals[0]["text"] == "The Dong drum is never set in a hunt."
    assert "dong-drum" in graph.rulebook(DANCE, "elder").costume.patterns
    assert "dong-drum" not in graph.rulebook(DANCE, "elder", mentioned=[scene]).costume.patterns


def test_the_names_of_scenes_are_recognised_in_prompts(told):
    assert ("围猎", "zh", "scene", f"{KG}scene-hunt", "hunt") in told(HUNT).labels()


def test_a_choice_of_costume_is_held_to_the_dress_code(told):
    code = told("").rulebook(DANCE, "female", "wedding").dress_code
    found = wardrobe.breaches(["#f5d020", "#101010", "#ffffff"], ["dong-drum", "dong-sun"], code)
    assert [(b.what, b.rule.kind) for b in found] == [
        ("black (#101010) and yellow (#f5d020)", "colour-pair"),
        ("dong-drum", "who-may-wear"),
    ]
    assert wardrobe.breaches(["#f5d020", "#ffffff"], ["dong-sun"], code) == []


BOUND = f"""
kg:bound a rm:TrajectoryBinding ; rm:symbol kg:dong-sun ; rm:dance kg:dong-lusheng ; rm:onJoint "right_hand" ;
    rm:phaseFrom 0.25 ; rm:phaseTo 0.75 ; {STATED}
"""


def test_a_symbol_bound_to_a_movement_reaches_the_rulebook_and_no_other_dance(told):
    graph = told(
        BOUND
        + 'kg:d2 a rm:Dance ; rm:slug "d2" ; skos:prefLabel "second"@en , "二"@zh ; rm:group kg:dong ; rm:bpm 90 ; rm:beatsPerCycle 8 ;'
        " rm:performer rm:Female ; rm:defaultPerformer rm:Female ; rm:occasion kg:wedding ; ...\n"
        'kg:d2s a rm:Stance ; rm:dance kg:d2 ; skos:prefLabel "stand"@en ; rm:phase 0 ; ...'
    )
    (binding,) = graph.rulebook(DANCE).bindings
    assert (binding.symbol, binding.joint, binding.start, binding.end) == ("dong-sun", "right_hand", 0.25, 0.75)
    assert binding.text == (
        "In the Dong lusheng dance, the Dong sun unfolds along the path of the right hand, "
        "from 25 to 75 % of its cycle; other dances do not show it."
    )
    assert graph.rulebook("d2").bindings == ()
    assert "dong-sun" not in graph.rulebook("d2").costume.patterns
    with pytest.raises(Refused, match="other dances do not show it"):
        graph.rulebook("d2", mentioned=[f"{KG}dong-sun"])


MEANINGS = f"""
kg:strap a rm:DressPart ; rm:slug "strap" ; skos:prefLabel "child's strap"@en , "背带"@zh ; {STATED}
kg:sun-funeral a rm:ContextualMeaning ; rm:symbol kg:dong-sun ; rm:occasion kg:funeral ; rm:meaning kg:concept-mourning ; {STATED}
kg:sun-strap a rm:ContextualMeaning ; rm:symbol kg:dong-sun ; rm:wornOn kg:strap ; rm:group kg:dong ; rm:meaning kg:concept-shelter ; {STATED}
kg:red-wedding a rm:ContextualMeaning ; rm:colour kg:colour-red ; rm:occasion kg:wedding ; rm:meaning kg:concept-joy ; {STATED}
kg:tip a rm:Measure ; rm:slug "tip" ; rm:unit "deg" ; skos:prefLabel "tip inclination"@en , "尖角"@zh ; {STATED}
kg:steep a rm:ShapeMeaning ; rm:symbol kg:dong-sun ; rm:measure kg:tip ; rm:above 45 ; rm:meaning kg:concept-courage ; {STATED}
"""


def test_a_meaning_turns_with_its_context(told):
    graph = told(MEANINGS)
    assert meaning(graph, "dong-sun").meanings == ("light",)
    assert meaning(graph, "sun disc", Context(occasion="funeral")).meanings == ("mourning",)
    assert meaning(graph, "侗族太阳纹", Context(occasion="wedding")).meanings == ("light",)
    on_strap = meaning(graph, "sun", Context(occasion="funeral", worn_on="strap", group="dong"))
    assert (on_strap.meanings, on_strap.overruled, on_strap.conflict) == (("shelter",), ("light",), False)
    assert [(r.rule.text, r.decides) for r in on_strap.why] == [
        ("Among the Dong on the child's strap the Dong sun means shelter.", True),
        ("At a funeral the Dong sun means mourning.", False),
        ("The Dong sun means light.", False),
    ]
    assert meaning(graph, "red", Context(occasion="wedding")).meanings == ("joy",)
    assert meaning(graph, "red").meanings == ()


def test_every_symbol_that_goes_by_a_name_is_answered(told):
    more = 'kg:moon-sun a rm:Symbol ; rm:slug "moon-sun" ; skos:prefLabel "moon sun"@en , "日月"@zh ; ...'
    graph = told(MEANINGS + more)
    assert [m.label for m in graph.meanings("sun")] == ["Dong sun", "moon sun"]
    assert [m.label for m in graph.meanings("sun", Context(group="dong"))] == ["Dong sun"]


def test_shape_decides_a_meaning_and_rules_of_equal_rank_are_told_not_settled(told):
    graph = told(MEANINGS)
    assert meaning(graph, "dong-sun", Context(measures={"tip": 50.0})).meanings == ("courage",)
    assert meaning(graph, "dong-sun", Context(measures={"tip": 45.0})).meanings == ("light",)
    both = meaning(graph, "dong-sun", Context(occasion="funeral", measures={"tip": 50.0}))
    assert (both.meanings, both.conflict) == (("courage", "mourning"), True)
    assert rule(graph, "steep").text == "Where its tip inclination is above 45 deg, the Dong sun means courage."


@pytest.mark.parametrize(
    ("name", "context", "message"),
    [
        ("dong-son", Context(), "Unknown symbol or colour 'dong-son'. Did you mean dong-sun"),
        ("dong", Context(), "Unknown symbol or colour 'dong'"),
        ("dong-sun", Context(occasion="funerals"), "Unknown occasion 'funerals'"),
        ("dong-sun", Context(group="dung"), "Unknown group 'dung'. Did you mean dong?"),
        ("dong-sun", Context(worn_on="hat"), "Unknown part of dress 'hat'"),
        ("dong-sun", Context(measures={"size": 1.0}), "Unknown measure 'size'"),
    ],
)  # fmt: skip
def test_an_unknown_word_in_a_question_of_meaning_has_its_sentence(told, name, context, message):
    graph = told(MEANINGS)
    with pytest.raises(BadInput) as caught:
        meaning(graph, name, context)
    assert message in str(caught.value)


POLICY = f"""
kg:council a prov:Organization ; skos:prefLabel "the village council"@en .
kg:policy a odrl:Policy ; skos:prefLabel "council's word"@en ; prov:wasAttributedTo kg:council ;
    odrl:prohibition kg:policy-1 ; {STATED}
kg:policy-1 a odrl:Prohibition ; odrl:target %s ; odrl:action %s .
"""


def test_what_a_community_does_not_permit_is_refused_or_taken_off(told):
    graph = told(POLICY % ("kg:dong-lusheng", "odrl:derive"))
    with pytest.raises(
        Refused, match="The village council does not permit that the Dong lusheng dance is made into motion"
    ):
        graph.rulebook(DANCE)
    graph = told(POLICY % ("kg:dong-sun", "odrl:display"))
    assert "dong-sun" not in graph.rulebook(DANCE).costume.patterns


CONFLICTS = {
    "two directions": (
        "kg:a a rm:RotationRule ; rm:dance kg:dong-lusheng ; rm:direction rm:Counterclockwise ; rm:swing 300 ; ...\n"
        "kg:b a rm:RotationRule ; rm:group kg:dong ; rm:direction rm:Clockwise ; rm:swing 300 ; ...",
        "turns Dong lusheng dance another way than kg:a does; no turn is left to it",
    ),
    "stances that turn the other way": (
        "kg:a a rm:RotationRule ; rm:dance kg:dong-lusheng ; rm:direction rm:Clockwise ; ...",
        "has stances that turn against kg:a, which lets it turn clockwise only",
    ),
    "two wearers": (
        "kg:b a rm:WearRule ; rm:symbol kg:dong-drum ; rm:onlyPerformer rm:Female ; ...",
        "so nobody wears it",
    ),
    "two meanings": (
        MEANINGS + "kg:z a rm:ContextualMeaning ; rm:symbol kg:dong-sun ; rm:occasion kg:funeral ; rm:meaning kg:concept-joy ; ...",
        "gives kg:dong-sun another meaning than kg:sun-funeral in the same context",
    ),
    "an idle exception": (
        "kg:free a rm:Exception ; rm:exceptionTo kg:dong-sun-ban ; rm:occasion kg:wedding ; ...",
        "lifts kg:dong-sun-ban for kg:wedding, where it does not hold anyway",
    ),
    "a bound symbol that is not shown": (
        BOUND.replace("kg:dong-sun", "kg:dong-drum"),
        "does not show kg:dong-drum, though kg:bound lets it unfold there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONFLICTS)
def test_a_conflict_is_reported_and_not_settled(told, case):
    turtle, sentence = CONFLICTS[case]
    graph = told(turtle)
    found = [*conflicts.graph_conflicts(graph._nodes), *conflicts.dance_conflicts(graph._rules(DANCE))]
    assert [p.severity for p in found] == [WARNING]
    assert sentence in found[0].text


def test_the_made_up_group_has_no_conflict(told):
    graph = told(MEANINGS + BOUND)
    assert not [*conflicts.graph_conflicts(graph._nodes), *conflicts.dance_conflicts(graph._rules(DANCE))]


def test_parts_narrow_a_domain_together(told):
    graph = told(
        "kg:p a rm:AngleRange ; rm:dance kg:dong-lusheng ; rm:onAngle angle:head_flexion ; rm:minimum -5 ; rm:maximum 5 ;"
        " rm:phaseFrom 0 ; rm:phaseTo 1 ; ..."
    )
    rulebook = graph.rulebook(DANCE)
    domain = narrowed(rulebook.domain, rulebook.phased)
    j = ANGLE_INDEX["head_flexion"]
    assert math.degrees(domain.upper[j]) == pytest.approx(5)
    assert domain.limit_reason(j).rule == f"{KG}p"
    assert [span.domain.limit_reason(j).rule for span in rulebook.schedule(np.arange(50) / 25.0)] == [f"{KG}p"]

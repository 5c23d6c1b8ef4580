"""What a rulebook holds, and what the graph refuses."""

from __future__ import annotations

from collections.abc import Callable
from math import radians
from pathlib import Path

import numpy as np
import pytest

from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.culture.graph import Graph, load_graph
from ritual.culture.rulebook import Rule
from ritual.errors import Refused

KG = "urn:ritual-motion:kg:"
Edit = Callable[[str, str], Path]


def texts(rules: tuple[Rule, ...], kind: str) -> list[str]:
    return [rule.text for rule in rules if rule.kind == kind]


def test_defaults_are_the_dances_own(dong: Graph) -> None:
    rulebook = dong.rulebook("dong-lusheng")
    assert (rulebook.performer, rulebook.occasion) == ("male", "wedding")
    assert rulebook.cycle_seconds == pytest.approx(16 / 3)


def test_stances_come_in_the_order_of_their_phase_in_radians(dong: Graph) -> None:
    stand, lean = dong.rulebook("dong-lusheng").stances
    assert (stand.name, stand.phase, stand.facing, stand.lift) == ("stand", 0.0, 0.0, 0.0)
    assert (lean.name, lean.phase, lean.lift) == ("lean", 0.5, 0.1)
    assert lean.facing == pytest.approx(np.pi / 2)
    expected = np.zeros(36)
    expected[ANGLE_INDEX["left_knee_flexion"]] = radians(40)
    expected[ANGLE_INDEX["left_elbow_flexion"]] = radians(90)
    np.testing.assert_allclose(lean.angles, expected)


def test_a_stance_of_one_performer_is_not_the_others(edited: Edit) -> None:
    graph = load_graph(
        edited('skos:prefLabel "lean"@en', 'rm:performer rm:Female ; skos:prefLabel "lean"@en')
    )
    assert [s.name for s in graph.rulebook("dong-lusheng", "female").stances] == ["stand", "lean"]
    assert [s.name for s in graph.rulebook("dong-lusheng", "male").stances] == ["stand"]


def test_a_range_narrows_the_limits_and_names_its_rule(dong: Graph) -> None:
    domain = dong.rulebook("dong-lusheng").domain
    knee = ANGLE_INDEX["left_knee_flexion"]
    assert domain.upper[knee] == pytest.approx(radians(60))
    reason = domain.limit_reason(knee)
    assert reason.rule == f"{KG}dong-lusheng-knee"
    assert (
        reason.text == "In the Dong lusheng dance, a performer's left knee flexion stays between 0 and 60 deg."
    )
    assert reason.source == "General knowledge; no source supports this statement yet."
    other = ANGLE_INDEX["right_knee_flexion"]
    assert domain.upper[other] == SKELETON.limits[other][1]


def test_two_ranges_that_set_a_side_each_are_both_named(edited: Edit) -> None:
    def elbow_range(name: str, low: int, high: int) -> str:
        return (
            f"kg:{name} a rm:AngleRange ; rm:dance kg:dong-lusheng ; rm:onAngle angle:left_elbow_flexion ;\n"
            f"    rm:minimum {low} ; rm:maximum {high} ;\n"
            "    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n"
        )

    ranges = elbow_range("elbow-a", 0, 140) + elbow_range("elbow-b", 20, 150) + elbow_range("elbow-c", 0, 100)
    domain = load_graph(edited("kg:dong-drum-worn a", f"{ranges}kg:dong-drum-worn a")).rulebook("dong-lusheng").domain
    elbow = ANGLE_INDEX["left_elbow_flexion"]
    np.testing.assert_allclose([domain.lower[elbow], domain.upper[elbow]], np.radians([20, 100]))
    reason = domain.limit_reason(elbow)
    assert reason.rule == f"{KG}elbow-b, {KG}elbow-c"  # elbow-a is wider than elbow-c
    assert reason.source == "General knowledge; no source supports this statement yet."


def test_a_taboo_holds_for_its_performer_only(dong: Graph) -> None:
    assert dong.rulebook("dong-lusheng", "male").domain.boxes == ()
    (box,) = dong.rulebook("dong-lusheng", "female").domain.boxes
    assert box.intervals == ((ANGLE_INDEX["left_wrist_flexion"], radians(65), np.inf),)
    assert box.reason.rule == f"{KG}dong-lusheng-wrist"
    assert (
        box.reason.text
        == "In the Dong lusheng dance, a female performer's left wrist flexion stays at or below 65 deg."
    )
    assert box.reason.source.startswith("Wang, P. (2026)")


def test_a_taboo_holds_on_its_occasion_only(dong: Graph) -> None:
    (box,) = dong.rulebook("dong-lusheng", "male", "harvest").domain.boxes
    assert box.reason.text == (
        "In the Dong lusheng dance at the harvest festival, a performer does not hold left shoulder abduction "
        "above 120 deg together with left elbow flexion below 20 deg."
    )
    pose = np.zeros(36)
    pose[ANGLE_INDEX["left_shoulder_abduction"]] = radians(130)
    assert box.contains(pose)
    pose[ANGLE_INDEX["left_elbow_flexion"]] = radians(30)
    assert not box.contains(pose)


def test_an_interval_with_two_sides_is_put_into_words(edited: Edit) -> None:
    graph = load_graph(edited("rm:above 65", "rm:above 65 ; rm:below 70"))
    assert texts(graph.explain("dong-lusheng", "female", "wedding"), "joint-angle-domain")[-1] == (
        "In the Dong lusheng dance, a female performer's left wrist flexion is never between 65 and 70 deg."
    )


def test_explain_says_every_rule_in_words_with_source_and_review(dong: Graph) -> None:
    rules = dong.explain("dong-lusheng")
    assert [(rule.kind, rule.text) for rule in rules] == [
        ("who-may-perform", "The Dong lusheng dance is not given to female performers in worship."),
        ("who-may-perform", "The Dong lusheng dance is given to female and male performers."),
        (
            "occasion",
            "The Dong lusheng dance is performed at a wedding and at the harvest festival.",
        ),
        ("occasion", "The Dong sun is forbidden at a funeral, and the Dong lusheng dance shows it."),
        (
            "joint-angle-domain",
            "In the Dong lusheng dance at the harvest festival, a performer does not hold left shoulder abduction "
            "above 120 deg together with left elbow flexion below 20 deg.",
        ),
        (
            "joint-angle-domain",
            "In the Dong lusheng dance, a performer's left knee flexion stays between 0 and 60 deg.",
        ),
        (
            "joint-angle-domain",
            "In the Dong lusheng dance, a female performer's left wrist flexion stays at or below 65 deg.",
        ),
        ("who-may-wear", "The Dong drum is worn by male performers only."),
        ("colour-pair", "In Dong costume black and yellow are not joined: together they signify calamity."),
    ]
    wrist = rules[6]
    assert (wrist.iri, wrist.label) == (f"{KG}dong-lusheng-wrist", "bent wrist")
    assert (wrist.source.label, wrist.review) == ("Wang (2026)", "paper-only")
    assert wrist.allowed == "left wrist flexion at most 65 deg"
    assert all(rule.allowed and rule.source.citation for rule in rules)


def test_explain_for_one_performer_leaves_out_the_others_rules(dong: Graph) -> None:
    male = dong.explain("dong-lusheng", "male", "wedding")
    assert texts(male, "joint-angle-domain") == [
        "In the Dong lusheng dance, a performer's left knee flexion stays between 0 and 60 deg."
    ]
    assert male == dong.rulebook("dong-lusheng", "male", "wedding").rules


def test_an_occasion_that_no_rule_speaks_of_is_allowed_and_said(dong: Graph) -> None:
    rules = dong.rulebook("dong-lusheng", occasion="new-year").rules
    assert texts(rules, "occasion") == [
        "The Dong lusheng dance is performed at a wedding and at the harvest festival; "
        "whether it is performed at New Year the graph does not say."
    ]


def test_a_performer_whom_a_rule_forbids_on_an_occasion_is_refused_there(dong: Graph) -> None:
    with pytest.raises(Refused) as caught:
        dong.rulebook("dong-lusheng", "female", "worship")
    assert caught.value.message == "The Dong lusheng dance is not given to female performers in worship."
    assert caught.value.hint == "Allowed: male performers."
    assert dong.rulebook("dong-lusheng", "male", "worship").occasion == "worship"


def test_a_performer_whom_the_dance_does_not_list_is_refused(edited: Edit) -> None:
    graph = load_graph(edited("rm:performer rm:Female , rm:Male ;", "rm:performer rm:Male ;"))
    with pytest.raises(Refused) as caught:
        graph.rulebook("dong-lusheng", "female")
    assert caught.value.message == "The Dong lusheng dance is given to male performers."
    assert caught.value.refusals[0]["rule"] == f"{KG}dong-lusheng"


def test_two_refusals_are_both_told(edited: Edit) -> None:
    graph = load_graph(edited("rm:occasion kg:funeral", "rm:occasion kg:worship"))
    with pytest.raises(Refused) as caught:
        graph.rulebook("dong-lusheng", "female", "worship")
    assert [refusal["rule"] for refusal in caught.value.refusals] == [f"{KG}dong-evening-men", f"{KG}dong-sun-ban"]


def test_a_symbol_that_the_prompt_names_is_refused_where_it_is_banned(shipped: Graph) -> None:
    pattern = next(r for r in shipped.explain("yi-torch") if "forbidden at a funeral" in r.text)
    symbol = next(
        label.iri for label in shipped.labels() if label.kind == "symbol" and label.english in pattern.text[4:]
    )
    assert shipped.rulebook("han-yangko", "male", "wedding", mentioned=[symbol]).occasion == "wedding"
    with pytest.raises(Refused) as caught:
        shipped.rulebook("han-yangko", "male", "funeral", mentioned=[symbol])
    assert caught.value.refusals[0]["rule"] == pattern.iri


def test_a_mentioned_symbol_that_the_performer_may_not_wear_refuses_the_brief(dong: Graph) -> None:
    with pytest.raises(Refused, match="The Dong drum is worn by male performers only"):
        dong.rulebook("dong-lusheng", "female", mentioned=[f"{KG}dong-drum"])


def test_a_ban_names_the_occasions_that_are_left(dong: Graph) -> None:
    with pytest.raises(Refused) as caught:
        dong.rulebook("dong-lusheng", "male", "funeral")
    assert caught.value.refusals[0]["allowed"] == "the Dong lusheng dance at a wedding or at the harvest festival"


def test_a_female_mongolian_wrestler_is_refused(shipped: Graph) -> None:
    with pytest.raises(Refused) as caught:
        shipped.rulebook("mongolian-wrestling", "female")
    assert caught.value.code == "refused"
    assert "is not given to female performers." in caught.value.message
    (refusal,) = caught.value.refusals
    assert refusal["source"].startswith("Wang, P. (2026)")
    assert (refusal["allowed"], refusal["review"]) == ("male performers", "paper-only")
    assert shipped.rulebook("mongolian-wrestling").performer == "male"


def test_the_torch_festival_dance_at_a_funeral_is_refused(shipped: Graph) -> None:
    with pytest.raises(Refused) as caught:
        shipped.rulebook("yi-torch", occasion="funeral")
    assert caught.value.message.endswith(
        "is forbidden at a funeral, and the Yi torch-festival dance shows it."
    )
    assert "at the Torch Festival" in caught.value.refusals[0]["allowed"]
    assert caught.value.refusals[0]["source"].startswith("Wang, P. (2026)")


def test_every_shipped_dance_compiles_for_every_performer_and_occasion(shipped: Graph) -> None:
    for dance in shipped.dances():
        for performer in dance.performers:
            for occasion in dance.occasions:
                rulebook = shipped.rulebook(dance.slug, performer, occasion)
                poses = np.stack([stance.angles for stance in rulebook.stances])
                assert not rulebook.domain.violates(poses, 1e-9).any()
                assert [s.phase for s in rulebook.stances] == sorted({s.phase for s in rulebook.stances})


def test_the_costume_is_the_performers_own_before_the_groups(dong: Graph) -> None:
    male = dong.rulebook("dong-lusheng", "male").costume
    assert (male.iri, male.garment, male.headdress) == (f"{KG}dong-costume-male", "trousers", "turban")
    assert (male.robe, male.garment_colour, male.headdress_colour) == ("#202020", "#303030", "#404040")
    female = dong.rulebook("dong-lusheng", "female").costume
    assert (female.iri, female.garment, female.headdress) == (f"{KG}dong-costume", "skirt", "silver-crown")
    # lower case; what is left out follows the robe and the trim
    assert (female.trim, female.garment_colour, female.headdress_colour) == ("#ffffff", "#203060", "#ffffff")


def test_a_dances_own_costume_goes_before_its_groups(edited: Edit) -> None:
    own = "rm:bpm 90 ; rm:costume kg:dong-feast-costume ;"
    folder = edited("rm:bpm 90 ;", own)
    path = folder / "groups" / "dong.ttl"
    text = path.read_text(encoding="utf-8")
    costume = text[text.index("kg:dong-costume a") : text.index("kg:dong-costume-male a")]
    path.write_text(text + costume.replace("kg:dong-costume a", "kg:dong-feast-costume a"), encoding="utf-8")
    assert load_graph(folder).rulebook("dong-lusheng", "male").costume.iri == f"{KG}dong-feast-costume"


def test_a_pattern_that_the_performer_may_not_wear_is_left_off(dong: Graph, edited: Edit) -> None:
    assert dong.rulebook("dong-lusheng", "female").costume.patterns == ("dong-sun",)
    graph = load_graph(edited("rm:onlyPerformer rm:Male", "rm:onlyPerformer rm:Female"))
    assert graph.rulebook("dong-lusheng", "female").costume.patterns == ("dong-drum", "dong-sun")


def test_a_pattern_that_the_occasion_bans_is_left_off(edited: Edit) -> None:
    graph = load_graph(edited("rm:forbids kg:dong-sun", "rm:forbids kg:dong-drum"))
    assert graph.rulebook("dong-lusheng", "male", "funeral").costume.patterns == ("dong-sun",)
    assert "The Dong drum is forbidden at a funeral." in texts(graph.explain("dong-lusheng"), "occasion")

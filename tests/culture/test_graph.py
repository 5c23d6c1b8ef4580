"""The shipped graph and the questions that a door asks it; a new group is a new file and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rdflib.namespace import RDF, SKOS

from ritual.body.skeleton import SKELETON
from ritual.culture.graph import Graph, Label, load_graph
from ritual.culture.vocabulary import ANGLE, RM
from ritual.errors import BadInput
from ritual.resources import resource

SHIPPED = {"dai-peacock", "yi-torch", "mongolian-wrestling", "tibetan-guozhuang", "miao-drum", "han-yangko"}
GROUPS = {"Dai", "Yi", "Mongolian", "Tibetan", "Miao", "Han", "Jingpo"}


def test_the_shipped_graph_holds_the_dances_and_groups_that_were_promised(shipped: Graph) -> None:
    assert {dance.slug for dance in shipped.dances()} >= SHIPPED
    assert {label.english for label in shipped.labels() if label.kind == "group"} >= GROUPS


def test_dances_come_sorted_with_their_facts(dong: Graph) -> None:
    (dance,) = dong.dances()
    assert (dance.slug, dance.label, dance.label_zh) == ("dong-lusheng", "Dong lusheng dance", "侗族芦笙舞")
    assert (dance.group, dance.group_label, dance.group_label_zh) == ("dong", "Dong", "侗族")
    assert (dance.latitude, dance.longitude) == (26.2, 109.2)
    assert (dance.performers, dance.default_performer) == (("female", "male"), "male")
    assert dance.occasions == ("wedding", "harvest")  # the default first
    assert dance.symbols == ("dong-sun",)
    assert dance.cycle_seconds == pytest.approx(8 * 60 / 90)
    assert dance.source.label == "general knowledge"
    assert dance.review == "unreviewed"


def test_without_a_default_occasion_the_first_by_name_stands_in(edited) -> None:
    graph = load_graph(edited("; rm:defaultOccasion kg:wedding", ""))
    assert graph.dance("dong-lusheng").default_occasion == "harvest"


def test_occasions_have_slugs_names_and_a_place_in_a_sentence(shipped: Graph) -> None:
    occasions = {occasion.slug: occasion for occasion in shipped.occasions()}
    assert {"wedding", "funeral", "harvest", "new-year", "torch-festival", "naadam", "worship"} <= set(occasions)
    assert list(occasions) == sorted(occasions)
    assert occasions["funeral"].label_zh == "葬礼"
    assert occasions["funeral"].phrase == "at a funeral"


def test_labels_hold_every_name_in_both_languages(dong: Graph) -> None:
    labels = dong.labels()
    sun = "urn:ritual-motion:kg:dong-sun"
    assert Label("sun disc", "en", "symbol", sun, "Dong sun") in labels
    assert Label("侗族太阳纹", "zh", "symbol", sun, "Dong sun") in labels
    assert Label("侗族芦笙舞", "zh", "dance", "urn:ritual-motion:kg:dong-lusheng", "Dong lusheng dance") in labels
    assert {label.kind for label in labels} == {"group", "dance", "symbol", "occasion", "scene", "performer"}


def test_the_slug_of_a_node_is_found_by_its_iri(dong: Graph) -> None:
    assert dong.slug("urn:ritual-motion:kg:dong-sun") == "dong-sun"
    with pytest.raises(BadInput, match="has no slug for 'urn:nobody'"):
        dong.slug("urn:nobody")


def test_an_unknown_dance_gets_the_nearest_names(shipped: Graph) -> None:
    for ask in (shipped.dance, shipped.rulebook, shipped.explain):
        with pytest.raises(BadInput) as caught:
            ask("dai-peacok")
        assert caught.value.message == "Unknown dance 'dai-peacok'."
        assert caught.value.hint.startswith("Did you mean dai-peacock")
        assert caught.value.code == "unknown_dance"


def test_an_unknown_occasion_or_performer_gets_the_nearest_names(shipped: Graph) -> None:
    with pytest.raises(BadInput) as caught:
        shipped.rulebook("dai-peacock", None, "funerall")
    assert caught.value.message == "Unknown occasion 'funerall'."
    assert caught.value.hint.startswith("Did you mean funeral")
    with pytest.raises(BadInput) as caught:
        shipped.explain("dai-peacock", "femal")
    assert str(caught.value) == "Unknown performer 'femal'. Did you mean female or male?"


def test_a_new_group_is_one_file_and_no_code(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    before = {dance.slug for dance in load_graph(folder).dances()}
    shutil.copy(Path(__file__).with_name("dong.ttl"), folder / "groups" / "dong.ttl")
    graph = load_graph(folder)
    assert {dance.slug for dance in graph.dances()} == before | {"dong-lusheng"}
    rulebook = graph.rulebook("dong-lusheng", "female")
    wrist = SKELETON.angle_names.index("left_wrist_flexion")
    pose = rulebook.stances[0].angles.copy()
    assert not rulebook.domain.violates(pose)
    pose[wrist] = 1.3  # 74 deg
    assert rulebook.domain.violates(pose)


def test_the_declared_angles_are_those_of_the_body(shipped: Graph) -> None:
    data = shipped.triples
    assert set(data.subjects(RDF.type, RM.Angle)) == {ANGLE[angle.name] for angle in SKELETON.angles}
    for angle in SKELETON.angles:
        definition = str(data.value(ANGLE[angle.name], SKOS.definition))
        moves = f"The body moves from {angle.min_deg:g} to {angle.max_deg:g} degrees."
        assert definition == f"Positive: {angle.positive}. {moves}"


def test_each_term_of_our_own_is_defined(shipped: Graph) -> None:
    data = shipped.triples
    own = {subject for subject in data.subjects() if subject.startswith(RM)}
    own.discard(RM[""])
    assert len(own) > 70
    assert not {term for term in own if data.value(term, SKOS.definition) is None}


def test_nothing_ships_as_reviewed(shipped: Graph) -> None:
    assert not list(shipped.triples.subjects(RM.review, RM.Reviewed))


def test_the_taboos_that_the_paper_names_are_in_the_shipped_graph(shipped: Graph) -> None:
    domain = shipped.rulebook("dai-peacock", "female").domain
    assert domain.boxes
    for side in ("left", "right"):
        wrist = SKELETON.angle_names.index(f"{side}_wrist_flexion")
        elbow = SKELETON.angle_names.index(f"{side}_elbow_flexion")
        pose = shipped.rulebook("dai-peacock", "female").stances[0].angles.copy()
        for angle, bad, good in ((wrist, 66, 64), (elbow, 19, 21)):
            probe = pose.copy()
            probe[angle] = bad * 3.141592653589793 / 180
            assert domain.violates(probe), (side, angle)
            probe[angle] = good * 3.141592653589793 / 180
            assert not domain.violates(probe), (side, angle)

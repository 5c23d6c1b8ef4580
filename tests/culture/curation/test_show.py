"""A node is found by any of its names, and shown with all that the graph says of it."""

import json
import subprocess
import sys

import pytest
from rdflib import URIRef
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.culture.curation.cards import Cards
from ritual.culture.curation.show import find, lines, where
from ritual.culture.vocabulary import KG, RM
from ritual.errors import BadInput

SUN = URIRef(KG["dong-sun"])


def kg(*args):
    return CliRunner().invoke(app, ["kg", *map(str, args)])


@pytest.mark.parametrize("name", ["kg:dong-sun", str(SUN), "dong-sun", "DONG SUN", "侗族太阳纹", "sun disc"])
def test_a_node_is_found_by_any_of_its_names(dong, name):
    assert find(dong.triples, name) == SUN


def test_a_node_without_a_slug_is_found_by_its_local_name(dong):
    assert find(dong.triples, "dong-sun-ban") == KG["dong-sun-ban"]


def test_a_preferred_name_goes_before_another_nodes_other_name(dong):
    assert find(dong.triples, "wedding") == KG.wedding


def test_an_ambiguous_name_says_which_nodes_it_may_mean(dong):
    with pytest.raises(BadInput, match=r"'harvest' may mean kg:concept-harvest, kg:harvest"):
        find(dong.triples, "harvest")


@pytest.mark.parametrize(("name", "near"), [("dong-lushen", "dong-lusheng"), ("kg:dong-sum", "kg:dong-sun")])
def test_an_unknown_name_says_the_nearest(dong, name, near):
    with pytest.raises(BadInput) as error:
        find(dong.triples, name)
    assert near in error.value.hint


def test_a_card_holds_names_facts_referrers_rules_source_and_review(dong):
    card = Cards(dong).card(SUN)
    facts = {fact.label: [value.text for value in fact.values] for fact in card.facts}
    assert (card.label, card.label_zh, card.kinds) == ("Dong sun", "侗族太阳纹", ("symbol",))
    assert card.other_names == (("sun disc", "en"),)
    assert facts["meaning"] == ["light"] and facts["group"] == ["Dong"]
    assert {v.text for fact in card.referrers for v in fact.values} >= {"Dong lusheng dance", "dong-costume"}
    assert any("forbidden at a funeral" in rule.text for rule in card.rules)
    assert card.citation == "General knowledge; no source supports this statement yet."
    assert card.review == "unreviewed"


def test_the_rules_of_a_dance_are_all_that_bear_on_it(dong):
    rules = Cards(dong).rules(URIRef(KG["dong-lusheng"]))
    assert {rule.iri for rule in rules} == {rule.iri for rule in dong.explain("dong-lusheng")}


def test_an_interval_leads_to_the_rule_that_it_is_a_side_of(dong):
    angle = URIRef("urn:ritual-motion:angle:left_wrist_flexion")
    assert [rule.iri for rule in Cards(dong).rules(angle)] == [str(KG["dong-lusheng-wrist"])]


def test_a_review_says_who_and_when(edited):
    from ritual.culture.graph import load_graph

    drum = "rm:meaning kg:concept-harmony ;\n    dcterms:source kg:source-general-knowledge ; rm:review "
    prov, date = "http://www.w3.org/ns/prov#", "http://www.w3.org/2001/XMLSchema#date"
    who = f'<{prov}wasAttributedTo> "Wu Mei" ; <{prov}generatedAtTime> "2026-05-01"^^<{date}> .'
    folder = edited(f"{drum}rm:Unreviewed .", f"{drum}rm:Reviewed ; {who}")
    assert Cards(load_graph(folder)).review(KG["dong-drum"]) == "reviewed by Wu Mei on 2026-05-01"


def test_the_place_is_the_line_at_which_the_node_begins(folder):
    place = where(SUN, folder)
    text = (folder / place.file).read_text(encoding="utf-8").splitlines()
    assert text[place.line - 1].startswith("kg:dong-sun a rm:Symbol")
    assert where(URIRef(KG.nobody), folder) is None


def test_long_lists_are_cut_in_the_text_and_say_so(shipped):
    text = dict(lines(Cards(shipped).card(URIRef(RM.Unreviewed))))
    assert " more" in text["referred to by"]


def test_the_command_prints_words_and_json(folder):
    result = kg("show", "侗族太阳纹", "--graph", folder)
    assert result.exit_code == 0 and "written in" in result.output and "groups/dong.ttl, line" in result.output
    data = json.loads(kg("show", "dong-sun", "--graph", folder, "--json").output)
    assert data["iri"] == str(SUN) and data["file"] == "groups/dong.ttl" and data["line"] > 1


def test_bad_input_is_one_sentence_and_status_2(folder):
    result = kg("show", "harvest", "--graph", folder)
    assert result.exit_code == 2 and "may mean" in result.output and "Traceback" not in result.output


def test_show_does_not_wait_for_torch():
    code = (
        "import sys; from typer.testing import CliRunner; from ritual.cli.main import app;"
        "r = CliRunner().invoke(app, ['kg', 'show', 'dai-peacock']); assert r.exit_code == 0, r.output;"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

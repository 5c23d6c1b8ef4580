"""What the graph says of how a symbol looks and of what it means where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rdflib.namespace import DCTERMS, RDF

from ritual.culture.graph import Graph, load_graph
from ritual.culture.meaning import Context
from ritual.culture.vocabulary import KG, RM
from ritual.errors import BadInput
from ritual.resources import resource


@pytest.fixture(scope="module")
def torch(shipped: Graph):
    return next(pattern for pattern in shipped.patterns if pattern.symbol == "yi-torch-pattern")


def test_a_pattern_says_its_look(torch) -> None:
    assert (torch.group, torch.forms, torch.crafts) == ("yi", ("flame",), ("embroidery",))
    assert torch.place == pytest.approx((27.9, 102.3)) and torch.label_zh == "火把节纹"
    assert torch.prototypes == ((0.17, 0.91, 0.27, 0.55, 0.82, 0.55),)
    assert "#f0b429" in torch.colours and all(len(colour) == 7 for colour in torch.colours)
    assert 0 <= torch.level <= 1


def test_a_pattern_says_what_it_means_where(torch) -> None:
    by_occasion = {setting.occasion: setting for setting in torch.settings}
    assert torch.settings[0].occasion == "" and torch.settings[0].concepts == ("harvest", "light")
    assert by_occasion["torch-festival"].concepts == ("exorcism",) and by_occasion["torch-festival"].decides
    (other,) = (s for s in torch.settings[1:] if not s.decides and s.occasion == "wedding")
    assert other.concepts == ("harvest", "light")
    assert "funeral" not in by_occasion, "the graph bans it there"


def test_a_part_of_dress_and_a_measure_turn_the_meaning(shipped: Graph) -> None:
    dragon = next(pattern for pattern in shipped.patterns if pattern.symbol == "yi-dragon")
    assert {s.worn_on: s.concepts for s in dragon.settings}["child-strap"] == ("shelter",)
    antler = next(pattern for pattern in shipped.patterns if pattern.symbol == "mongolian-antler")
    assert antler.measures == ("tip-inclination",)


def test_the_sacred_lie_at_one_and_decoration_at_nought(shipped: Graph) -> None:
    level = {pattern.symbol: pattern.level for pattern in shipped.patterns}
    assert level["tibetan-vajra"] == 1 and level["zhuang-brocade"] == 0


def test_what_no_program_should_scribble_is_not_drawn(shipped: Graph) -> None:
    drawn = {pattern.symbol for pattern in shipped.patterns}
    every = {shipped.slug(str(node)) for node in shipped.triples.subjects(RDF.type, RM.Symbol)}
    assert every - drawn == {
        "bai-native-worship", "dai-mural", "hui-calligraphy", "naxi-dongba-script", "tibetan-thangka", "yi-bimo-atlas",
    }  # fmt: skip


def test_no_depiction_claims_more_than_its_source(shipped: Graph) -> None:
    triples = shipped.triples
    for depiction in triples.subjects(RDF.type, RM.Depiction):
        review = triples.value(depiction, RM.review)
        source = triples.value(depiction, DCTERMS.source)
        assert (review == RM.PaperOnly) == (source == KG["source-wang-2026"]), depiction


def test_a_curator_gives_a_symbol_a_form_and_takes_an_occasion_from_it_by_one_statement_each(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    (folder / "mine.ttl").write_text(
        """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix dcterms: <http://purl.org/dc/terms/> .
kg:drawn-torch-again a rm:Depiction ;
    rm:draws kg:symbol-yi-torch ; rm:form kg:form-sun ; rm:craft kg:craft-lacquer ;
    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .
kg:no-horns-at-weddings a rm:OccasionBan ;
    rm:forbids kg:symbol-yi-sheep-horn ; rm:occasion kg:wedding ;
    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .
""",
        encoding="utf-8",
    )
    by_symbol = {pattern.symbol: pattern for pattern in load_graph(folder).patterns}
    torch = by_symbol["yi-torch-pattern"]
    assert torch.forms == ("flame", "sun") and torch.crafts == ("embroidery", "lacquer")
    occasions = [setting.occasion for setting in by_symbol["yi-sheep-horn"].settings]
    assert "harvest" in occasions and "wedding" not in occasions, "nobody should draw it where it is banned"


def test_the_lexicon_answers_by_slug(shipped: Graph) -> None:
    words = shipped.lexicon
    assert words.things("form")["spiral"] == str(KG["form-spiral"])
    assert words.groups_of("yi-torch-pattern") == ("yi",) and words.place_of("yi") == pytest.approx((27.9, 102.3))
    assert words.bans("yi-torch-pattern") == ("funeral",) and words.bans("dai-elephant-god") == ("hunting",)
    assert words.taboo_level("tibetan-vajra") == 1
    assert words.concepts("mongolian-hada", Context(occasion="welcome", group="mongolian")) == ("hospitality",)


@pytest.mark.parametrize("ask", ["groups_of", "bans", "taboo_level", "place_of"])
def test_the_lexicon_names_the_nearest_of_what_it_does_not_know(shipped: Graph, ask: str) -> None:
    with pytest.raises(BadInput, match="Unknown"):
        getattr(shipped.lexicon, ask)("yi-torch-patern")

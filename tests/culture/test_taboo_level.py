"""The taboo level as it is counted: on snippets few enough to be counted by hand, and on those that ship."""

from __future__ import annotations

import numpy as np
import pytest
import rdflib
from scipy import stats

from ritual.culture.correlation import PERMUTATIONS, correlate, study
from ritual.culture.mentions import NameIndex
from ritual.culture.semantics import semantic_graph
from ritual.culture.taboo_level import taboo_levels
from ritual.errors import BadGraph

THINGS = """
@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
kg:dai a rm:Group ; rm:slug "dai" ; skos:prefLabel "Dai"@en , "傣族"@zh .
kg:yi a rm:Group ; rm:slug "yi" ; skos:prefLabel "Yi"@en , "彝族"@zh .
kg:god a rm:SanctityWord ; skos:prefLabel "god"@en , "神灵"@zh .
kg:peacock a rm:Symbol ; rm:slug "peacock" ; rm:group kg:dai ; skos:prefLabel "peacock"@en , "孔雀"@zh .
kg:elephant a rm:Symbol ; rm:slug "elephant" ; rm:group kg:dai ; skos:prefLabel "elephant god"@en .
kg:tiger a rm:Symbol ; rm:slug "tiger" ; rm:group kg:yi ; skos:prefLabel "tiger"@en .
kg:atlas a rm:Symbol ; rm:slug "atlas" ; rm:group kg:yi ; skos:prefLabel "atlas"@en ; rm:sanctity rm:Sacred .
kg:cloth a rm:Symbol ; rm:slug "cloth" ; rm:group kg:yi ; skos:prefLabel "cloth"@en ;
    rm:sanctity rm:OrdinaryDecoration .
kg:silent a rm:Symbol ; rm:slug "silent" ; skos:prefLabel "drum"@en .
kg:dance a rm:Dance ; rm:slug "peacock-dance" ; skos:prefLabel "peacock dance"@en , "孔雀舞"@zh .
rm:Sacred rm:slug "sacred" .   rm:OrdinaryDecoration rm:slug "ordinary-decoration" .
"""
SNIPPETS = """
kg:s1 a rm:Snippet ; rm:describes rm:RitualLife ; rm:text "The god comes with a tiger and an atlas."@en .
kg:s2 a rm:Snippet ; rm:describes rm:RitualLife ; rm:text "Tigers roar, and the tiger dances."@en , "神灵"@zh .
kg:s3 a rm:Snippet ; rm:describes rm:EverydayLife ; rm:text "A tiger on a coat; a cloth."@en .
kg:s4 a rm:Snippet ; rm:describes rm:RitualLife ; rm:text "傣族的孔雀。"@zh .
kg:s5 a rm:Snippet ; rm:describes rm:EverydayLife ; rm:text "The Dai have a tiger too, and a peacock dance."@en .
kg:s6 a rm:Snippet ; rm:describes rm:RitualLife ; rm:text "An elephant god stands there."@en .
"""


def counted(snippets=SNIPPETS, things=THINGS):
    levels = taboo_levels(rdflib.Graph().parse(data=things + snippets, format="turtle"))
    return levels, {count.slug: count for count in levels.counts}


@pytest.mark.parametrize(
    ("symbol", "ritual", "named", "beside"),
    [
        ("tiger", 2, 3, 2),  # s5 speaks of the Dai, whose tiger this is not; the Chinese half of s2 names a god
        ("atlas", 1, 1, 1),
        ("cloth", 0, 1, 0),
        ("peacock", 1, 1, 0),  # the peacock dance is no peacock
        ("elephant", 1, 1, 0),  # the god in its name is no word of sanctity beside it
        ("silent", 0, 0, 0),
    ],
)
def test_snippets_are_counted_once_each(symbol, ritual, named, beside):
    count = counted()[1][symbol]
    assert (count.ritual, count.named, count.beside) == (ritual, named, beside)


def test_the_indicator_is_frequency_times_co_occurrence():
    levels, by_slug = counted()
    assert (levels.ritual, levels.everyday) == (4, 2)
    tiger = by_slug["tiger"]
    assert levels.frequency(tiger) == 2 / 4 and levels.co_occurrence(tiger) == 2 / 3
    assert levels.indicator(tiger) == pytest.approx(1 / 3)
    assert levels.indicator(by_slug["silent"]) is None


def test_delta_is_what_the_graph_says_else_grows_with_the_indicator():
    levels, by_slug = counted()
    assert levels.delta(by_slug["atlas"]) == 1.2  # declared, though the tiger's indicator is greater
    assert levels.delta(by_slug["cloth"]) == 0.8
    assert levels.delta(by_slug["silent"]) == 1.0
    assert levels.delta(by_slug["tiger"]) == pytest.approx(1.2)  # nothing is more taboo
    assert levels.delta(by_slug["elephant"]) == 0.8
    snippets = SNIPPETS.replace("An elephant god stands there", "An elephant god, and one more god")
    levels, by_slug = counted(snippets)
    assert levels.delta(by_slug["elephant"]) == pytest.approx(0.8 + 0.4 * np.sqrt((1 / 4) / (1 / 3)))
    assert levels.deltas()["elephant"] == levels.delta(by_slug["elephant"])


def test_a_graph_without_snippets_or_words_is_refused_with_what_to_add():
    with pytest.raises(BadGraph, match=r"no rm:Snippet.*snippets\.ttl"):
        counted(snippets="")
    with pytest.raises(BadGraph, match="no rm:SanctityWord"):
        counted(things=THINGS.replace("rm:SanctityWord", "rm:Concept"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PEACOCKS and Fairy-ladies", {"peacock", "lady"}),
        ("peacock dances", {"dance"}),
        ("a square hole coin", {"coin"}),
        ("peacockery", set()),
        ("a fairy. Lady", set()),
        ("孔雀舞里的孔雀", {"peacock", "dance"}),
        ("看孔雀舞", {"dance"}),
        ("a terrace", {"terraces"}),
        ("", set()),
    ],
)
def test_names_are_found_as_whole_words_in_either_number_and_the_longest_wins(text, found):
    names = [
        ("peacock", "en", "peacock"), ("peacock dance", "en", "dance"), ("fairy lady", "en", "lady"),
        ("square-hole coin", "en", "coin"), ("孔雀", "zh", "peacock"), ("孔雀舞", "zh", "dance"),
        ("terraces", "en", "terraces"), ("", "en", "nothing"),
    ]  # fmt: skip
    assert NameIndex(names).mentioned(text) == found


def test_one_name_of_two_things_names_both():
    assert NameIndex([("frog", "en", 1), ("frog", "en", 2)]).mentioned("frogs") == {1, 2}


def test_the_correlation_agrees_with_scipy_and_with_shuffling():
    rng = np.random.default_rng(3)
    x = rng.normal(size=30)
    y = 0.2 * x + rng.normal(size=30)
    made, expected = correlate(x, y), stats.pearsonr(x, y)
    assert (made.n, made.r, made.p) == (30, expected.statistic, expected.pvalue)
    assert made.low < made.r < made.high
    assert made.spearman == stats.spearmanr(x, y).statistic
    assert made.permutation_p == pytest.approx(expected.pvalue, abs=4 * np.sqrt(expected.pvalue / PERMUTATIONS))
    assert correlate(x, y) == made, "the same numbers give the same p"
    assert correlate(x, x).permutation_p == 1 / (1 + PERMUTATIONS), "no shuffle is as good; a p of 0 would be a lie"


@pytest.mark.parametrize(("x", "y"), [([1, 2, 3], [1, 2, 3]), ([1, 1, 1, 1], [1, 2, 3, 4])])
def test_too_few_or_equal_numbers_have_no_correlation(x, y):
    made = correlate(np.array(x, float), np.array(y, float))
    assert made.n == len(x) and made.r is None and made.p is None


def test_only_symbols_that_a_snippet_names_are_paired():
    triples = rdflib.Graph().parse(data=THINGS + SNIPPETS, format="turtle")
    made = study(semantic_graph(triples), taboo_levels(triples))
    assert {known.n for known in made.correlations.values()} == {5}
    assert any("1 of 6 symbols stand in no snippet" in note for note in made.notes())
    assert any("name no symbol: kg:s5" in note for note in made.notes())


def test_every_shipped_snippet_says_something_of_a_symbol_and_most_symbols_have_one(shipped):
    levels = taboo_levels(shipped.triples)
    assert levels.idle == ()
    assert levels.ritual + levels.everyday >= 80 and abs(levels.ritual - levels.everyday) < 20
    assert sum(count.named == 0 for count in levels.counts) <= len(levels.counts) // 10


def test_shipped_deltas_keep_to_what_the_paper_fixes(shipped):
    deltas = taboo_levels(shipped.triples).deltas()
    assert deltas["tibetan-vajra"] == deltas["yi-bimo-atlas"] == 1.2
    assert deltas["dai-batik-plant"] == 0.8
    assert all(0.8 <= delta <= 1.2 for delta in deltas.values())

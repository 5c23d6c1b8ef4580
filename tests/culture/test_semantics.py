"""Near, opposed, central: on a graph small enough to be worked out by hand, and on the one that ships."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
import rdflib

from ritual.culture import centrality
from ritual.culture.centrality import CENTRALITIES
from ritual.culture.semantics import semantic_graph
from ritual.errors import BadInput

HAND = """
@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
kg:han a rm:Group ; rm:slug "han" .   kg:hani a rm:Group ; rm:slug "hani" .   kg:naxi a rm:Group ; rm:slug "naxi" .
kg:harvest a rm:Concept ; rm:slug "harvest" ; skos:related kg:abundance ; skos:broader kg:good .
kg:abundance a rm:Concept ; rm:slug "abundance" .
kg:good a rm:Concept ; rm:slug "good" ; rm:opposes kg:bad .
kg:bad a rm:Concept ; rm:slug "bad" .
kg:calamity a rm:Concept ; rm:slug "calamity" ; skos:broader kg:bad .
kg:wheat a rm:Symbol ; rm:slug "wheat" ; rm:group kg:han ; rm:meaning kg:harvest ; skos:prefLabel "wheat"@en .
kg:knot a rm:Symbol ; rm:slug "knot" ; rm:group kg:han ; rm:meaning kg:harvest .
kg:terrace a rm:Symbol ; rm:slug "terrace" ; rm:group kg:hani ; rm:meaning kg:harvest .
kg:frog a rm:Symbol ; rm:slug "frog" ; rm:group kg:naxi ; rm:meaning kg:abundance .
kg:bone a rm:Symbol ; rm:slug "bone" ; rm:group kg:naxi ; rm:meaning kg:calamity .
kg:owl a rm:Symbol ; rm:slug "owl" ; rm:group kg:hani ; rm:meaning kg:calamity , kg:abundance .
kg:lone a rm:Symbol ; rm:slug "lone" .
kg:wedding a rm:Occasion ; rm:slug "wedding" .
kg:turn a rm:ContextualMeaning ; rm:symbol kg:lone ; rm:occasion kg:wedding ; rm:meaning kg:calamity .
kg:ban a rm:OccasionBan ; rm:forbids kg:frog ; rm:occasion kg:wedding .
"""


@pytest.fixture(scope="module")
def hand():
    return semantic_graph(rdflib.Graph().parse(data=HAND, format="turtle"))


@pytest.fixture(scope="module")
def real(shipped):
    return semantic_graph(shipped.triples)


@pytest.mark.parametrize(
    ("first", "second", "length"),
    [
        ("wheat", "wheat", 0),
        ("wheat", "terrace", 2),  # one meaning for both
        ("wheat", "frog", 4),  # meanings that are related
        ("frog", "bone", 4),  # by way of the owl, which means both things
        ("wheat", "lone", 7),  # harvest 1, abundance 2, owl 1, calamity 1, and 2 for a meaning in one context
    ],
)
def test_a_distance_is_the_length_of_the_shortest_path_of_meanings(hand, first, second, length):
    assert hand.distance(first, second) == hand.distance(second, first) == length
    assert hand.nearness(first, second) == 1 / (1 + length)


def test_a_symbol_that_nothing_joins_is_infinitely_far():
    text = HAND.replace("rm:meaning kg:calamity .\nkg:ban", "rm:wornOn kg:strap .\nkg:ban").replace(
        "rm:symbol kg:lone ; rm:occasion kg:wedding", "rm:symbol kg:lone"
    )
    alone = semantic_graph(rdflib.Graph().parse(data=text, format="turtle"))
    assert alone.distance("wheat", "lone") == math.inf and alone.nearness("wheat", "lone") == 0


def test_positives_are_near_and_of_another_people(hand):
    assert hand.positives("wheat") == ["terrace", "frog"]  # the knot is Han too; the owl is as near but opposed


def test_opposition_comes_down_from_the_broader_concepts_and_holds_both_ways(hand):
    assert hand.opposed("wheat", "bone") and hand.opposed("bone", "wheat")
    assert not hand.opposed("wheat", "frog") and not hand.opposed("wheat", "wheat")
    assert not hand.opposed("wheat", "lone"), "a meaning that holds in one context only opposes nothing elsewhere"


def test_negatives_are_opposed_and_far(hand):
    assert hand.negatives("wheat") == ["bone"]  # the owl is opposed, but near by its other meaning
    assert hand.negatives("bone") == ["knot", "terrace", "wheat"]
    assert hand.negatives("frog") == []


def test_a_ban_is_no_path(hand):
    assert not hand.network.has_edge("urn:ritual-motion:kg:frog", "urn:ritual-motion:kg:wedding")
    assert hand.against.has_edge("urn:ritual-motion:kg:frog", "urn:ritual-motion:kg:wedding")


def test_an_unknown_symbol_is_refused_with_the_nearest(hand):
    with pytest.raises(BadInput, match=r"Unknown symbol 'wheet'.*wheat"):
        hand.distance("wheet", "bone")


def test_the_centralities_are_what_networkx_says(hand):
    network = hand.network
    others = len(network) - 1
    weighted = {node: value / others for node, value in network.degree(weight="weight")}
    harmonic = {node: value / others for node, value in nx.harmonic_centrality(network, distance="length").items()}
    part = network.subgraph(max(nx.connected_components(network), key=len))
    leading = nx.eigenvector_centrality(part, max_iter=10_000, tol=1e-12, weight="weight")
    expected = {
        "degree": weighted,
        "closeness": harmonic,
        "betweenness": nx.betweenness_centrality(network, weight="length"),
        "eigenvector": dict.fromkeys(network, 0.0) | leading,
    }
    for name, measure in CENTRALITIES.items():
        made = measure(hand)
        assert made.note == "" and made.values == pytest.approx(expected[name], abs=1e-6), name


def test_on_a_huge_graph_paths_are_sampled_or_left_out_and_said_to_be(hand, monkeypatch):
    exact = centrality.closeness(hand).values
    monkeypatch.setattr(centrality, "VISITS", 12 * len(hand.network) - 1)
    monkeypatch.setattr(centrality, "FEWEST_PIVOTS", 12)
    monkeypatch.setattr(centrality, "_COMPILED_VISITS", 12 * len(hand.network))
    left_out, sampled = centrality.betweenness(hand), centrality.closeness(hand)
    assert left_out.values == {} and "left out" in left_out.note
    assert "estimated from 12 of" in sampled.note
    assert np.corrcoef([exact[node] for node in exact], [sampled.values[node] for node in exact])[0, 1] > 0.9


def test_the_shipped_wheat_sheaf_and_the_terraces_are_positives_across_groups(real):
    assert "hani-terraces" in real.positives("han-wheat-sheaf")
    assert not real.opposed("han-wheat-sheaf", "hani-terraces")


def test_no_shipped_symbol_is_both_positive_and_negative(real):
    for symbol in real.symbols:
        assert not set(real.positives(symbol)) & set(real.negatives(symbol)), symbol


def test_equal_graphs_come_in_equal_order(shipped, real):
    copy = rdflib.Graph()
    for triple in sorted(shipped.triples, reverse=True):
        copy.add(triple)
    assert list(semantic_graph(copy).network.edges) == list(real.network.edges)

"""Addressing, prototypes and concept vectors."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.memory.addressing import address, confidence, read_out, settled
from ritual.memory.concepts import SemanticBank
from ritual.memory.places import haversine_km, on_the_globe
from ritual.memory.prototypes import VisualBank

KUNMING, GUIYANG, HOHHOT = (25.0, 102.7), (26.6, 106.7), (40.8, 111.7)


def test_weights_are_the_softmax_of_cosines_over_tau():
    bank, query = torch.tensor([[1.0, 0.0], [0.0, 3.0]]), torch.tensor([2.0, 2.0 * math.sqrt(3)])
    odds = math.exp((math.sqrt(3) / 2 - 0.5) / 0.5)
    assert address(bank, query, 0.5).tolist() == pytest.approx([1 / (1 + odds), odds / (1 + odds)])


@given(st.integers(0, 9999), st.floats(0.02, 2.0))
def test_weights_sum_to_one_and_a_colder_tau_is_surer(seed, tau):
    rng = torch.Generator().manual_seed(seed)
    bank, query = torch.randn(7, 5, generator=rng), torch.randn(3, 5, generator=rng)
    cold, warm = address(bank, query, tau), address(bank, query, 2 * tau)
    assert torch.allclose(cold.sum(-1), torch.ones(3))
    assert (confidence(cold) >= confidence(warm) - 1e-6).all()


def test_confidence_runs_from_none_to_all():
    assert confidence(torch.tensor([0.25] * 4)) == pytest.approx(0.0, abs=1e-6)
    assert confidence(torch.tensor([1.0, 0, 0, 0])) == pytest.approx(1.0)


def test_the_answer_is_the_weighed_mean_of_the_bank():
    assert read_out(torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([0.25, 0.75])).tolist() == [0.5, 3.0]


def test_the_chord_on_the_globe_holds_the_haversine():
    places = torch.tensor([KUNMING, HOHHOT])
    chord = (on_the_globe(places)[0] - on_the_globe(places)[1]).square().sum()
    lat, lon = places.double().deg2rad().unbind(-1)
    hav = ((lat[1] - lat[0]) / 2).sin() ** 2 + lat[0].cos() * lat[1].cos() * ((lon[1] - lon[0]) / 2).sin() ** 2
    assert float(chord) == pytest.approx(4 * float(hav))
    assert float(haversine_km(places[0], places[1])) == pytest.approx(1940, rel=0.02)


def alike_from_three_places():
    """Features on a short arc: neighbours in the middle of it, far ones at both ends, one kind of pattern."""
    angles = torch.tensor([0.0, 0.04, 0.5, 0.54])
    features = torch.stack([angles.cos(), angles.sin()], 1)
    return features, torch.tensor([KUNMING, HOHHOT, GUIYANG, HOHHOT])


def test_place_decides_which_of_two_likely_clusters_a_variant_joins():
    features, places = alike_from_three_places()
    zero = torch.zeros(4, dtype=torch.long)
    bare, placed = VisualBank(2, 2), VisualBank(2, 2)
    by_look = bare.fill(features, places, zero, zero, seed=3, place_weight=0.0)
    by_place = placed.fill(features, places, zero, zero, seed=3, place_weight=20.0)
    assert by_look[0] == by_look[1] != by_look[2] == by_look[3]
    assert by_place[0] == by_place[2] != by_place[1] == by_place[3]


def four_heaps(rng):
    centres = F.normalize(torch.eye(4, 8) + 0.1, dim=-1)
    heap = torch.arange(4).repeat_interleave(20)
    return F.normalize(centres[heap] + 0.05 * torch.randn(80, 8, generator=rng), dim=-1), heap


def test_prototypes_find_the_heaps_and_know_what_they_stand_for():
    features, heap = four_heaps(torch.Generator().manual_seed(0))
    bank = VisualBank(8, 4)
    index = bank.fill(features, torch.tensor([KUNMING]).expand(80, 2), heap, heap % 2, seed=1)
    assert sorted(bank.form.tolist()) == [0, 1, 2, 3] and bank.counts.tolist() == [20] * 4
    assert torch.equal(bank.form[index], heap) and torch.equal(bank.group[index], heap % 2)
    weights = address(bank.vectors, features, 0.07)
    assert torch.equal(bank.of_form(weights, 4).argmax(1), heap)


def test_too_few_pictures_for_the_prototypes_is_said():
    with pytest.raises(BadInput, match="128 prototypes cannot be found among 5 pictures"):
        VisualBank(4).fill(torch.randn(5, 4), torch.zeros(5, 2), torch.zeros(5).long(), torch.zeros(5).long(), seed=0)


def test_a_like_feature_moves_its_prototype_and_an_unlike_one_becomes_one():
    bank, place = VisualBank(4, 2), torch.tensor(KUNMING)
    bank.vectors = torch.eye(2, 4)
    near = F.normalize(torch.tensor([1.0, 0.2, 0.0, 0.0]), dim=0)
    number, new = bank.see(near, 0, 0, place)
    assert (number, new) == (0, False) and 0 < float(bank.vectors[0, 1]) < float(near[1])
    assert float(bank.vectors[0].norm()) == pytest.approx(1.0)
    number, new = bank.see(torch.tensor([0.0, 0.0, 1.0, 0.0]), 3, 1, place)
    assert (number, new) == (2, True) and len(bank.vectors) == 3 and int(bank.form[2]) == 3
    assert bank.see(near, 5, 1, place) == (3, True)  # like a prototype, but of another form
    assert int(address(bank.vectors, torch.tensor([0.0, 0.1, 0.9, 0.0]), 0.07).argmax()) == 2


def test_concept_vectors_are_the_means_of_their_pictures():
    bank = SemanticBank(3, 3)
    before = bank.vectors[2].clone()
    bank.fill(torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]), torch.tensor([0, 0, 1]))
    half = math.sqrt(0.5)
    assert bank.vectors[0].tolist() == pytest.approx([half, half, 0]) and bank.vectors[1].tolist() == [0, 0, 1]
    assert torch.equal(bank.vectors[2], before) and bank.counts.tolist() == [2, 1, 0]


def test_an_added_concept_answers_at_once():
    bank = SemanticBank(3, 1)
    bank.fill(torch.tensor([[1.0, 0, 0]]), torch.tensor([0]))
    assert bank.add(torch.tensor([[0, 1.0, 0], [0, 0.9, 0.1]])) == 1
    assert address(bank.vectors, torch.tensor([0.1, 1.0, 0.0]), 0.07).argmax() == 1
    with pytest.raises(BadInput, match="at least one picture"):
        bank.add(torch.zeros(0, 3))


def test_a_query_between_two_memories_comes_to_rest_at_the_nearer():
    bank = F.normalize(torch.randn(6, 32, generator=torch.Generator().manual_seed(0)), dim=-1)
    between = F.normalize(0.55 * bank[2] + 0.45 * bank[4], dim=-1)
    once, twice = address(bank, between, 0.07), settled(bank, between, 0.07)
    assert once[2] > once[4] > 0.05
    assert twice[2] > once[2] and twice[4] < once[4] / 2 and twice.sum() == pytest.approx(1, abs=1e-5)


def test_a_form_answers_with_the_mean_of_its_prototypes():
    bank = VisualBank(4, 3)
    bank.vectors, bank.form = torch.eye(4)[:3], torch.tensor([1, 1, 0])
    assert bank.means(3).tolist() == [[0, 0, 1, 0], [0.5, 0.5, 0, 0], [0, 0, 0, 0]]
    assert torch.allclose(bank.of_form(torch.tensor([[0.2, 0.3, 0.5]]), 3), torch.tensor([[0.5, 0.5, 0.0]]))

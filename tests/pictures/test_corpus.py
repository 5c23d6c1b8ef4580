"""The corpus says of each picture what the graph says, the same whatever is asked first, and splits without leakage."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from ritual.culture.graph import Graph, load_graph
from ritual.culture.meaning import Context
from ritual.errors import BadInput
from ritual.pictures.balance import cells_of, principal, weights
from ritual.pictures.corpus import Corpus
from ritual.pictures.ornament.forms import FORMS
from ritual.pictures.ornament.style import CRAFTS, companions
from ritual.pictures.splits import split_families


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load_graph()


@pytest.fixture(scope="module")
def corpus(graph: Graph) -> Corpus:
    return Corpus(graph, seed=7, size=48, count=1600)


def test_the_graph_names_no_form_or_craft_that_cannot_be_drawn_and_every_one_that_can(graph: Graph) -> None:
    assert {form for pattern in graph.patterns for form in pattern.forms} == set(FORMS)
    assert {craft for pattern in graph.patterns for craft in pattern.crafts} == set(CRAFTS)


def test_every_symbol_with_a_meaning_that_can_be_drawn_is_in_it(graph: Graph, corpus: Corpus) -> None:
    spoken = {(p.symbol, form) for p in graph.patterns if any(s.concepts for s in p.settings) for form in p.forms}
    assert {(label.symbol, label.form) for label in corpus.labels} == spoken


def test_the_label_is_what_the_graph_says(graph: Graph, corpus: Corpus) -> None:
    for label in corpus.labels[::23]:
        occasion, worn_on = label.occasion or None, label.worn_on or None
        context = Context(occasion=occasion, worn_on=worn_on, group=label.group, measures=dict(label.measures))
        (meaning,) = graph.meanings(label.symbol, context)
        assert label.concepts == meaning.concepts and label.concept in label.concepts


def test_the_antlers_meaning_follows_the_lean_that_was_drawn(corpus: Corpus) -> None:
    antlers = [label for label in corpus.labels if label.form == "antler"]
    found = {(dict(label.measures)["tip-inclination"] > 45, label.concept) for label in antlers}
    assert found == {(True, "courage"), (False, "life")}


def test_a_picture_does_not_depend_on_what_was_asked_before(graph: Graph, corpus: Corpus) -> None:
    again = Corpus(graph, seed=7, size=48, count=1600)
    assert again.labels == corpus.labels
    for i in (900, 3, 411):
        assert (again.image(i) == corpus.image(i)).all()
    assert Corpus(graph, seed=8, size=48, count=1600).labels != corpus.labels


def test_another_occasion_is_another_meaning_of_the_same_picture(corpus: Corpus) -> None:
    i = next(i for i, label in enumerate(corpus.labels) if label.symbol == "miao-horn" and not label.context)
    label, turned = corpus.labels[i], corpus.elsewhere(i, occasion="welcome")
    assert (label.concept, turned.concept) == ("ancestors", "hospitality")
    assert replace(turned, concept=label.concept, concepts=label.concepts, occasion="") == label


def test_splits_part_families_and_hold_every_symbol_in_each_of_its_forms(corpus: Corpus) -> None:
    splits = corpus.splits()
    assert sorted(np.concatenate(list(splits.values())).tolist()) == list(range(len(corpus)))
    families = {name: set(corpus.families[rows]) for name, rows in splits.items()}
    assert sum(map(len, families.values())) == len(set().union(*families.values()))
    for name, share in (("train", 0.70), ("val", 0.15), ("test", 0.15)):
        assert len(splits[name]) / len(corpus) == pytest.approx(share, abs=0.02)
    families = Counter((corpus.labels[4 * k].symbol, corpus.labels[4 * k].form) for k in range(corpus.families[-1] + 1))
    wanted = {key for key, count in families.items() if count >= 7}
    assert len(wanted) > 5
    for rows in splits.values():
        assert {(corpus.labels[i].symbol, corpus.labels[i].form) for i in rows} >= wanted


def test_no_two_splits_hold_one_drawing(graph: Graph, corpus: Corpus) -> None:
    drawings = {}
    for number in range(corpus.families[-1] + 1):
        drawing = corpus.sample(int(np.flatnonzero(corpus.families == number)[0]), svg_too=True).svg
        drawings.setdefault(drawing.split("</style>")[1], set()).add(number)
    assert all(len(numbers) == 1 for numbers in drawings.values())


def test_form_tells_little_of_the_meaning(corpus: Corpus) -> None:
    def best_guess(of: list[str], given: list[str]) -> float:
        seen: dict[str, Counter] = {}
        for a, b in zip(of, given, strict=True):
            seen.setdefault(b, Counter())[a] += 1
        return sum(counter.most_common(1)[0][1] for counter in seen.values()) / len(of)

    forms, concepts = [label.form for label in corpus.labels], [label.concept for label in corpus.labels]
    contexts = [label.context for label in corpus.labels]
    assert best_guess(concepts, forms) < 0.45
    assert best_guess(forms, concepts) < 0.45
    assert best_guess(concepts, contexts) < 0.45
    assert len(set(concepts)) >= 30 and len(set(forms)) == len(FORMS)
    assert 0.2 < np.mean([not context for context in contexts]) < 0.6


def test_within_a_form_every_meaning_weighs_the_same(graph: Graph) -> None:
    cells = cells_of(graph.patterns)
    weight = weights(cells)
    assert weight.sum() == pytest.approx(1)
    mass: dict[str, Counter] = {}
    for cell, value in zip(cells, weight, strict=True):
        mass.setdefault(cell.form, Counter())[cell.concept] += value
    unit = {form: sum(by_concept.values()) / len(by_concept) ** 0.5 for form, by_concept in mass.items()}
    assert max(unit.values()) == pytest.approx(min(unit.values())), "a form weighs as the root of its meanings"
    for form, by_concept in mass.items():
        assert max(by_concept.values()) == pytest.approx(min(by_concept.values())), form


def test_of_several_meanings_the_widest_shared_is_the_principal_one() -> None:
    assert principal(("unity", "abundance"), {"unity": 2, "abundance": 9}) == "abundance"
    assert principal(("unity", "abundance"), {"unity": 2, "abundance": 2}) == "abundance"


def test_neighbours_of_one_people_have_companions_of_their_own(graph: Graph) -> None:
    given = companions(graph.patterns)
    han = [given[p.symbol, p.group] for p in graph.patterns if p.group == "dong"]
    assert len(han) == len(set(han)) == 4
    fewer = companions([p for p in graph.patterns if p.symbol != "dong-fish"])
    assert sum(fewer[key] != given[key] for key in fewer) <= 2, "one symbol less shifts few others"


def test_damage_is_done_and_told(graph: Graph) -> None:
    def hole(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mask = np.zeros(image.shape[:2], bool)
        mask[: int(rng.integers(4, 9))] = True
        return np.where(mask[..., None], 0, image).astype(np.uint8), mask

    corpus = Corpus(graph, size=32, count=200, damage=hole)
    sample = corpus.sample(3)
    assert sample.mask[:4].all() and not sample.mask[9:].any() and not sample.image[sample.mask].any()
    assert not Corpus(graph, size=32, count=200).sample(3).mask.any()


@pytest.mark.parametrize("options", [{"size": 8}, {"count": 0}, {"variations": 0}])
def test_numbers_out_of_range_are_refused(graph: Graph, options: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="cannot be made"):
        Corpus(graph, **options)


def test_a_stratum_of_two_stays_in_training_and_threes_are_shared_out_justly() -> None:
    splits = split_families(["a", "b", "b", "c", "c", "c"], np.random.default_rng(0))
    assert set(splits["train"]) >= {0, 1, 2}
    many = split_families([k // 3 for k in range(300)], np.random.default_rng(0))
    assert [len(many[name]) for name in ("train", "val", "test")] == [210, 45, 45]

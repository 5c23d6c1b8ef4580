"""The search starts from the published values, goes on where it was stopped, and judges by validation alone."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ritual.errors import BadInput, RitualError
from ritual.motion import search as searching
from ritual.motion.mixture_objective import MixtureObjective
from ritual.motion.sample import Generator
from ritual.motion.search import PUBLISHED, RANGES, _holds_against, dance_compliance, search
from ritual.motion.train import train

pytest.importorskip("optuna")
_spec = importlib.util.spec_from_file_location("together", Path(__file__).with_name("together.py"))
together = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(together)


@pytest.fixture(scope="module")
def material():
    return together.material()


@pytest.fixture
def config(tmp_path):
    return replace(together.config_in(tmp_path), steps=2, validate_every=2)


def test_a_search_starts_from_the_published_values_and_goes_on_where_it_stopped(config, material, monkeypatch):
    runs, honest = [], searching.train

    def counted(run, **rest):
        if len(runs) == 2:
            raise KeyboardInterrupt
        runs.append(run.out.name)
        return honest(run, **rest)

    monkeypatch.setattr(searching, "train", counted)
    with pytest.raises(KeyboardInterrupt):
        search(config, material, trials=3, seeds=2)
    assert len(runs) == 2
    monkeypatch.setattr(searching, "train", lambda run, **rest: runs.append(run.out.name) or honest(run, **rest))
    found = search(config, material, trials=3, seeds=2)
    assert len(found.trials) == 3 and found.trials[0].values == PUBLISHED
    assert len(runs) == 2 + 1 + 6  # what is done is not done again
    assert found.rank == 1 + sum(row.score < found.trials[0].score for row in found.trials)
    for row in found.trials:
        assert all(low <= row.values[name] <= high for name, (low, high) in RANGES.items())
        assert row.score == row.nll + searching.PENALTY * max(0.0, searching.ENOUGH - row.compliance)
    written = json.loads((config.out / "search.json").read_text())
    assert written["trials"][0]["values"] == PUBLISHED and written["rank"] == found.rank
    assert len(found.published) == len(found.best) == len(found.mixed) == 2
    with pytest.raises(BadInput, match="other settings"):
        search(replace(config, steps=3), material, trials=3, seeds=2)


def test_values_are_improved_upon_only_beyond_the_spread_of_the_seeds():
    assert not _holds_against([1.0, 1.1, 1.2], [0.5, 0.61, 0.7])
    assert _holds_against([1.0, 1.1, 1.2], [0.5, 1.6, 1.1])
    assert _holds_against([1.0, 1.1], [1.0, 1.1])


def test_compliance_falls_where_the_domain_is_narrow(config, material):
    generator, dance = Generator.load(train(config, material=material).weights), material.dances[0]
    tight = replace(dance.domain, upper=dance.domain.upper - 2.0, lower=dance.domain.lower)
    assert dance_compliance(generator, [dance]) > 0.5
    assert dance_compliance(generator, [replace(dance, domain=tight)]) < 0.5


def test_what_cannot_be_searched_is_said(config, material, monkeypatch):
    with pytest.raises(BadInput, match="at least 1 trial"):
        search(config, material, trials=0)
    with pytest.raises(BadInput, match="'flow' has no such weights"):
        search(replace(config, model="flow"), material)
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(RitualError, match=r"Optuna.*not installed.*extra `train`"):
        search(config, material)


def test_the_score_knows_the_parts_that_the_mixture_tells(config, material):
    objective = MixtureObjective(config)
    _, parts = objective.validation_loss(objective.network(), *material.validation(config, 0))
    assert {"frame_nll", "phrase_nll"} <= parts.keys()

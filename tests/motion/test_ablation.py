"""The ablation trains what a row needs, no more, and goes on row by row."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ritual.errors import BadInput
from ritual.motion import ablation
from ritual.motion.ablation import ROWS, ablate
from ritual.motion.checkpoint import read_weights

_spec = importlib.util.spec_from_file_location("together", Path(__file__).with_name("together.py"))
together = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(together)


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Of two steps on made-up motion."""
    learnt = together.material()
    monkeypatch.setattr(ablation, "load_material", lambda *_: learnt)
    return replace(together.config_in(tmp_path), steps=2, validate_every=2)


def measure_into(calls):
    def measure(weights, row):
        calls.append((row.name, weights))
        facts = read_weights(weights)[1]
        return {"validation": {"value": facts["validation"], "spread": 0.0, "n": 1, "unit": "nats"}}

    return measure


def test_every_row_is_trained_without_its_part_and_measured(config):
    calls = []
    result = ablate(config, measure_into(calls), jobs=1)
    assert [name for name, _ in calls] == [row.name for row in ROWS] == list(result["rows"])
    recipes = {name: read_weights(weights)[1]["recipe"] for name, weights in calls}
    full = recipes["full"]
    left_out = {
        "without_kl": {"kl"}, "without_stance": {"stance"}, "without_limits": {"limits"},
        "without_cultural": {"kl", "stance", "limits"}, "one_component": {"components"}, "without_projection": set(),
        "per_frame": set(),
    }  # fmt: skip
    assert {name: {k for k in full if row[k] != full[k]} for name, row in recipes.items() if name != "full"} == left_out
    weights = dict(calls)
    assert weights["per_frame"] == weights["without_projection"] == weights["full"]
    values = {name: row["figures"]["validation"]["value"] for name, row in result["rows"].items()}
    assert len({values[name] for name in ("full", "without_kl", "without_stance", "one_component")}) == 4
    assert json.loads((config.out / "ablation.json").read_text()) == result


def test_rows_that_are_done_are_not_done_again(config, monkeypatch):
    calls, trained, honest = [], [], ablation.train
    monkeypatch.setattr(ablation, "train", lambda run, *a, **k: trained.append(run.out.name) or honest(run, *a, **k))
    ablate(config, measure_into(calls), names=["full", "per_frame"], jobs=1)
    assert trained == ["full"] and len(calls) == 2
    result = ablate(config, measure_into(calls), names=["full", "without_kl"], jobs=1)
    assert trained == ["full", "without_kl"] and len(calls) == 3
    assert list(result["rows"]) == ["full", "without_kl", "per_frame"]
    ablate(config, measure_into(calls), names=["full"], jobs=1, again=True)
    assert trained == ["full", "without_kl"] and len(calls) == 4


def test_a_row_that_does_not_exist_is_named(config):
    with pytest.raises(BadInput, match=r"no row 'without_kll'.*without_kl"):
        ablate(config, measure_into([]), names=["without_kll"])

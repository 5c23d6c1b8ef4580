"""Training of a tiny network: it learns, stops and goes on, and repeats itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.brief import Progress
from ritual.clip import MotionClip, write
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.checkpoint import read_weights
from ritual.motion.objective import objective_of
from ritual.motion.processes import Alone
from ritual.motion.proposal import Request
from ritual.motion.sample import Generator
from ritual.motion.train import STATE_NAME, TrainConfig, load_material, train
from ritual.motion.trainer import Trainer


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Six made-up clips of swinging arms, so that the test needs no data from outside."""
    folder = tmp_path_factory.mktemp("mocap")
    for n in range(6):
        t = np.arange(90)[:, None] / 30
        angles = np.zeros((90, 36))
        angles[:, 16:20] = 0.5 * np.sin(2 * np.pi * t / (1.2 + 0.2 * n))
        rotation = np.tile([1.0, 0, 0, 0], (90, 1))
        place = np.tile([0.0, 0.0, 0.92], (90, 1))
        pose = forward(torch.from_numpy(angles), torch.from_numpy(place), torch.from_numpy(rotation))
        clip = MotionClip(angles, place, rotation, pose.positions.numpy(), 30.0, f"swing{n}")
        write(folder / f"swing{n}.npz", clip)
    return folder


@pytest.fixture(scope="module")
def material(data):
    """The clips and three of the graph's dances, read once for all tests."""
    whole = load_material(TrainConfig(data=data, out=data, cache=data / "cache"))
    return replace(whole, dances=whole.dances[:3])


@pytest.fixture
def config(data, tmp_path):
    return TrainConfig(
        data=data, out=tmp_path / "out", steps=6, real_windows=2, dance_windows=2, frames=12, hidden=8,
        validate_every=3, workers=0,
    )  # fmt: skip


def weights_of(result):
    return read_weights(result.weights)[0].state_dict()


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_training_lowers_the_loss_and_writes_weights_that_propose(config):
    steps: list[Progress] = []
    result = train(replace(config, steps=30, validate_every=15, learning_rate=5e-3), steps.append)
    assert result.history[-1]["loss"] < result.history[0]["loss"]
    assert steps[-1].stage == "training" and steps[-1].step == 30 and steps[-1].eta == 0.0
    book = load_graph().rulebook("dai-peacock")
    made = Generator.load(result.weights).propose(
        Request.of_rulebook(book, torch.zeros(384), 20, 25.0, variants=1, seed=0)
    )
    assert np.isfinite(made.targets).all()


def test_the_same_recipe_gives_the_same_weights(config, tmp_path, material):
    first = train(config, material=material)
    second = train(replace(config, out=tmp_path / "second"), material=material)
    other = train(replace(config, out=tmp_path / "other", seed=2), material=material)
    assert same(weights_of(first), weights_of(second))
    assert not same(weights_of(first), weights_of(other))


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_an_interrupted_run_goes_on_as_if_it_had_never_stopped(config, tmp_path, material, average):
    config = replace(config, average=average)
    whole = train(config, material=material)

    def stop_at_four(progress: Progress) -> None:
        if progress.stage == "training" and progress.step == 4:
            raise KeyboardInterrupt

    other = replace(config, out=tmp_path / "other")
    with pytest.raises(KeyboardInterrupt):
        train(other, stop_at_four, material=material)
    assert (other.out / STATE_NAME).exists()
    resumed = train(other, material=material)
    assert same(weights_of(whole), weights_of(resumed))
    assert resumed.history == whole.history


def test_a_training_state_of_another_recipe_is_not_mixed_in(config, material):
    train(config, material=material)
    with pytest.raises(BadInput, match="other settings"):
        train(replace(config, learning_rate=1e-3), material=material)
    train(replace(config, learning_rate=1e-3, resume=False), material=material)


def test_the_average_of_the_weights_is_what_is_validated_and_written(config, material):
    config = replace(config, average=0.5, validate_every=6)
    seen = []
    trainer = Trainer(config, objective_of(config), material, Alone())
    trainer.go(lambda _: seen.append(trainer.network.head.weight.detach().clone()))
    expected = seen[0]
    for n, weight in enumerate(seen[1:], start=1):
        keep = min(0.5, (1 + n) / (10 + n))
        expected = keep * expected + (1 - keep) * weight
    written = trainer.best_network().head.weight.detach()
    torch.testing.assert_close(written, expected)
    assert not torch.allclose(written, seen[-1])


def test_impossible_settings_are_named(config):
    with pytest.raises(BadInput, match=r"no model 'mixtur'.*mixture"):
        train(replace(config, model="mixtur"))
    with pytest.raises(BadInput, match="decay 1 is out of range"):
        train(replace(config, average=1.0))
    with pytest.raises(BadInput, match="at least 1 step"):
        train(replace(config, steps=0))
    if not torch.cuda.is_available():
        with pytest.raises(BadInput, match="No CUDA device"):
            train(replace(config, device="cuda"))

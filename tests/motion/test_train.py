"""Training of a tiny network: it learns, stops and goes on, and repeats itself."""

import copy
import math
import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.brief import Progress
from ritual.clip import MotionClip, write
from ritual.culture.graph import load_graph
from ritual.errors import BadInput, RitualError
from ritual.motion.checkpoint import read_state, read_weights
from ritual.motion.objective import objective_of
from ritual.motion.proposal import Request
from ritual.motion.sample import Generator
from ritual.motion.train import STATE_NAME, TrainConfig, load_material, train
from ritual.motion.trainer import Trainer
from ritual.training.interruption import between_steps
from ritual.training.processes import Alone


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


@pytest.mark.parametrize(("model", "average"), [("mixture", 0.0), ("mixture", 0.9), ("flow", 0.9)])
def test_an_interrupted_run_goes_on_as_if_it_had_never_stopped(config, tmp_path, material, model, average):
    config = replace(config, model=model, average=average, width=8)
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


def test_who_builds_the_windows_does_not_change_the_weights(config, tmp_path, material):
    here = train(config, material=material)
    ahead = train(replace(config, out=tmp_path / "ahead", workers=1), material=material)
    assert same(weights_of(here), weights_of(ahead))


def test_a_signal_stops_after_the_step_that_it_falls_into_and_the_next_run_goes_on(config, tmp_path, material):
    whole = train(config, material=material)
    other = replace(config, out=tmp_path / "other", workers=1)
    trainer = Trainer(other, objective_of(other), material, Alone())
    honest, steps = trainer.objective.loss, []

    def interrupted(*windows):
        steps.append(trainer.state.step)
        if len(steps) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return honest(*windows)

    trainer.objective.loss = interrupted
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trainer.go(lambda _: None)
    assert read_state(other.out / STATE_NAME).step == 3
    assert signal.getsignal(signal.SIGINT) is before
    assert same(weights_of(whole), weights_of(train(other, material=material)))


def test_a_second_ctrl_c_stops_at_once():
    with pytest.raises(KeyboardInterrupt), between_steps() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.asked
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("went on")


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(config, material):
    trainer = Trainer(config, objective_of(config), material, Alone())
    honest = trainer.objective.loss

    def broken(*windows):
        loss, parts = honest(*windows)
        return (loss * math.nan if trainer.state.step == 4 else loss), parts

    trainer.objective.loss = broken
    with pytest.raises(RitualError, match=r"nan.*step 5 of 6.*is kept in .*--learning-rate"):
        trainer.go(lambda _: None)
    kept = read_state(config.out / STATE_NAME)
    assert kept.step == 3
    assert all(torch.isfinite(weight).all() for weight in kept.network.values())


def test_tensorboard_gets_every_part_of_the_loss_and_the_recipe(config, material):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    train(replace(config, log=config.out / "log"), material=material)
    seen = accumulator.EventAccumulator(str(config.out / "log"))
    seen.Reload()
    tags = seen.Tags()
    parts = {"loss", "frame_nll", "phrase_nll", "angle_error", "used", "divergence", "stance", "limits"}
    assert {f"{kind}/{part}" for kind in ("train", "validation") for part in parts} <= set(tags["scalars"])
    assert {"run/learning_rate", "run/seconds_a_step"} <= set(tags["scalars"])
    assert tags["histograms"] == ["validation/component"]
    assert [event.step for event in seen.Scalars("train/loss")] == [1, 2, 3, 4, 5, 6]
    recipe = seen.Tensors("recipe/text_summary")[0].tensor_proto.string_val[0].decode()
    assert '"learning_rate": 0.002' in recipe


@pytest.mark.parametrize(("module", "sentence"), [("torch.utils.tensorboard", "TensorBoard"), ("accelerate", "Accel")])
def test_a_missing_package_is_named_only_where_it_is_asked_for(config, material, monkeypatch, module, sentence):
    monkeypatch.setitem(sys.modules, module, None)
    train(replace(config, steps=1, validate_every=1), material=material)
    asked = {"log": config.out / "log"} if sentence == "TensorBoard" else {"precision": "bfloat16"}
    with pytest.raises(RitualError, match=rf"{sentence}.*not installed.*extra `train`"):
        train(replace(config, resume=False, **asked), material=material)


def test_the_loss_is_drawn_beside_the_weights(config, material):
    pytest.importorskip("matplotlib")
    result = train(config, material=material)
    assert result.weights.with_name("training.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("part", "silent"),
    [("kl", {"kl"}), ("stance", {"stance"}), ("limits", {"limits"}), ("cultural", {"kl", "stance", "limits"})],
)
def test_a_part_of_the_loss_that_is_left_out_has_no_say(config, material, part, silent):
    """The gradient is that of the full loss less the part's, which the weights of eq. 8 make linear."""
    config = replace(config, kl=0.7, stance=1.2, limits=0.8, hidden=4)
    windows = material.training(config, 0)

    def gradient(run):
        objective = objective_of(run)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            network = objective.network()
        torch.nn.init.normal_(network.head.weight, std=0.5)  # far enough out to break limits
        loss, _ = objective.loss(network, *copy.deepcopy(windows))
        return torch.autograd.grad(loss, network.head.bias)[0]

    def at(run):
        torch.manual_seed(0)
        return gradient(run)

    full, less, none = at(config), at(config.without(part)), at(config.without("cultural"))
    alone = sum(at(replace(config.without("cultural"), **{n: getattr(config, n)})) - none for n in silent)
    assert alone.abs().max() > 1e-6
    torch.testing.assert_close(full - less, alone, atol=1e-5, rtol=1e-3)


def test_what_cannot_be_left_out_is_said(config):
    with pytest.raises(BadInput, match=r"'kll' cannot be left out.*kl"):
        config.without("kll")


def test_one_component_trains(config, material):
    result = train(replace(config, components=1), material=material)
    network, facts = read_weights(result.weights)
    assert network.config.components == 1 and facts["recipe"]["components"] == 1


def test_the_command_on_the_card_says_what_is_not_the_default(config):
    base = TrainConfig(data=config.data, out=config.out)
    assert base.command() == "ritual motion train --data DATA/mocap --out OUT --steps 800 --seed 1"
    changed = replace(base, learning_rate=1e-3, precision="bfloat16", workers=0).without("kl").command(2)
    assert changed.startswith("torchrun --nproc-per-node 2 -m ritual motion train ")
    assert changed.endswith("--learning-rate 0.001 --kl 0.0 --precision bfloat16")

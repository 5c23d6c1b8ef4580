"""Training: it goes on bit for bit, keeps what it has when something breaks, and leaves something to look at."""

import dataclasses
import json
import resource

import pytest
import torch

from ritual.errors import BadInput, RitualError
from ritual.imagery.data.batches import pictures_for
from ritual.imagery.training.average import Average
from ritual.imagery.training.players import Players
from ritual.imagery.training.precision import in_bfloat16
from ritual.imagery.training.state import NAME, read_state
from ritual.imagery.training.train_config import TrainConfig
from ritual.imagery.training.trainer import Trainer
from ritual.imagery.weights import read_model
from ritual.training.processes import Alone


@pytest.fixture(scope="module")
def folder(drawn_pictures, tmp_path_factory):
    return drawn_pictures.domains(tmp_path_factory.mktemp("domains"), train=6, test=3)


def config(folder, out, **settings):
    usual = {"model": "cyclegan", "side": 32, "width": 4, "batch": 2, "steps": 12, "sample_every": 6,
             "evaluate_every": 4, "save_every": 3, "options": {"pool": 4, "blocks": 1}}  # fmt: skip
    return TrainConfig(data=folder, out=out, **{**usual, **settings})


def measure(model, batch):
    return {"L1": float((model.run(batch["a"]) - batch["b"]).abs().mean())}


def trainer(config, warn=lambda sentence: None):
    return Trainer(config, pictures_for(config), Alone(), measure, warn)


def stopping(at):
    def tell(progress):
        if progress.step == at:
            raise KeyboardInterrupt

    return tell


def content(path):
    """What a safetensors file says (it orders that by chance), and its tensors' bytes."""
    data = path.read_bytes()
    header = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:header]), data[header:]


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """A run that was never stopped."""
    run = trainer(config(folder, tmp_path_factory.mktemp("whole"), learning_rate=3e-3))
    run.go()
    return run


# a pool of older pictures, and a step at which figures are due; dropout
@pytest.mark.parametrize(("model", "stopped"), [("cyclegan", 8), ("pix2pix", 7)])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(folder, tmp_path, model, stopped):
    options = {"pool": 4, "blocks": 1} if model == "cyclegan" else {}
    runs = [config(folder, tmp_path / name, model=model, options=options) for name in ("whole", "parted")]
    trainer(runs[0]).go()
    with pytest.raises(KeyboardInterrupt):
        trainer(runs[1]).go(stopping(stopped))
    assert read_state(runs[1].out / NAME).step == stopped
    trainer(runs[1]).go()
    for name in (NAME, f"{model}.safetensors"):
        assert content(runs[0].out / name) == content(runs[1].out / name), name
    sample = "samples/step-00012.png"
    assert (runs[0].out / sample).read_bytes() == (runs[1].out / sample).read_bytes()


def test_it_learns(whole):
    paid = whole.history.losses()[:, whole.history.names.index("generators/cycle")]
    assert paid[-3:].mean() < 0.9 * paid[:3].mean()


def test_a_run_leaves_settings_samples_page_weights_and_state(whole):
    out = whole.config.out
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json", "cyclegan.safetensors", "progress.html", "samples", "state.safetensors"
    ]  # fmt: skip
    assert sorted(path.name for path in (out / "samples").iterdir()) == ["step-00006.png", "step-00012.png"]
    assert [row["step"] for row in whole.history.figures] == [4, 8, 12]


def test_a_finished_run_is_not_run_again(whole):
    again = trainer(whole.config)
    again.go(lambda progress: pytest.fail("no step is left"))
    assert again.step == 12


def test_other_settings_are_refused_and_named(whole):
    other = dataclasses.replace(whole.config, width=8, options={"pool": 4, "blocks": 2})
    with pytest.raises(BadInput, match=r"options.blocks 1 -> 2, width 4 -> 8") as told:
        trainer(other)
    assert "--fresh" in told.value.hint


def test_fresh_starts_over(folder, tmp_path):
    first = config(folder, tmp_path, steps=2)
    trainer(first).go()
    anew = trainer(dataclasses.replace(first, width=8, resume=False))
    assert anew.step == 0
    anew.go()
    assert read_state(tmp_path / NAME).recipe["width"] == 8


def test_a_player_moves_its_own_networks_only(folder, tmp_path):
    run = trainer(config(folder, tmp_path))
    seen = {}
    paying = run.model.losses

    def watched(player, batch, made):
        seen[player] = {name.split(".")[0] for name, w in run.model.named_parameters() if w.requires_grad}
        return paying(player, batch, made)

    run.model.losses = watched
    Players(run.model, run.config, Alone()).step(run.data.batch(0), 1.0)
    assert seen == {"generators": {"g", "f"}, "discriminators": {"d_a", "d_b"}}


def test_the_learning_rate_falls_in_a_line_to_the_end(whole):
    shares = [whole._share(step) for step in range(12)]
    assert shares[:7] == [1.0] * 7
    assert shares[7:] == pytest.approx([5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6])


def test_a_loss_that_is_no_number_is_told_and_the_state_stays(folder, tmp_path):
    run = trainer(config(folder, tmp_path))
    before = run.model.losses

    def breaking(player, batch, made):
        paid = before(player, batch, made)
        if run.step == 4 and player == "generators":
            paid["cycle"] = paid["cycle"] * float("nan")
        return paid

    run.model.losses = breaking
    with pytest.raises(RitualError, match="loss 'cycle' of the generators is no finite number at step 5 of 12") as told:
        run.go()
    assert "state of step 3 is kept" in told.value.hint and read_state(tmp_path / NAME).step == 3


def test_a_gradient_that_is_no_number_moves_nothing(folder, tmp_path):
    run = trainer(config(folder, tmp_path))
    before = run.model.losses

    def breaking(player, batch, made):
        paid = before(player, batch, made)
        if player == "generators":  # finite, and its slope at 0 is not
            weight = next(run.model.g.parameters())
            paid["root"] = (weight * 0).square().sum().sqrt() * 1.0
        return paid

    weights = [w.detach().clone() for w in run.model.g.parameters()]
    run.model.losses = breaking
    with pytest.raises(RitualError, match="gradient of the generators"):
        run.go()
    assert all(torch.equal(a, b) for a, b in zip(weights, run.model.g.parameters(), strict=True))


def test_a_full_disk_keeps_the_last_state_and_training_goes_on(folder, tmp_path):
    run, told = config(folder, tmp_path, sample_every=100, evaluate_every=100), []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def tell(progress):  # from step 4 to 10 no file may grow beyond 20 kB, as on a disk that is full
        if progress.step == 4:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        if progress.step in (8, 10):
            kept.append(read_state(tmp_path / NAME).step)
        if progress.step == 10:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    kept = []
    try:
        trainer(run, told.append).go(tell)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert kept == [3, 3] and read_state(tmp_path / NAME).step == 12
    about = [sentence for sentence in told if "state.safetensors" in sentence]
    assert len(about) == 2 and "The state of step 3 is kept; training goes on" in about[0]
    assert not list(tmp_path.glob(".state*")), "nothing half-written is left"


def test_a_full_disk_at_the_end_is_an_error(folder, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def tell(progress):
        if progress.step == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
            raise KeyboardInterrupt

    try:
        with pytest.raises(RitualError, match="Cannot write") as told:
            trainer(config(folder, tmp_path)).go(tell)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "No state is kept yet" in told.value.hint


def test_what_a_killed_run_left_half_written_is_removed(folder, tmp_path):
    (tmp_path / ".state.safetensors.x1y2").write_bytes(b"half")
    trainer(config(folder, tmp_path))
    assert not (tmp_path / ".state.safetensors.x1y2").exists()


def test_the_weights_that_ship_are_the_average_and_only_what_runs(whole):
    model, facts = read_model(whole.config.out / "cyclegan.safetensors")
    assert [name for name, _ in model.named_children()] == ["g"]
    x = whole.data.held_out(2)["a"]
    whole.model.eval()
    with torch.no_grad():
        last = whole.model.run(x)
        with whole.average.in_place():
            averaged = whole.model.run(x)
        assert torch.equal(whole.model.run(x), last), "the network's own weights are back"
        shipped = model.run(x)
    assert (shipped - averaged).abs().max() < 5e-3 < (shipped - last).abs().max()
    assert facts["step"] == 12 and facts["figures"]["L1"] > 0


def test_an_average_of_statistics_is_taken_and_of_other_buffers_not():
    model = torch.nn.ModuleDict({"g": torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))})
    average = Average(model, ("g",), 0.5)
    with torch.no_grad():
        model["g"][1].running_mean += 1
        model["g"][1].num_batches_tracked += 9
    for step in range(1, 60):
        average.update(step)
    with average.in_place():
        assert model["g"][1].running_mean.tolist() == pytest.approx([1, 1], abs=1e-4)
        assert int(model["g"][1].num_batches_tracked) == 9


def test_makers_compute_in_bfloat16_and_critics_do_not(folder, tmp_path):
    run = trainer(config(folder, tmp_path))
    x, inside = run.data.batch(0)["a"], {}
    for name in ("g", "d_b"):
        convolution = next(m for m in run.model.get_submodule(name).modules() if isinstance(m, torch.nn.Conv2d))
        convolution.register_forward_hook(lambda m, i, o, name=name: inside.update({name: o.dtype}))
    plain = run.model.run(x)
    in_bfloat16(run.model, torch.device("cpu"))
    half = run.model.run(x)
    run.model.d_b(half)
    assert half.dtype == torch.float32 and 0 < (half - plain).abs().max() < 0.1
    assert inside == {"g": torch.bfloat16, "d_b": torch.float32}

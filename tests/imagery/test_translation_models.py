"""The eight models of translation: players keep to their networks, gradients arrive, each learns what it is for."""

import pytest
import torch

from ritual.imagery.model import Size
from ritual.imagery.models import model_of

NAMES = ["asymmetric", "cyclegan", "dualgan", "munit", "papercut", "pix2pix", "stargan", "ugatit"]
SMALL = {"asymmetric": {"blocks": 1}, "cyclegan": {"blocks": 1}, "papercut": {"blocks": 1}, "stargan": {"blocks": 1}}
RECONSTRUCTION = {
    "asymmetric": "feature_cycle", "cyclegan": "cycle", "dualgan": "reconstruction", "munit": "picture",
    "papercut": "paired", "pix2pix": "l1", "stargan": "reconstruction", "ugatit": "cycle",
}  # fmt: skip


def small(name, **options):
    torch.manual_seed(0)
    return model_of(name, Size(32, 4), {**SMALL.get(name, {}), **options})


def batch(count=2, side=32):
    torch.manual_seed(1)
    blurred = torch.nn.functional.interpolate(torch.rand(2 * count, 3, 4, 4), (side, side), mode="bilinear")
    a, b = (2 * blurred - 1).split(count)
    return {"a": a, "b": b.sign()}


def turn(model, player, data, made):
    """What the player pays, its gradients in place; the others stand still, as the trainer has it."""
    model.zero_grad(set_to_none=True)
    for name, network in model.named_children():
        network.requires_grad_(name in model.players[player])
    paid = model.losses(player, data, made)
    sum(paid.values()).backward()
    return paid


@pytest.mark.parametrize("name", NAMES)
def test_each_player_moves_its_networks_and_no_other(name):
    model, data, made = small(name), batch(), {}
    for player, own in model.players.items():
        paid = turn(model, player, data, made)
        assert all(value.ndim == 0 and torch.isfinite(value) for value in paid.values())
        for network, module in model.named_children():
            moved = [w.grad is not None and bool(w.grad.abs().max() > 0) for w in module.parameters()]
            assert any(moved) if network in own else not any(moved), network
        if set(own) & set(model.kept):
            for network in set(own) & set(model.kept):
                for weight, tensor in model.get_submodule(network).named_parameters():
                    assert tensor.grad is not None and tensor.grad.abs().max() > 0, f"{network}.{weight}"


@pytest.mark.parametrize("name", NAMES)
def test_run_needs_the_kept_networks_alone_and_takes_any_size(name):
    model = small(name).eval()
    for network in {n for n, _ in model.named_children()} - set(model.kept):
        delattr(model, network)
    with torch.no_grad():
        for shape in ((32, 32), (48, 40), (64, 36)):
            x = torch.rand(1, 3, *shape) * 2 - 1
            made = model.run(x)
            assert made.shape == x.shape and made.abs().max() <= 1
            assert torch.equal(made, model.run(x))


@pytest.mark.parametrize("name", NAMES)
def test_show_gives_rows_of_pictures(name):
    data = batch()
    with torch.no_grad():
        rows = small(name).eval().show(data)
    assert len(rows) >= 3 and all(r.shape == data["a"].shape and r.abs().max() <= 1 for r in rows.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_state_holds_nothing_of_the_features(name):
    model, data = small(name), batch()
    before = set(model.state_dict())
    model.losses(next(iter(model.players)), data, {})
    assert set(model.state_dict()) == before


def learnt(name, steps):
    """How a model's own reconstruction of two pictures goes down: its first value and its last."""
    model, data = small(name), batch()
    optimisers = {
        player: torch.optim.Adam([w for n in own for w in model.get_submodule(n).parameters()], 2e-3, (0.5, 0.999))
        for player, own in model.players.items()
    }
    values = []
    for step in range(steps):
        torch.manual_seed(step)
        made = {}
        for player, optimiser in optimisers.items():
            paid = turn(model, player, data, made)
            if RECONSTRUCTION[name] in paid:
                values.append(float(paid[RECONSTRUCTION[name]].detach()))
            optimiser.step()
    return values[0], sum(values[-5:]) / 5


@pytest.mark.parametrize(
    "name", [n if n == "pix2pix" else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
)
def test_it_learns_two_pictures(name):
    first, last = learnt(name, 60 if name in ("dualgan", "pix2pix") else 40)  # U-Nets with dropout take longer
    assert last < 0.8 * first


def test_dualgans_critics_stay_clipped():
    model, data, made = small("dualgan"), batch(), {}
    turn(model, "generators", data, made)
    turn(model, "critics", data, made)
    assert max(float(w.detach().abs().max()) for d in (model.d_a, model.d_b) for w in d.parameters()) <= 0.01


def test_stargan_goes_where_the_label_says():
    model = small("stargan").eval()
    x = batch()["a"]
    towards_a, towards_b = (model.g(x, torch.full((2,), side)) for side in (0, 1))
    assert (towards_a - towards_b).abs().max() > 1e-3
    assert torch.equal(model.run(x), towards_b)


def test_light_ugatit_has_a_fraction_of_the_weights():
    def count(light):
        return sum(w.numel() for w in small("ugatit", light=light).g.parameters())

    assert count(False) - count(True) == 16 * 16 * (8 * 8 - 1)


def test_munits_translation_follows_its_style():
    model = small("munit").eval()
    content = model.content_a(batch()["a"])
    assert (model.decoder_b(content, torch.ones(2, 8)) - model.decoder_b(content, -torch.ones(2, 8))).abs().max() > 1e-3


def test_papercut_asks_for_pairs_where_it_learns_from_them():
    assert small("papercut").paired
    unpaired = small("papercut", paired=0.0, perceptual=0.0)
    assert not unpaired.paired
    assert set(turn(unpaired, "generators", batch(), {})) == {"adversarial", "cycle", "identity"}


@pytest.mark.parametrize("name", ["asymmetric", "cyclegan"])
def test_a_model_of_unpaired_pictures_learns_from_pairs_where_it_is_shown_them(name):
    alone, shown = small(name), small(name, paired=100.0)
    assert (alone.paired, shown.paired) == (False, True)
    assert set(turn(shown, "generators", batch(), {})) == {*turn(alone, "generators", batch(), {}), "paired"}


@pytest.mark.parametrize("name", ["asymmetric", "papercut"])
def test_pairs_are_what_is_paid_for(name):
    model, data = small(name, paired=100.0), batch()
    paid = turn(model, "generators", data, made := {})
    by_hand = ((made["b"] - data["b"]).abs().mean() + (made["a"] - data["a"]).abs().mean()) / 2
    assert float(paid["paired"].detach()) == pytest.approx(model.options.paired * float(by_hand.detach()), rel=1e-4)


def test_papercut_says_whose_features_it_pays_by():
    model = small("papercut")
    turn(model, "generators", batch(), {})
    assert model.facts() == {"perceptual features": "memory"}


@pytest.mark.parametrize(("ratio", "harder"), [(0.0, "f"), (1.7, "f"), (0.98, "f"), (0.6, "g")])
def test_the_richer_side_gets_the_dense_generator(ratio, harder):
    model = small("asymmetric", ratio=ratio)
    dense = {n for n in ("g", "f") if any("transition" in key for key in model.get_submodule(n).state_dict())}
    assert dense == {harder}


def test_the_ratio_is_measured_where_it_is_not_given():
    from ritual.imagery.models import model_class

    data = {"a": torch.rand(3, 3, 32, 32) * 2 - 1, "b": torch.rand(3, 3, 32, 32).round() * 2 - 1}
    kind = model_class("asymmetric")
    assert kind.fitted({}, data)["ratio"] > 1
    assert kind.fitted({"ratio": 0.5, "edges": 2.0}, data) == {"ratio": 0.5, "edges": 2.0}


@pytest.mark.parametrize(
    ("option", "part"),
    [
        ("identity", "identity"), ("cycle", "feature_cycle"), ("pixel_cycle", "pixel_cycle"), ("edges", "edges"),
        ("adversarial", "adversarial"),
    ],
)
def test_each_weight_of_the_artworks_paper_scales_its_part_and_no_other(option, part):
    def paid(value):
        model = small("asymmetric", **({} if value is None else {option: value}))
        return model, {k: float(v.detach()) for k, v in turn(model, "generators", batch(), {}).items()}

    model, plain = paid(None)
    doubled = paid(2 * getattr(model.options, option))[1]
    for name in plain:
        assert doubled[name] == pytest.approx(plain[name] * (2 if name == part else 1), rel=1e-4)

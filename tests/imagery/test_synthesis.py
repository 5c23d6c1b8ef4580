"""Models that make pictures and clips from noise, and the two that enlarge or restore."""

import math

import pytest
import torch
from torch.nn.functional import softplus

from ritual.errors import BadInput
from ritual.imagery.model import Size
from ritual.imagery.models import model_of
from ritual.imagery.models.attention_dcgan import attended
from ritual.imagery.networks.dcgan import Discriminator
from ritual.imagery.networks.gained_attention import GainedAttention, drawn_by

SYNTHESIS = ("attention-dcgan", "dcgan", "r3gan")
VIDEO = ("attention-lstm", "dcgan-clips", "temporal-cnn")
OTHERS = ("edsr", "papercut-enlarge", "restore")
FRAMES = 8


def small(name, **options):
    torch.manual_seed(0)
    blocks = {"edsr": {"blocks": 2}, "papercut-enlarge": {"blocks": 1}, "restore": {"blocks": 1, "adversarial": 0.1}}
    return model_of(name, Size(32, 8, FRAMES), blocks.get(name, {}) | options)


def batch_for(model, rows=2):
    torch.manual_seed(1)
    a, b = (torch.rand(rows, 3, 32, 32) * 2 - 1 for _ in range(2))
    shapes = {
        "enlargement": {"small": a, "large": torch.rand(rows, 3, 64, 64) * 2 - 1},
        "restoration": {"a": a, "b": b},
        "synthesis": {"real": a},
        "video": {"clip": torch.rand(rows, FRAMES, 3, 32, 32) * 2 - 1},
    }
    return shapes[model.task]


def turn(model, player, batch, made):
    """One player's turn as the trainer gives it: only its own networks want a gradient."""
    model.requires_grad_(False)
    for name in model.players[player]:
        model.get_submodule(name).requires_grad_(True)
    model.zero_grad()
    paid = model.losses(player, batch, made)
    sum(paid.values()).backward()
    return paid


@pytest.mark.parametrize("name", SYNTHESIS + VIDEO + OTHERS)
def test_every_players_gradient_reaches_all_of_its_weights_and_nobody_elses(name):
    model = small(name).train()
    with torch.no_grad():  # what begins as zero lets no gradient through at first
        for weight in model.parameters():
            weight.add_(0.01 * torch.randn_like(weight))
    batch, made = batch_for(model), {}
    for player, networks in model.players.items():
        paid = turn(model, player, batch, made)
        assert all(math.isfinite(float(v.detach())) and v.ndim == 0 for v in paid.values())
        for weight_name, weight in model.named_parameters():
            own = any(weight_name.startswith(f"{network}.") for network in networks)
            if own and (weight.grad is None or not weight.grad.any()):
                # a constant added to all scores cancels in a difference of scores, and before a batch norm
                assert weight_name.endswith("bias"), weight_name
            assert own or weight.grad is None, weight_name


@pytest.mark.parametrize("name", SYNTHESIS)
@pytest.mark.parametrize("side", [32, 64, 96, 128])
def test_pictures_come_in_every_size(name, side):
    model = model_of(name, Size(side, 8), {}).eval()
    made = model.run(torch.randn(2, model.latent))
    assert made.shape == (2, 3, side, side) and made.abs().max() <= 1
    made = {}
    assert set(model.train().losses("generator", {"real": torch.zeros(2, 3, side, side)}, made)) and "fake" in made


def test_the_papers_table_is_built_at_width_64():
    shapes = []
    model = model_of("dcgan", Size(64, 64), {})
    for layer in model.generator.grow:
        layer.register_forward_hook(lambda _, __, out: shapes.append(tuple(out.shape[1:])))
    model.run(torch.randn(2, model.latent))
    assert shapes == [(256, 8, 8), (128, 16, 16), (64, 32, 32)] and model.generator.dense.out_features == 4 * 4 * 512


@pytest.mark.parametrize("name", VIDEO)
def test_clips_have_their_frames_and_the_frames_differ(name):
    model = small(name).eval()
    clips = model.run(torch.randn(3, model.latent))
    assert clips.shape == (3, FRAMES, 3, 32, 32) and clips.abs().max() <= 1
    assert (clips[:, 1:] - clips[:, :-1]).abs().mean() > 0
    rows = model.show(batch_for(model))
    assert rows["real"].shape == rows["made 1"].shape == (FRAMES, 3, 32, 32)


@pytest.mark.parametrize("name, frames", [("temporal-cnn", 10), ("temporal-cnn", 4), ("attention-lstm", 1)])
def test_clips_that_a_model_cannot_make_are_refused_in_a_sentence(name, frames):
    with pytest.raises(BadInput, match="frame"):
        model_of(name, Size(32, 8, frames), {})


def test_grids_show_the_same_noise_at_every_step():
    model = small("dcgan").eval()
    batch = batch_for(model)
    one = model.show(batch)["made"]
    torch.randn(7)
    assert torch.equal(one, model.show(batch)["made"])


def test_attention_is_the_papers_equation():
    torch.manual_seed(0)
    layer, x = GainedAttention(16), torch.randn(2, 16, 3, 5)
    layer.gain.data.fill_(0.7)
    out, attention = layer(x)
    q, k, v = (m(x).flatten(2).double() for m in (layer.q, layer.k, layer.v))
    for row in range(2):
        scores = q[row].T @ k[row] / math.sqrt(2)  # d_k = 16 / 8
        weights = scores.exp() / scores.exp().sum(1, keepdim=True)
        seen = torch.einsum("ij,cj->ci", weights, v[row]).float().reshape(1, 8, 3, 5)
        assert torch.allclose(attention[row], weights.float(), atol=1e-6)
        assert torch.allclose(out[row], x[row] + 0.7 * layer.out(seen)[0], atol=1e-5)
    assert torch.allclose(drawn_by(attention, (3, 5)).sum((1, 2, 3)), torch.ones(2))


def test_details_count_as_much_as_attention_goes_there():
    details = torch.tensor([[-3.0, 3.0]]).view(1, 1, 1, 2)
    there, elsewhere = (attended(details, torch.tensor(w).view(1, 1, 1, 2)) for w in ([1.0, 0.0], [0.0, 1.0]))
    assert there == pytest.approx(math.log1p(math.exp(3))) and elsewhere == pytest.approx(math.log1p(math.exp(-3)))


def test_places_are_told_apart_by_their_surroundings():
    """Stripes from a checkerboard: alike in every mean, so that batch norms leave nothing to a sum of channels."""
    torch.manual_seed(0)
    judge = Discriminator(64, 8, bounded=True, details=True)
    rows = torch.arange(64) // 2 % 2 * 2.0 - 1
    stripes, checks = rows[:, None].expand(64, 64), rows[:, None] * rows
    real, made = (pattern.expand(4, 3, -1, -1) + 0.1 * torch.randn(4, 3, 64, 64) for pattern in (stripes, checks))
    adam = torch.optim.Adam(judge.parameters(), 1e-3)
    for _ in range(40):
        adam.zero_grad()
        loss = softplus(-judge(real)[1]).mean() + softplus(judge(made)[1]).mean()
        loss.backward()
        adam.step()
    assert loss < 0.5 * 2 * math.log(2)


def test_the_weights_of_the_papers_losses_are_in_force():
    model = small("attention-lstm", augment=False).train()
    batch, rows = batch_for(model), {}
    for weight in ("adv", "att", "temp"):
        torch.manual_seed(3)
        without = small("attention-lstm", augment=False, **{weight: 0.0}).train()
        without.load_state_dict(model.state_dict())
        paid = without.losses("generator", batch, {})
        rows[weight] = {name for name, value in paid.items() if value == 0}
    assert rows == {"adv": {"adversarial"}, "att": {"attention"}, "temp": {"temporal"}}


@pytest.mark.parametrize("name", ["attention-dcgan", "attention-lstm"])
def test_spectral_norms_bound_every_layer_of_the_discriminator(name):
    model = small(name).train()
    for weight in model.discriminator.parameters():
        weight.data.mul_(30)
    for _ in range(30):
        model.discriminator(torch.randn(2, 3, 32, 32))
    layers = [m for m in model.discriminator.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(layers) == 6
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2) <= 1.02


def test_time_is_judged_by_the_order_of_frames():
    model = small("attention-lstm").eval()
    clips = torch.randn(2, FRAMES, 3, 32, 32).cumsum(1)
    assert not torch.allclose(model._judged(clips), model._judged(clips.flip(1)), atol=1e-6)


def test_frames_are_judged_of_many_clips_one_anywhere_in_each():
    model = small("attention-lstm").eval()
    noise = torch.randn(12, 128)
    clips, (frames, drawn) = model.run(noise), model._frames(noise)
    apart = (clips - frames[:, None]).abs().amax((2, 3, 4))  # clips x times
    assert (apart.amin(1) < 1e-5).all() and len(set(apart.argmin(1).tolist())) > 1
    assert drawn.shape[:2] == (12, 1)
    made = {}
    model.train().losses("generator", batch := batch_for(model), made)
    assert made["frames"].shape == batch["clip"].flatten(0, 1).shape


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("name", ["edsr", "papercut-enlarge"])
def test_enlargement_is_of_any_size(name, scale):
    model = model_of(name, Size(32, 8, 1, scale), {"blocks": 1}).eval()
    assert model.run(torch.zeros(1, 3, 34, 20)).shape == (1, 3, 34 * scale, 20 * scale)


def test_edsr_baseline_is_that_of_its_paper():
    network = model_of("edsr", Size(48, 64), {}).network
    assert sum(w.numel() for w in network.parameters()) == 1_369_859  # as published: 1.37 million at 2x


def test_a_flat_colour_stays_exactly_that_colour_when_a_papercut_is_enlarged():
    model = small("papercut-enlarge").eval()
    model.network.place.weight.data.normal_()
    flat = torch.tensor([0.9, -0.4, 0.1]).view(1, 3, 1, 1).expand(1, 3, 16, 16)
    assert torch.allclose(model.run(flat), flat[:, :, :1, :1].expand(1, 3, 32, 32), atol=1e-6)


def test_restoration_begins_next_to_the_picture_itself():
    model = small("restore").eval()
    picture = torch.rand(1, 3, 24, 40) * 2 - 1
    assert (model.run(picture) - picture).abs().mean() < 0.1
    assert "discriminator" not in small("restore", adversarial=0.0).players


def test_what_is_lost_is_told_and_painted():
    torch.manual_seed(0)
    model = small("restore")
    whole = torch.zeros(4, 3, 32, 32) + torch.linspace(-1, 1, 32)
    damaged = whole.clone()
    damaged[..., 8:20, 8:20] = 1.0
    adam = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(60):
        paid = sum(model.losses("restorer", {"a": damaged, "b": whole}, {}).values())
        adam.zero_grad()
        paid.backward()
        adam.step()
    _, _, lost = model.network(damaged)
    assert lost[..., 10:18, 10:18].mean() > 0 > lost[..., 22:, :].mean()
    assert (model.run(damaged) - whole).abs().mean() < 0.5 * (damaged - whole).abs().mean()


def drawn(rows, side, seed):
    """Bilevel pictures of discs, and small ones."""
    g = torch.Generator().manual_seed(seed)
    x, y, r = torch.rand(3, rows, 3, 1, 1, generator=g).mul(2).sub(1)
    grid = torch.linspace(-1, 1, 4 * side)
    inside = ((grid - x) ** 2 + (grid[:, None] - y) ** 2 < (0.2 + r.abs() / 2) ** 2).any(1, keepdim=True).float()
    large = torch.nn.functional.avg_pool2d(inside * torch.tensor([-0.2, -1.6, -1.5]).view(1, 3, 1, 1) + 0.8, 4)
    small = torch.nn.functional.interpolate(large, scale_factor=0.5, mode="bicubic", antialias=True)
    return {"small": small, "large": large}


def test_the_papercut_enlarger_leads_bicubic_after_seconds_and_edsr_learns():
    held_out = drawn(8, 32, 1)
    bicubic = torch.nn.functional.interpolate(held_out["small"], scale_factor=2, mode="bicubic")
    off, first = {"bicubic": (bicubic - held_out["large"]).square().mean()}, {}
    for name in ("edsr", "papercut-enlarge"):
        model = small(name)
        first[name] = (model.run(held_out["small"]) - held_out["large"]).square().mean()
        adam = torch.optim.Adam(model.parameters(), 2e-3)
        for step in range(60):
            sum(model.losses("enlarger", drawn(4, 32, 2 + step), {}).values()).backward()
            adam.step()
            adam.zero_grad()
        with torch.no_grad():
            off[name] = (model.run(held_out["small"]) - held_out["large"]).square().mean()
    assert off["papercut-enlarge"] < 0.7 * off["bicubic"] and off["edsr"] < 0.3 * first["edsr"]

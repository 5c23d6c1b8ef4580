"""The networks of translation: shapes, what attention computes, what each part of P's generator adds."""

import math

import pytest
import torch
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.networks.attention import SelfAttention
from ritual.imagery.networks.blocks import norm_of, up
from ritual.imagery.networks.dense_blocks import DenseBlock
from ritual.imagery.networks.munit import MultiScaleDiscriminator
from ritual.imagery.networks.papercut_generator import PapercutGenerator
from ritual.imagery.networks.patch_discriminator import PatchDiscriminator, layers_for
from ritual.imagery.networks.resnet_generator import blocks_for
from ritual.imagery.networks.stargan import DomainDiscriminator
from ritual.imagery.networks.ugatit import LayerInstanceNorm
from ritual.imagery.networks.unet import UNet


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_attention_is_the_papers_equation():
    attention = SelfAttention(8, heads=2)
    x = torch.randn(2, 8, 5, 4)
    y = attention.norm(x).flatten(2).transpose(1, 2)  # (N, L, D)
    q, k, v = (y @ layer.weight[:, :, 0, 0].T for layer in (attention.queries, attention.keys, attention.values))
    heads = []
    for n in range(2):
        part = slice(4 * n, 4 * n + 4)
        scores = q[..., part] @ k[..., part].transpose(1, 2) / math.sqrt(4)
        heads.append(scores.softmax(-1) @ v[..., part])
    fused = torch.cat(heads, -1) @ attention.fused.weight[:, :, 0, 0].T + attention.fused.bias
    assert torch.allclose(attention(x), x + fused.transpose(1, 2).reshape(x.shape), atol=1e-5)


def test_attention_over_a_large_map_looks_at_its_average():
    attention = SelfAttention(8, heads=2, most=4)
    x = torch.randn(1, 8, 10, 6)
    y = attention.norm(x)
    seen = F.avg_pool2d(y, 3, ceil_mode=True)  # 10 places by 3: 4 of them, the last of one row
    assert seen.shape[-2:] == (4, 2)
    q, k, v = (layer(m).flatten(2).unflatten(1, (2, 4)).transpose(2, 3)
               for layer, m in ((attention.queries, y), (attention.keys, seen), (attention.values, seen)))  # fmt: skip
    fused = attention.fused(F.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(x.shape))
    assert torch.allclose(attention(x), x + fused, atol=1e-5)


def test_heads_that_do_not_share_the_channels_are_told():
    with pytest.raises(BadInput, match="3 heads cannot share 8 channels"):
        SelfAttention(8, heads=3)


@pytest.mark.parametrize("shape", [(32, 32), (64, 36), (44, 52)])
def test_papercut_generator_keeps_any_size_that_four_divides(shape):
    made = PapercutGenerator(4, 1)(torch.zeros(1, 3, *shape))
    assert made.shape == (1, 3, *shape) and made.abs().max() <= 1


@pytest.mark.parametrize(
    ("switch", "gate"), [("attention", "attention.fused"), ("skips", "skip_"), ("fixed_encoder", "joined")]
)
def test_a_part_switched_off_is_the_part_with_its_gate_shut(switch, gate):
    whole = PapercutGenerator(4, 1).eval()
    without = PapercutGenerator(4, 1, **{switch: False}).eval()
    left = without.load_state_dict(whole.state_dict(), strict=False)
    assert not left.missing_keys and left.unexpected_keys
    x = torch.rand(1, 3, 32, 32)
    assert not torch.allclose(whole(x), without(x), atol=1e-4)
    with torch.no_grad():
        for name, weight in whole.named_parameters():
            if name.startswith(gate):
                weight.zero_()
    assert torch.allclose(whole(x), without(x), atol=1e-6)


def test_the_bilinear_switch_changes_the_decoder_alone():
    bilinear, transposed = (PapercutGenerator(4, 1, bilinear=b).state_dict() for b in (True, False))
    changed = {name for name in {*bilinear, *transposed} if bilinear.get(name, torch.empty(0)).shape
               != transposed.get(name, torch.empty(0)).shape}  # fmt: skip
    assert changed and all(name.startswith("up_to_") for name in changed)


def test_a_bilinear_decoder_draws_no_checkerboard_and_a_transposed_one_does():
    def ripple(bilinear):
        """What is left of a flat picture's inside between neighbours, normalisation and tanh aside."""
        network = PapercutGenerator(4, 1, norm="none", bilinear=bilinear, fixed_encoder=False).eval()
        inside = network.up_to_whole(network.up_to_half(torch.ones(1, 16, 16, 16)))[..., 20:40, 20:40]
        return float((inside - inside.mean((2, 3), keepdim=True)).abs().max().detach())

    assert ripple(True) < 1e-6 < 1e-3 < ripple(False)


def test_the_bilinear_decoder_interpolates():
    ramp = torch.arange(8.0).expand(1, 4, 8, 8)
    path = up(4, 2, bilinear=True)
    with torch.no_grad():
        path[0].weight.fill_(0.25)
        larger = path[1](path[0](ramp))
    assert torch.allclose(larger[0, 0, 0, 1:-1].diff(), torch.tensor(0.5))  # the nearest neighbour would give 0 and 1


@pytest.mark.parametrize("norm", ["instance", "batch", "none"])
def test_each_normalisation_trains_every_weight(norm):
    network = PapercutGenerator(4, 1, norm=norm)
    network(torch.rand(2, 3, 32, 32)).square().sum().backward()
    assert all(w.grad is not None and w.grad.abs().max() > 0 for w in network.parameters())


def test_an_unknown_normalisation_is_told():
    with pytest.raises(BadInput, match="no normalisation 'layer'"):
        norm_of("layer", 8)


def test_the_fixed_encoder_stays_fixed():
    network = PapercutGenerator(4, 1).train()
    before = {name: tensor.clone() for name, tensor in network.fixed.state_dict().items()}
    assert not list(network.fixed.parameters())
    optimiser = torch.optim.Adam(network.requires_grad_(True).parameters(), 0.1)
    network(torch.rand(2, 3, 32, 32)).sum().backward()
    optimiser.step()
    assert all(torch.equal(before[name], tensor) for name, tensor in network.fixed.state_dict().items())


@pytest.mark.parametrize("shape", [(64, 64), (40, 72), (128, 96)])
def test_the_unet_takes_any_size(shape):
    network = UNet(4, 64)
    assert len(network.down) == 6
    assert network(torch.rand(1, 3, *shape)).shape == (1, 3, *shape)


def test_the_unets_translation_does_not_change_from_call_to_call():
    network, x = UNet(4, 32), torch.rand(1, 3, 32, 32)
    assert not torch.equal(network(x), network(x))  # dropout
    assert torch.equal(network.eval()(x), network(x))


@pytest.mark.parametrize(("side", "layers", "places"), [(256, 3, 30), (128, 3, 14), (64, 2, 14), (32, 1, 14)])
def test_patches_are_parts_of_a_picture(side, layers, places):
    assert layers_for(side) == layers
    assert PatchDiscriminator(4, layers)(torch.zeros(1, 3, side, side)).shape == (1, 1, places, places)
    assert layers_for(side, 2) == 2


def test_three_layers_see_patches_of_70_pixels():
    x = torch.zeros(1, 3, 256, 256, requires_grad=True)
    PatchDiscriminator(4, 3, norm="none")(x)[0, 0, 15, 15].backward()
    rows = x.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    assert int(rows.max() - rows.min()) + 1 == 70


def test_blocks_go_by_size():
    assert [blocks_for(64), blocks_for(255), blocks_for(256), blocks_for(64, 2)] == [6, 6, 9, 2]


def test_a_dense_block_reads_all_that_came_before():
    block = DenseBlock(8, norm="none")
    assert [layer[0].in_channels for layer in block.layers] == [8, 12, 16, 20]
    assert block.transition[0].in_channels == 24 and block(torch.zeros(1, 8, 6, 6)).shape == (1, 8, 6, 6)


def test_layer_instance_norm_goes_from_one_to_the_other():
    x = torch.randn(2, 4, 6, 6) * 3 + 1
    for rho, wanted in ((1.0, F.instance_norm(x)), (0.0, F.group_norm(x, 1))):
        assert torch.allclose(LayerInstanceNorm(4, rho, own=True)(x), wanted, atol=1e-5)


def test_rho_comes_back_into_its_range():
    norm = LayerInstanceNorm(4, 0.0, own=True)
    with torch.no_grad():
        norm.rho.fill_(-0.5)
    norm(torch.randn(1, 4, 6, 6)).square().sum().backward()
    assert (norm.rho == 0).all() and norm.rho.grad.abs().max() > 0


def test_scales_are_halves_of_one_another():
    assert [tuple(a.shape[-2:]) for a in MultiScaleDiscriminator(4, 2)(torch.zeros(1, 3, 64, 64))] == [
        (16, 16), (8, 8), (4, 4)]  # fmt: skip


@pytest.mark.parametrize("side", [32, 64, 128])
def test_stargans_critic_answers_by_place_and_names_one_domain(side):
    answers, named = DomainDiscriminator(4, side)(torch.zeros(2, 3, side, side))
    assert answers.shape == (2, 1, 4, 4) and named.shape == (2, 2)

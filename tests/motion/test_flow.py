"""The rectified flow: what it learns, what it draws, and that it keeps the promises of a sampler."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.checkpoint import FLOW_FORMAT, read_weights, write_weights
from ritual.motion.flow_network import NOISE_LENGTH, SCALE, FlowConfig, FlowNetwork, starting_noise
from ritual.motion.flow_objective import state_weights
from ritual.motion.flow_sampler import FlowSampler
from ritual.motion.losses import cultural_loss
from ritual.motion.mixture import Mixture
from ritual.motion.network import RATE
from ritual.motion.proposal import Request, Variation
from ritual.motion.sample import SHIPPED, Generator, shipped


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FlowNetwork(FlowConfig(width=32, blocks=4)).eval()


def inputs(batch=2, frames=40):
    g = torch.Generator().manual_seed(1)
    return torch.randn(batch, 384, generator=g) / 20, torch.randn(batch, frames, 189, generator=g)


def test_a_new_network_says_no_correction_at_all(network):
    text, features = inputs()
    assert float(network(text, features, torch.randn(2, 40, 39), torch.rand(2)).detach().abs().max()) == 0.0


def test_starting_noise_is_standard_and_as_smooth_as_it_says():
    noise = starting_noise((4, 4000, 10), torch.Generator().manual_seed(0))
    assert abs(float(noise.mean())) < 0.05 and float(noise.std()) == pytest.approx(1.0, abs=0.05)
    lag = round(NOISE_LENGTH * RATE)
    alike = float((noise[:, lag:] * noise[:, :-lag]).mean())
    assert alike == pytest.approx(math.exp(-0.5 * (lag / RATE / NOISE_LENGTH) ** 2), abs=0.06)


def test_weights_count_what_moves_the_joints_most():
    weight = state_weights()
    assert weight.shape == (39,) and float(weight.mean()) == pytest.approx(1.0)
    from ritual.body.skeleton import ANGLE_INDEX

    assert weight[ANGLE_INDEX["left_hip_flexion"]] > 3 * weight[ANGLE_INDEX["head_rotation"]] > 0


def test_a_draw_follows_straight_lines_to_their_end():
    """With a network that knows the end, every number of steps leads there."""

    class Knowing(FlowNetwork):
        def end(self, said, skeleton, x, t):
            return torch.full_like(x, 0.7)

    sampler = FlowSampler(Knowing(FlowConfig(width=16, blocks=1)))
    text, features = inputs(1, 300)  # longer than a chunk
    drawn = sampler.draw(text, features, torch.randn(1, 300, 39))
    np.testing.assert_allclose(drawn.numpy(), 0.7, atol=1e-6)


def test_the_convolution_tap_by_tap_is_the_convolution(network):
    hidden = torch.randn(2, 50, 32, generator=torch.Generator().manual_seed(4))
    for block in network.blocks:
        with torch.no_grad():
            whole = block.along(hidden.transpose(1, 2)).transpose(1, 2)
            torch.testing.assert_close(block._along(hidden), whole, atol=1e-5, rtol=1e-5)


def test_style_turns_what_the_text_says_up_and_off():
    class Hearing(FlowNetwork):
        def read(self, text, features):
            return text[:, :1], features

        def end(self, said, skeleton, x, t):
            return said[:, None] * torch.ones_like(x)

    sampler = FlowSampler(Hearing(FlowConfig(width=16, blocks=1)))
    text, features = torch.ones(1, 384), torch.zeros(1, 30, 189)
    for style in (0.0, 0.5, 1.0, 1.5):
        drawn = sampler.draw(text, features, torch.randn(1, 30, 39), style)
        np.testing.assert_allclose(drawn.numpy(), style, atol=1e-6)


def test_a_loop_of_the_flow_comes_round(network):
    """An untrained but loud network: what goes in is periodic, so what comes out of a loop is."""
    torch.manual_seed(3)
    loud = FlowNetwork(FlowConfig(width=32, blocks=4)).eval()
    torch.nn.init.normal_(loud.exit[1].weight, std=0.3)
    book = load_graph().rulebook("han-yangko")
    cycle = book.cycle_seconds
    frames = round(cycle * 25)
    request = Request.of_rulebook(book, torch.zeros(384), frames, frames / cycle, variants=1, seed=2, loop=True)
    made = Generator(FlowSampler(loud), {}).propose(request).angles[0]
    steps = np.abs(np.diff(made, axis=0)).max(1)
    assert np.abs(made[0] - made[-1]).max() <= np.quantile(steps, 0.99) * 1.2


def test_the_divergence_up_to_the_allowance_is_free():
    means = torch.zeros(1, 4, 1, 72)
    sigma = torch.full_like(means, 0.1)
    prior = Mixture(torch.zeros(1, 4, 1), means, sigma)
    angles, reference, hold, penalty = (
        torch.zeros(1, 4, 1, 36),
        torch.zeros(1, 4, 36),
        torch.ones(1, 4),
        torch.zeros(1, 4, 1),
    )

    def divergence(shift, allowance):
        drawn = Mixture(torch.zeros(1, 4, 1), means + shift, sigma)
        return float(cultural_loss(drawn, prior, angles, reference, hold, penalty, allowance).divergence)

    assert divergence(0.1, 0.0) == pytest.approx(0.5, rel=1e-4)  # (shift / sigma)^2 / 2
    assert divergence(0.1, 0.6) == 0.0
    assert divergence(0.1, 0.2) == pytest.approx(0.3, rel=1e-4)


def test_weights_come_back_as_the_model_that_they_are(tmp_path, network):
    path = tmp_path / "flow.safetensors"
    write_weights(path, network, {"note": 1}, FLOW_FORMAT)
    again, facts = read_weights(path)
    assert isinstance(again, FlowNetwork) and again.config == network.config and facts == {"note": 1}
    assert Generator.load(path).name == "flow"


def test_every_set_of_weights_that_ships_loads_by_its_name():
    names = {name: Generator.load(name).name for name in SHIPPED}
    assert names == {"flow": "flow", "mixture": "mixture", "without-culture": "mixture"}
    assert sum(shipped(name).stat().st_size for name in SHIPPED) <= 20e6
    with pytest.raises(BadInput, match="No weights 'none' ship"):
        shipped("none")


def test_the_shipped_flow_fills_what_the_stances_leave_open():
    """The fewer stances hold the body, the more it adds, and no two draws add the same; full stances it keeps."""
    generator, book = Generator.load("flow"), load_graph().rulebook("dai-peacock")
    still = replace(Variation(), temperature=1.0, timing=0.0, start=0.0, size=0.0)
    whole = Request.of_rulebook(book, torch.zeros(384), 200, 25.0).curve(0)
    added, apart = [], []
    for every in (1, 2, 4):
        parts = {name: getattr(whole, name)[::every] for name in ("phases", "states", "facing")}
        curve = replace(whole, **parts)
        request = Request((curve,), torch.zeros(384), 200, 25.0, variants=2, seed=0, variation=still)
        made = generator.propose(request).angles
        bare = curve.at(np.arange(200) / 25.0 / curve.cycle_seconds, 25.0).state[:, :36]
        added.append(np.degrees(np.abs(made[0] - bare).mean()))
        apart.append(np.degrees(np.abs(made[0] - made[1]).mean()))
    assert added[0] < 1.0 < added[1] < added[2] < 20.0
    assert apart[0] < apart[1] < apart[2] and apart[1] > 1.0
    assert len(SCALE) == 39

"""Finding the noise of a picture."""

import pytest
import torch

from ritual.errors import BadInput
from ritual.imagery.inversion import invert
from ritual.imagery.model import Size
from ritual.imagery.models import model_of


def a_model(name, frames=1):
    """Untrained, but with contrast: its batch norms know the scale of what comes."""
    torch.manual_seed(0)
    model = model_of(name, Size(32, 8, frames), {}).train()
    model.generator.paint.weight.data.mul_(4)
    for _ in range(40):
        model.run(torch.randn(8, model.latent))
    return model.eval()


@pytest.mark.parametrize("name, frames", [("dcgan", 1), ("attention-lstm", 4)])
def test_a_picture_that_the_model_made_is_found_again(name, frames):
    model = a_model(name, frames)
    torch.manual_seed(5)
    wanted = model.run(torch.randn(3, model.latent)).detach()
    found, noise = invert(model, wanted, steps=80)
    begun, _ = invert(model, wanted, steps=0)
    assert found.shape == wanted.shape and noise.shape == (3, model.latent)
    assert (found - wanted).square().mean() < 0.2 * (begun - wanted).square().mean()
    assert torch.equal(found, invert(model, wanted, steps=80)[0])  # the same budget finds the same


def test_the_model_is_as_it_was():
    model = a_model("dcgan").train()
    model.discriminator.requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    invert(model, torch.zeros(2, 3, 32, 32), steps=2, trials=4)
    assert model.training and not any(p.requires_grad for p in model.discriminator.parameters())
    assert all(p.requires_grad for p in model.generator.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_what_cannot_be_inverted_is_said():
    with pytest.raises(BadInput, match="nothing to invert"):
        invert(model_of("edsr", Size(32, 8), {"blocks": 1}), torch.zeros(1, 3, 32, 32))
    with pytest.raises(BadInput, match="cannot be held against"):
        invert(a_model("dcgan"), torch.zeros(1, 3, 64, 64))

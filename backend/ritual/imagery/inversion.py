"""The nearest picture that a model can make: how a model of noise is held against real pictures.

R scores models that make pictures from noise by SSIM, which wants a real picture to stand beside: it digitises a
building, and what the model gives is compared with that building. Here a model digitises a picture that it never saw
by finding the noise that makes it (GAN inversion). All models get the same trials and steps, and stand still.

Source: Zhu et al. (2016), Generative visual manipulation on the natural image manifold, §3 (projection by
optimisation); Creswell and Bharath (2018), Inverting the generator of a generative adversarial network.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from ritual.errors import BadInput
from ritual.imagery.model import PictureModel

TRIALS = 64
STEPS = 150
RATE = 0.1
COARSE = 4  # px: pictures are compared as they are and in squares of this side
NORMAL = 1e-3  # weight of the noise staying normal


def invert(
    model: PictureModel, pictures: Tensor, steps: int = STEPS, trials: int = TRIALS, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Find the noise whose picture (clip) is nearest to each of the given ones, and make it.

    The best of `trials` draws begins; Adam then moves it, against the mean squared difference of pixels and of squares
    of 4 px. A weak pull keeps the noise normal, so that what is found is something the model would make.

    Args:
        model: of synthesis or video; its weights and its mode are as before afterwards.
        pictures: (N, 3, S, S) in -1..1, or clips (N, T, 3, S, S), as `model.run` makes them.

    Returns:
        what the model makes, shaped as `pictures`, and the noise (N, latent).

    Raises:
        BadInput: the model does not begin with noise, or makes pictures of another shape.
    """
    if not model.latent:
        raise BadInput(f"A model of {model.task} begins with a picture, not with noise: there is nothing to invert.")
    training, wanted = model.training, [p.requires_grad for p in model.parameters()]
    model.eval().requires_grad_(False)
    try:
        with torch.enable_grad():
            noise = _moved(model, pictures, _best(model, pictures, trials, seed), steps)
        with torch.no_grad():
            return model.run(noise), noise
    finally:
        model.train(training)
        for weight, want in zip(model.parameters(), wanted, strict=True):
            weight.requires_grad_(want)


def _best(model: PictureModel, pictures: Tensor, trials: int, seed: int) -> Tensor:
    draws = torch.randn(trials, model.latent, generator=torch.Generator().manual_seed(seed)).to(pictures.device)
    with torch.no_grad():
        made = torch.cat([model.run(some) for some in draws.split(16)])
        if made.shape[1:] != pictures.shape[1:]:
            raise BadInput(
                f"The model makes {tuple(made.shape[1:])}; it cannot be held against {tuple(pictures.shape[1:])}."
            )
        apart = torch.stack([_apart(made, one.expand_as(made)) for one in pictures])
    return draws[apart.argmin(1)]


def _moved(model: PictureModel, pictures: Tensor, noise: Tensor, steps: int) -> Tensor:
    """Adam on the noise; its rate falls along a cosine."""
    noise = noise.clone().requires_grad_()
    adam = torch.optim.Adam([noise], RATE)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(steps, 1))
    for _ in range(steps):
        adam.zero_grad()
        pull = NORMAL * (noise.square().mean(1) - 1).square()
        (_apart(model.run(noise), pictures) + pull).sum().backward()
        adam.step()
        falling.step()
    return noise.detach()


def _apart(made: Tensor, wanted: Tensor) -> Tensor:
    """(N, ...) -> (N,) mean squared difference of pixels, and of squares of COARSE."""
    off = (made - wanted).flatten(1, -3) if made.ndim == 5 else made - wanted
    return off.square().mean((1, 2, 3)) + avg_pool2d(off, COARSE).square().mean((1, 2, 3))

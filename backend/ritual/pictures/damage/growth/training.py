"""Train the growth generator: hinge loss, spectral norms, a moving average of the generator."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ritual.pictures.damage.growth.network import Discriminator, Generator
from ritual.pictures.damage.growth.simulated import Growths
from ritual.pictures.damage.growth.size import FULL, KINDS

FULLS = torch.tensor([FULL[name] for name in KINDS])


@dataclass(frozen=True)
class Recipe:
    """Of a run. coverage: weight of the square error of the share covered, in shares of what strength 1 covers."""

    steps: int = 4500
    batch: int = 16
    growths: int = 2048  # simulated of each kind
    rates: tuple[float, float] = (4e-4, 4e-4)  # of generator and discriminator (Adam, betas 0 and 0.9)
    coverage: float = 4.0
    average: float = 0.998  # decay of the generator's moving average
    seconds: float = 600.0  # of processor time; with steps left it sinks the rates faster, and stops here
    seed: int = 0


Told = Callable[[int, float], None]


def train(recipe: Recipe, growths: Growths, tell: Told | None = None) -> tuple[Generator, dict]:
    """The averaged generator and facts of the run (`steps`, `seconds`, losses of the last tenth).

    Args:
        tell: called with (steps done, seconds left).
    """
    torch.manual_seed(recipe.seed)
    generator = Generator().to(memory_format=torch.channels_last)  # a third faster on a CPU
    discriminator = Discriminator().to(memory_format=torch.channels_last)
    average = copy.deepcopy(generator).requires_grad_(False)
    optimisers = [
        torch.optim.Adam(net.parameters(), rate, (0.0, 0.9))
        for net, rate in zip((generator, discriminator), recipe.rates, strict=True)
    ]
    start = time.process_time()
    history: list[tuple[float, float]] = []
    for step in range(recipe.steps):
        gone = time.process_time() - start
        if gone > recipe.seconds:
            break
        left = 1 - max(step / recipe.steps, gone / recipe.seconds)
        for optimiser, rate in zip(optimisers, recipe.rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate * min(1.0, 2.5 * left + 0.02)
        history.append(_step(generator, discriminator, optimisers, growths, recipe))
        _follow(average, generator, min(recipe.average, (step + 1) / (step + 10)))
        if tell is not None and step % 20 == 0:
            tell(step, gone / (step + 1) * (recipe.steps - step))
    last = history[-max(len(history) // 10, 1) :]
    losses = {name: round(sum(row[i] for row in last) / len(last), 3) for i, name in enumerate(("told", "drew"))}
    return average.eval(), {"steps": len(history), "seconds": round(time.process_time() - start, 1), "losses": losses}


def _step(
    generator: Generator, discriminator: Discriminator, optimisers: list, growths: Growths, recipe: Recipe
) -> tuple[float, float]:
    real, kind, strength = _some(growths, recipe.batch)
    drawn = torch.sigmoid(generator(kind, strength, fresh_noise(generator, recipe.batch)))
    score = discriminator(torch.cat([real, drawn.detach()]), kind.repeat(2), strength.repeat(2))
    told = functional.relu(1 - score[: recipe.batch]).mean() + functional.relu(1 + score[recipe.batch :]).mean()
    _descend(optimisers[1], told)
    for weight in discriminator.parameters():
        weight.requires_grad_(False)
    drew = -discriminator(drawn, kind, strength).mean()
    off = drawn.mean((1, 2, 3)) / FULLS[kind] - strength
    _descend(optimisers[0], drew + recipe.coverage * off.square().mean())
    for weight in discriminator.parameters():
        weight.requires_grad_(True)
    return float(told.detach()), float(drew.detach())


def _descend(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()


def _some(growths: Growths, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """A batch, each turned and mirrored in one of the eight ways."""
    rows = torch.randint(len(growths), (count,))
    squares = growths.growth[rows]
    turned = []
    for one, way in zip(squares, torch.randint(8, (count,)).tolist(), strict=True):
        one = torch.rot90(one, way % 4)
        turned.append(one.flip(0) if way > 3 else one)
    return torch.stack(turned)[:, None], growths.kind[rows], growths.strength[rows]


def fresh_noise(generator: Generator, count: int) -> list[Tensor]:
    return [torch.randn(count, *shape) for shape in generator.noise_shapes()]


def _follow(average: Generator, generator: Generator, decay: float) -> None:
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), generator.parameters(), strict=True):
            slow.lerp_(fast, 1 - decay)

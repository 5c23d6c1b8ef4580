"""Classification accuracy of translated pictures (A, Table 1): how many pass for the domain that they were made for.

A gives accuracies of real and translated pictures without saying by which classifier. Here: logistic regression on the
feature vectors of the real pictures of both domains, half of each to learn from; its accuracy on the other half is told
beside it, as A tells that of real images.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput

LEAST = 8
_DECAY, _STEPS = 1e-2, 200


@dataclass(frozen=True, eq=False)
class DomainClassifier:
    """`real`: its accuracy on held-out real pictures, 0..1."""

    mean: Tensor
    spread: Tensor
    weights: Tensor
    bias: Tensor
    real: float

    def passes(self, vectors: Tensor) -> Tensor:
        """(N, D) -> (N,) whether a picture is taken for one of the target domain."""
        return self._margin(vectors) > 0

    def _margin(self, vectors: Tensor) -> Tensor:
        return ((vectors.double() - self.mean) / self.spread) @ self.weights + self.bias


def domain_classifier(source: Tensor, target: Tensor, seed: int = 0) -> DomainClassifier:
    """
    Args:
        source, target: (N, D), (M, D) features of real pictures. seed: of the halves.

    Raises:
        BadInput: fewer than 8 pictures in a domain.
    """
    if min(len(source), len(target)) < LEAST:
        raise BadInput(f"A classifier of domains needs {LEAST} real pictures of each;"
                       f" there are {len(source)} and {len(target)}.")  # fmt: skip
    rng = torch.Generator().manual_seed(seed)
    halves = [part.double()[torch.randperm(len(part), generator=rng)].tensor_split(2) for part in (source, target)]
    learnt, held = (torch.cat([half[n] for half in halves]) for n in (0, 1))
    labels, held_labels = (torch.cat([torch.full((len(half[n]),), float(k)) for k, half in enumerate(halves)]).double()
                           for n in (0, 1))  # fmt: skip
    mean, spread = learnt.mean(0), learnt.std(0).clamp_min(1e-6)
    weights, bias = _fitted((learnt - mean) / spread, labels)
    found = DomainClassifier(mean, spread, weights, bias, 0.0)
    accuracy = float((found.passes(held) == (held_labels > 0)).double().mean())
    return DomainClassifier(mean, spread, weights, bias, accuracy)


def _fitted(x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Logistic regression with a little weight decay; each domain counts the same."""
    weights, bias = (torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (x.shape[1], 1))
    each = torch.where(labels > 0, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        wrong = F.binary_cross_entropy_with_logits(x @ weights + bias, labels, each)
        total = wrong + _DECAY * weights.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    return weights.detach(), bias.detach()

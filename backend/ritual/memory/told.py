"""What the plain backbone could do, were it told the occasion: a fairer rival of the rows that hear it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.training import features_of

_HIDDEN, _STEPS, _BATCH, _RATE = 256, 3000, 256, 2e-3
_LEARNT = 15_000  # pictures, at most


def told_accuracy(model: DualMemory, material: Material, seed: int = 0) -> float:
    """Accuracy [%] of the concept on the test part, of a head with one hidden layer on the model's visual feature and
    the occasion; it learns on the training part, of which the network itself is left as it is."""
    parts = [material.some("train", _LEARNT), material.splits["test"]]
    seen = [_beside(model, material, index) for index in parts]
    meant = [material.concept[index] for index in parts]
    rng = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = nn.Sequential(
            nn.Linear(seen[0].shape[1], _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, len(material.names.concepts))
        )
    optimiser = torch.optim.AdamW(head.parameters(), lr=_RATE)
    for step in range(_STEPS):
        rows = torch.randint(len(seen[0]), (_BATCH,), generator=rng)
        optimiser.param_groups[0]["lr"] = _RATE * (1 - step / _STEPS)
        optimiser.zero_grad()
        F.cross_entropy(head(seen[0][rows]), meant[0][rows]).backward()
        optimiser.step()
    with torch.no_grad():
        return 100 * float((head(seen[1]).argmax(1) == meant[1]).float().mean())


def _beside(model: DualMemory, material: Material, index: Tensor) -> Tensor:
    """(n, D + 1 + contexts) features of about unit spread beside the occasion."""
    features = features_of(model, material.pictures[index]).look
    said = F.one_hot(material.occasion[index], 1 + len(material.names.contexts)).float()
    return torch.cat([features * features.shape[1] ** 0.5, said], 1)

"""Real motifs, never trained on: does like find like in the visual channel, in Table 1, in an untrained network?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ritual.memory.descriptors import describe
from ritual.memory.measures import mean_average_precision, random_map
from ritual.memory.model import DualMemory
from ritual.memory.training import features_of

FOLDS = 5  # of the cross-validated probe
MOTIF_SIZE = 128  # px; their lines are thin


@dataclass(frozen=True, eq=False)
class Motifs:
    """Pictures on white (N, 3, S, S) uint8, and each one's type (N,) as an index of `types`."""

    pictures: Tensor
    types: tuple[str, ...]
    labels: np.ndarray


def motif_figures(model: DualMemory, untrained: DualMemory, motifs: Motifs, seed: int = 0) -> dict[str, float]:
    """`map` of the visual channel, `map_descriptors` of Table 1 alone, `map_untrained` of the same network before any
    training, `map_random` of features that know nothing; `linear_probe`, mean accuracy over five folds of a probe for
    the type on the visual channel, `linear_probe_untrained`, and `linear_probe_chance`, of naming the commonest type.
    """
    visual = features_of(model, motifs.pictures).look.numpy()
    bare = features_of(untrained, motifs.pictures).look.numpy()
    table = standardised(describe_all(motifs.pictures))
    labels = motifs.labels
    return {
        "map": mean_average_precision(visual, labels),
        "map_descriptors": mean_average_precision(table, labels),
        "map_untrained": mean_average_precision(bare, labels),
        "map_random": random_map(labels, seed),
        "linear_probe": cross_validated(visual, labels, seed),
        "linear_probe_untrained": cross_validated(bare, labels, seed),
        "linear_probe_chance": float(np.bincount(labels).max() / len(labels)),
    }


def describe_all(pictures: Tensor) -> np.ndarray:
    """(N, 6) Table 1 of uint8 pictures."""
    parts = [describe(pictures[n : n + 64].float() / 255).values for n in range(0, len(pictures), 64)]
    return torch.cat(parts).cpu().numpy()


def standardised(table: np.ndarray) -> np.ndarray:
    """Each column less its mean, over its spread: six figures of like weight."""
    return (table - table.mean(0)) / np.maximum(table.std(0), 1e-6)


def cross_validated(features: np.ndarray, labels: np.ndarray, seed: int) -> float:
    """Mean accuracy over the folds of a linear probe; kinds with fewer pictures than folds are left out."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kept = np.isin(labels, np.flatnonzero(np.bincount(labels) >= FOLDS))
    if len(np.unique(labels[kept])) < 2:
        return 0.0
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return float(cross_val_score(probe, features[kept], labels[kept], cv=folds).mean())

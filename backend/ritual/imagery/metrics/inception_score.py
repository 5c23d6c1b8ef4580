"""Inception score: exp of the mean divergence of a picture's classes from the classes of all.

Source: Salimans et al. (2016), as torch-fidelity measures it: the pictures shuffled with seed 2020, mean and standard
deviation over ten parts. On other classes than the Inception's it is no inception score (`IS-memory`: on forms of
ornament).
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ritual.errors import BadInput

PARTS, SEED = 10, 2020


def inception_score(classes: Tensor, parts: int = PARTS, seed: int = SEED) -> tuple[float, float]:
    """(mean, standard deviation) over the parts; 1 = all pictures alike, at most the number of classes.

    Args:
        classes: (N, C) log-probabilities of the pictures. parts: fewer are made where some had less than two pictures.

    Raises:
        BadInput: fewer than two pictures.
    """
    if len(classes) < 2:
        raise BadInput(f"The inception score needs two pictures at least; there is {len(classes)}.")
    logs = classes.detach().cpu().double().numpy()
    logs = logs[np.random.RandomState(seed).permutation(len(logs))]
    parts = max(1, min(parts, len(logs) // 2))
    scores = []
    for n in range(parts):
        part = logs[n * len(logs) // parts : (n + 1) * len(logs) // parts]
        mean = np.exp(part).mean(0, keepdims=True)
        scores.append(np.exp((np.exp(part) * (part - np.log(mean))).sum(1).mean()))
    return float(np.mean(scores)), float(np.std(scores))

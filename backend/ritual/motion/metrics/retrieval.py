"""Text-to-motion retrieval: does a motion look like its caption more than like others?

The evaluator of HumanML3D (Guo et al. 2022) cannot be had without its download, so this is a small one of our own, and
its figures compare with nobody else's: ridge regression from the 248 motion features to the sentence vector of the
caption, both about their means on the training split, each caption weighing the same. What real held-out motion scores
stands beside every figure, and so does chance: the evaluator has seen two dozen captions, and real is far from 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics.features import Standard
from ritual.motion.metrics.track import extra

RANKS = (1, 2, 3)
BATCH = 8  # captions to choose from
ALIKE = 0.9  # captions with a greater cosine ("walk", "walking") do not meet in one batch
_PENALTIES = np.logspace(1, 6, 11)
_FOLDS = 5
_FAR = 5.0  # standard deviations: one wild feature must not choose the caption alone


@dataclass(frozen=True, eq=False)
class Retriever:
    """The evaluator: standardised features (N, D) to the place of a caption about the mean caption, (N, S)."""

    standard: Standard
    slope: np.ndarray
    middle: np.ndarray
    penalty: float

    @staticmethod
    def fit(features: np.ndarray, texts: np.ndarray, captions: Sequence[str], clips: Sequence[str]) -> Retriever:
        """Fit on windows of the training split.

        Args:
            features: (N, D) of `motion_features`. texts: (N, S) unit sentence vectors.
            captions: (N,) of each window: the rarer, the more each of its windows weighs.
            clips: (N,) which clip each is cut from: the penalty is chosen on clips left out, not on windows.

        Raises:
            BadInput: lengths differ, or there are fewer than two clips or captions. RitualError: no scikit-learn.
        """
        if not len(features) == len(texts) == len(captions) == len(clips):
            raise BadInput("Features, texts, captions and clips must be as many as each other.")
        if len(set(clips)) < 2 or len(set(captions)) < 2:
            raise BadInput("An evaluator cannot be fitted on fewer than two clips and two captions.")
        ridge, selection = extra("sklearn.linear_model").Ridge, extra("sklearn.model_selection")
        names, index, count = np.unique(list(captions), return_inverse=True, return_counts=True)
        weight = len(index) / (len(names) * count[index])
        standard = Standard.of(features)
        texts = np.asarray(texts, float)
        middle = np.average(texts, axis=0, weights=weight)
        rows, goal = np.clip(standard(features), -_FAR, _FAR), texts - middle
        search = selection.GridSearchCV(
            ridge(fit_intercept=False),
            {"alpha": _PENALTIES},
            scoring="neg_mean_squared_error",
            cv=selection.GroupKFold(min(_FOLDS, len(set(clips)))),
        )
        found = search.fit(rows, goal, groups=list(clips), sample_weight=weight)
        return Retriever(standard, found.best_estimator_.coef_.T, middle, float(found.best_params_["alpha"]))

    def similarity(self, features: np.ndarray, texts: np.ndarray) -> np.ndarray:
        """(N, M) cosines between N motions, (N, D), and M captions, (M, S), about the mean caption."""
        guess = np.clip(self.standard(features), -_FAR, _FAR) @ self.slope
        return _unit(guess) @ _unit(np.asarray(texts, float) - self.middle).T


@dataclass(frozen=True)
class Retrieved:
    """R-precision: share of motions whose caption is among the first 1, 2 and 3 of a batch.

    Attributes:
        precision: by rank. spread: its standard deviation over batches.
        chance: by rank, of guessing.
        batch: captions in a batch. batches: how many were drawn.
    """

    precision: Mapping[int, float]
    spread: Mapping[int, float]
    chance: Mapping[int, float]
    batch: int
    batches: int


def retrieved(
    evaluator: Retriever,
    features: np.ndarray,
    captions: Sequence[str],
    texts: Mapping[str, np.ndarray],
    rng: np.random.Generator,
    batch: int = BATCH,
    batches: int = 200,
) -> Retrieved:
    """Draw batches of one motion each of different captions; each motion looks for its own among theirs.

    Args:
        features: (N, D) of motions that the evaluator was not fitted on. captions: (N,) theirs.
        texts: unit sentence vector of each caption.
        batch: captions in a batch; fewer where there are not so many that are not `ALIKE`.

    Raises:
        BadInput: fewer than 4 captions that can be told from each other.
    """
    names = sorted(set(captions))
    rows = {name: [n for n, caption in enumerate(captions) if caption == name] for name in names}
    scores = evaluator.similarity(features, np.stack([texts[name] for name in names]))
    vectors = _unit(np.stack([texts[name] for name in names]))
    size = min(batch, min(len(_different(vectors, rng)) for _ in range(20)))
    if size <= max(RANKS):
        raise BadInput(f"{len(names)} captions, {size} of them different enough: at least {max(RANKS) + 1} are needed.")
    hits = np.zeros((batches, len(RANKS)))
    for n in range(batches):
        chosen = _different(vectors, rng)[:size]
        drawn = [rows[names[c]][rng.integers(len(rows[names[c]]))] for c in chosen]
        table = scores[np.ix_(drawn, chosen)]
        rank = (table > np.diag(table)[:, None]).sum(1)
        hits[n] = [(rank < k).mean() for k in RANKS]
    return Retrieved(
        dict(zip(RANKS, map(float, hits.mean(0)), strict=True)),
        dict(zip(RANKS, map(float, hits.std(0)), strict=True)),
        {k: k / size for k in RANKS},
        size,
        batches,
    )


def _different(vectors: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Captions in random order, without those alike to one before."""
    kept: list[int] = []
    for n in rng.permutation(len(vectors)).tolist():
        if all(vectors[n] @ vectors[m] < ALIKE for m in kept):
            kept.append(n)
    return kept


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)

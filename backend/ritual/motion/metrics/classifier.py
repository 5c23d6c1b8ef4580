"""Do dances look different? A small classifier, fitted on some generated clips, names the dance of fresh ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics.track import extra


@dataclass(frozen=True, eq=False)
class Told:
    """What a classifier says of fresh clips.

    Attributes:
        accuracy: mean over the dances of the share of its clips that were named rightly, 0..1.
        spread: standard deviation of right and wrong over clips, divided by the root of their number.
        dances: names, sorted; the order of the matrix.
        confusion: (D, D) clips of the dance of the row that were named the dance of the column.
        n: fresh clips.
    """

    accuracy: float
    spread: float
    dances: tuple[str, ...]
    confusion: np.ndarray
    n: int

    @property
    def chance(self) -> float:
        return 1 / len(self.dances)


class DanceClassifier:
    """Standardised features and multinomial logistic regression (scikit-learn, L2 with C = 0.1).

    It is kept this plain because clips are few and features many, and what it must show is that dances lie apart.
    Fit and score on different seeds: variants of one seed share nothing but are of one brief.
    """

    def __init__(self, features: np.ndarray, dances: Sequence[str]) -> None:
        """Fit on (N, D) features and (N,) names of dances.

        Raises:
            BadInput: fewer than two dances, or not one name a clip. RitualError: no scikit-learn.
        """
        rows = np.asarray(features, float)
        if rows.ndim != 2 or len(rows) != len(dances):
            raise BadInput(f"Features of shape {rows.shape} do not go with {len(dances)} names of dances.")
        if len(set(dances)) < 2:
            raise BadInput("Dances can only be told from each other where there are two and more.")
        logistic = extra("sklearn.linear_model").LogisticRegression(C=0.1, max_iter=2000)
        scaler = extra("sklearn.preprocessing").StandardScaler()
        self.model = extra("sklearn.pipeline").make_pipeline(scaler, logistic).fit(rows, list(dances))
        self.dances = tuple(map(str, self.model.classes_))

    def told(self, features: np.ndarray, dances: Sequence[str]) -> Told:
        """How it does on fresh clips, (M, D) features and (M,) names.

        Raises:
            BadInput: no clips, or a dance that it was not fitted on.
        """
        unknown = sorted(set(dances) - set(self.dances))
        if not len(dances) or unknown:
            raise BadInput(f"No fresh clips, or of dances it was not fitted on: {', '.join(unknown) or 'none'}.")
        said = self.model.predict(np.asarray(features, float))
        confusion = np.zeros((len(self.dances), len(self.dances)), int)
        for true, guess in zip(dances, said, strict=True):
            confusion[self.dances.index(true), self.dances.index(guess)] += 1
        there = confusion.sum(1) > 0
        right = np.diag(confusion)[there] / confusion.sum(1)[there]
        hits = np.array(list(dances)) == said
        return Told(
            float(right.mean()), float(hits.std() / np.sqrt(len(hits))), self.dances, confusion, len(dances)
        )

"""What a channel is worth: purity of its clusters, what a probe finds in it, and whether like finds like."""

from __future__ import annotations

import warnings

import numpy as np

from ritual.errors import RitualError

_TRIES = 4  # starts of k-means


def purity(features: np.ndarray, labels: np.ndarray, seed: int = 0) -> float:
    """Part of the rows that lie in a cluster whose most frequent label is theirs.

    The clusters are k-means', as many as there are labels among the rows, on the features brought to length 1; the
    best of four starts by k-means' own measure.

    Args:
        features: (N, D). labels: (N,).

    Raises:
        RitualError: scikit-learn is not installed.
    """
    cluster = _sklearn("cluster").KMeans(len(np.unique(labels)), n_init=_TRIES, random_state=seed)
    index = cluster.fit_predict(unit(features))
    return float(sum(np.bincount(labels[index == n]).max() for n in np.unique(index)) / len(labels))


def probe(
    train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray, seed: int = 0
) -> float:
    """Accuracy on the test rows of a linear probe (logistic regression on standardised features) of the train rows."""
    linear, preprocessing, pipeline = (_sklearn(name) for name in ("linear_model", "preprocessing", "pipeline"))
    model = pipeline.make_pipeline(
        preprocessing.StandardScaler(), linear.LogisticRegression(C=1.0, max_iter=300, random_state=seed)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not quite converged is good enough for a probe
        model.fit(train, train_labels)
    return float(model.score(test, test_labels))


def best_guess(train_labels: np.ndarray, test_labels: np.ndarray) -> float:
    """Accuracy of always naming the label that is most frequent in training."""
    return float((test_labels == np.bincount(train_labels).argmax()).mean())


def best_guess_given(
    train_given: np.ndarray, train_labels: np.ndarray, test_given: np.ndarray, test_labels: np.ndarray
) -> float:
    """Accuracy of naming, to each value of `given`, the label that is most frequent beside it in training.

    It is what a channel that holds `given` and nothing else lets one guess.
    """
    common = np.bincount(train_labels).argmax()
    guess = {value: np.bincount(train_labels[train_given == value]).argmax() for value in np.unique(train_given)}
    return float(
        np.mean([guess.get(value, common) == label for value, label in zip(test_given, test_labels, strict=True)])
    )


def mean_average_precision(features: np.ndarray, labels: np.ndarray) -> float:
    """mAP of looking for pictures of the same label by cosine: each row asks all the others.

    A row whose label nobody shares does not ask.

    Args:
        features: (N, D). labels: (N,).
    """
    near = unit(features) @ unit(features).T
    np.fill_diagonal(near, -np.inf)
    found = []
    for row, label in enumerate(labels):
        order = np.argsort(-near[row], kind="stable")[:-1]
        hits = labels[order] == label
        if hits.any():
            found.append(float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean()))
    return float(np.mean(found)) if found else 0.0


def random_map(labels: np.ndarray, seed: int = 0, rounds: int = 20) -> float:
    """The mAP of features that know nothing."""
    rng = np.random.default_rng(seed)
    return float(np.mean([mean_average_precision(rng.normal(size=(len(labels), 8)), labels) for _ in range(rounds)]))


def unit(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)


def _sklearn(part: str):
    try:
        import importlib

        return importlib.import_module(f"sklearn.{part}")
    except ImportError as error:
        raise RitualError(
            "Measuring the memory needs scikit-learn, which is not installed.",
            hint="Install the extra `evaluate`: pip install 'ritual-motion[evaluate]'.",
        ) from error

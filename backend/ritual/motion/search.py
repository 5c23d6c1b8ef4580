"""A search over the weights of the loss: are the published lambda and eta (eq. 8) the best, or near it?

Judged on validation motion and on the dances, never on the held-out test motion. The study lies in SQLite beside its
runs, so that a search that was stopped goes on. Optuna's TPE sampler; the published values are the first trial.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput, RitualError
from ritual.files import write_text
from ritual.motion.losses import ETA, LAMBDA
from ritual.motion.material import Material
from ritual.motion.proposal import Request
from ritual.motion.sample import Generator
from ritual.motion.train import train
from ritual.motion.train_config import TrainConfig
from ritual.motion.windows import Dance

if TYPE_CHECKING:
    import optuna

RANGES = {
    "stance": (0.1, 8.0), "limits": (0.1, 8.0), "kl": (0.1, 4.0), "dance_weight": (0.05, 1.0),
    "learning_rate": (5e-4, 5e-3),
}  # fmt: skip
PUBLISHED = {"stance": LAMBDA, "limits": ETA, "kl": 1.0, "dance_weight": 0.25, "learning_rate": 2e-3}
ENOUGH = 0.945  # share of legal frames before projection, as published
PENALTY = 10.0  # nats per coordinate for a share of 1
SCORE = (
    f"validation negative log likelihood (mean of per frame and per phrase) [nats per coordinate] + {PENALTY:g} x "
    f"max(0, {ENOUGH} - compliance of the dances before projection); lower is better"
)
_SECONDS, _FPS, _VARIANTS = 8.0, 25.0, 3


@dataclass(frozen=True)
class Judged:
    """One run of the search: its values, its seed and what came of it."""

    values: dict[str, float]
    seed: int
    score: float
    nll: float
    compliance: float
    step: int


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        trials: every run, in order; the first has the published values.
        rank: of the published values among them, 1 = the best.
        published, best: scores of those values under seeds that the search had not seen, pair by pair.
        mixed: of the published lambda and eta with all else as in the best: what lambda and eta themselves buy.
        confirmed: the best values do not beat the published by more than twice the standard error of those pairs.
        lambda_eta_confirmed: they do not beat the mixed ones either.
    """

    trials: list[Judged]
    rank: int
    published: list[float]
    best: list[float]
    mixed: list[float]
    confirmed: bool
    lambda_eta_confirmed: bool


def search(
    config: TrainConfig,
    material: Material,
    trials: int = 20,
    seeds: int = 3,
    progress: ProgressCallback | None = None,
) -> Found:
    """Search, or go on with the search in `config.out`; writes `search.json` and `search.png` there.

    Args:
        config: of every trial, apart from what is searched; its `out` holds the study and a folder per trial.
        trials: in all, those of earlier calls counted.
        seeds: further ones, with which the published values and the best are trained to tell a gain from luck.

    Raises:
        BadInput: no trials, a model without these weights, or a study of another recipe.
        RitualError: Optuna is not installed.
    """
    if trials < 1 or seeds < 2:
        raise BadInput(f"{trials} trials and {seeds} seeds show nothing; give at least 1 trial and 2 seeds.")
    if config.model != "mixture":
        raise BadInput(f"lambda and eta weigh the loss of the mixture; '{config.model}' has no such weights.")
    tell, total = progress or (lambda _: None), trials + 3 * seeds
    study = _study(config)
    judge = _Judge(config, material)
    while (done := len(_finished(study))) < trials:
        tell(Progress("searching", done, total))
        trial = study.ask()
        values = {name: trial.suggest_float(name, *RANGES[name], log=True) for name in RANGES}
        result = judge(values, config.seed)
        trial.set_user_attr("judged", asdict(result))
        study.tell(trial, result.score)
    judged = [Judged(**trial.user_attrs["judged"]) for trial in _finished(study)]
    best = min(judged, key=lambda row: row.score)
    mixed = {**best.values, "stance": LAMBDA, "limits": ETA}
    rows: dict[str, list[float]] = {"published": [], "best": [], "mixed": []}
    for extra in range(1, seeds + 1):
        for scores, values in zip(rows.values(), (PUBLISHED, best.values, mixed), strict=True):
            tell(Progress("confirming", trials + sum(map(len, rows.values())), total))
            scores.append(judge(values, config.seed + extra).score)
    rank = 1 + sum(row.score < judged[0].score for row in judged)
    verdicts = _holds_against(rows["published"], rows["best"]), _holds_against(rows["mixed"], rows["best"])
    found = Found(judged, rank, **rows, confirmed=verdicts[0], lambda_eta_confirmed=verdicts[1])
    _write(config, found, seeds)
    return found


class _Judge:
    """Trains with some values and scores the weights that validated best."""

    def __init__(self, config: TrainConfig, material: Material) -> None:
        self._config, self._material = config, material

    def __call__(self, values: dict[str, float], seed: int) -> Judged:
        name = "-".join(f"{value:.4g}" for value in values.values())
        out = self._config.out / "runs" / f"{name}-seed{seed}"
        result = train(replace(self._config, out=out, seed=seed, **values), material=self._material)
        at_best = next(row for row in result.history if row["step"] == result.best_step)
        nll = 0.5 * (at_best["frame_nll"] + at_best["phrase_nll"])
        compliance = dance_compliance(Generator.load(result.weights), self._material.dances)
        score = nll + PENALTY * max(0.0, ENOUGH - compliance)
        return Judged(values, seed, score, nll, compliance, result.best_step)


def dance_compliance(generator: Generator, dances: list[Dance], seed: int = 0) -> float:
    """Share of frames inside the domain, before any projection, of 8 s x 3 variants of every dance."""
    shares = []
    for dance in dances:
        request = Request((dance.curve,), dance.texts[0], int(_SECONDS * _FPS), _FPS, _VARIANTS, seed)
        shares.append(1 - dance.domain.violates(generator.propose(request).angles).mean())
    return float(np.mean(shares))


def _study(config: TrainConfig) -> optuna.Study:
    try:
        import optuna
    except ImportError as error:
        raise RitualError(
            "The search needs Optuna, which is not installed.",
            hint="Install the extra `train`: pip install 'ritual-motion[train]'.",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    config.out.mkdir(parents=True, exist_ok=True)
    storage = f"sqlite:///{config.out / 'search.db'}"
    study = optuna.create_study(storage=storage, study_name="search", load_if_exists=True)
    study.sampler = optuna.samplers.TPESampler(seed=config.seed + len(study.trials), n_startup_trials=6)
    recipe = {name: value for name, value in config.recipe().items() if name not in RANGES}
    if study.user_attrs.get("recipe", recipe) != recipe:
        raise BadInput(
            f"The search in '{config.out}' trains with other settings.", hint="Use its settings, or another --out."
        )
    study.set_user_attr("recipe", recipe)
    if not study.trials:
        study.enqueue_trial(PUBLISHED)
    for trial in study.trials:
        if trial.state == optuna.trial.TrialState.RUNNING:  # stopped in the middle: its run goes on where it was
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            study.enqueue_trial(trial.params or PUBLISHED)
    return study


def _finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return [trial for trial in study.trials if "judged" in trial.user_attrs and trial.value is not None]


def _holds_against(scores: list[float], best: list[float]) -> bool:
    gain = np.subtract(scores, best)
    return bool(gain.mean() <= 2 * gain.std(ddof=1) / np.sqrt(len(gain)))


def _write(config: TrainConfig, found: Found, seeds: int) -> None:
    data = {
        "score": SCORE,
        "recipe": {name: value for name, value in config.recipe().items() if name not in RANGES},
        "ranges": RANGES,
        "published_values": PUBLISHED,
        "seeds": seeds,
        **asdict(found),
    }
    write_text(config.out / "search.json", json.dumps(data, indent=2) + "\n")
    _plot(config.out / "search.png", found)


def _plot(path: Path, found: Found) -> None:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(3 * len(RANGES), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(RANGES), sharey=True), RANGES, strict=True):
        axes.scatter([row.values[name] for row in found.trials], [row.score for row in found.trials], s=14)
        axes.scatter([PUBLISHED[name]], [found.trials[0].score], marker="*", s=120, color="tab:orange")
        axes.set(xscale="log", xlabel=name.replace("_", " "), xlim=RANGES[name], xticks=RANGES[name])
        axes.set_xticks([], minor=True)
        axes.set_xticklabels([f"{value:g}" for value in RANGES[name]])
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("score (lower is better)")
    figure.suptitle("Star: the published values")
    figure.savefig(path, dpi=110)

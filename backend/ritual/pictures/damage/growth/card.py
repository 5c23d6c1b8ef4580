"""The growth generator's card: drawn growth beside simulated growth that it never saw, and beside an untrained's."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ritual.files import write_text
from ritual.pictures.damage.growth.network import Generator
from ritual.pictures.damage.growth.simulated import Growths, simulate
from ritual.pictures.damage.growth.size import FULL, KINDS, LEAST
from ritual.pictures.damage.growth.statistics import NAMES, frechet, statistics
from ritual.pictures.damage.growth.training import Recipe, fresh_noise

HELD_OUT = 512  # growths of each kind on either side of a comparison
STEPS = (0.1, 0.3, 0.5, 0.7, 0.9)
LIMITS = (
    "It learnt from simulations of stated models (`colonies.py`, `galleries.py`), not from photographs of damaged "
    "things: that mould or galleries look like this on cloth is not measured here.",
    "Growth is drawn on 64 cells along the shorter side; at larger sizes its outlines are smooth.",
    "The Frechet distance is on twelve plain statistics of masks, named below; it is not the FID.",
)


def measure(generator: Generator, seed: int = 1, count: int = HELD_OUT) -> dict[str, dict]:
    """Figures by kind, `count` growths on each side, asked for the strengths that the simulated ones were asked for.

    `frechet`, `frechet_untrained`, `frechet_simulated` (between two simulated sets: what chance alone gives),
    `coverage_error` (mean |covered - asked|, share of the picture) and that of simulation and an untrained generator,
    `coverage_correlation`, `covered` (asked -> mean covered), `overlap` of two draws at one strength (intersection
    over union) beside that of two simulations, and `off` (statistic -> difference of means in simulated deviations).
    """
    one, other = simulate(count, seed + 1000), simulate(count, seed + 2000)
    torch.manual_seed(seed)
    untrained = Generator().eval()
    return {kind: _figures(kind, generator, untrained, one.of(kind), other.of(kind)) for kind in KINDS}


def _figures(kind: str, generator: Generator, untrained: Generator, real: Growths, other: Growths) -> dict:
    drawn, raw = drawn_like(generator, real), drawn_like(untrained, real)
    masks = {"real": real.growth.numpy(), "other": other.growth.numpy(), "drawn": drawn, "raw": raw}
    found = {name: statistics(mask) for name, mask in masks.items()}
    asked = real.strength.numpy() * FULL[kind]
    covered = found["drawn"][:, 0]
    order = np.argsort(asked)
    return {
        "frechet": round(frechet(found["real"], found["drawn"]), 3),
        "frechet_untrained": round(frechet(found["real"], found["raw"]), 3),
        "frechet_simulated": round(frechet(found["real"], found["other"]), 3),
        "coverage_error": round(float(np.abs(covered - asked).mean()), 4),
        "coverage_error_untrained": round(float(np.abs(found["raw"][:, 0] - asked).mean()), 4),
        "coverage_error_simulated": round(float(np.abs(found["real"][:, 0] - asked).mean()), 4),
        "coverage_correlation": round(float(np.corrcoef(covered, asked)[0, 1]), 3),
        "covered": {f"{s * FULL[kind]:.3f}": _near(covered, asked, s * FULL[kind]) for s in STEPS},
        "overlap": _overlap(drawn[order]),
        "overlap_simulated": _overlap(masks["real"][order]),
        "off": dict(zip(NAMES, _off(found["real"], found["drawn"]), strict=True)),
    }


def drawn_like(generator: Generator, growths: Growths) -> np.ndarray:
    """(N, S, S) growth drawn for the kinds and strengths of `growths`."""
    with torch.no_grad():
        logits = generator(growths.kind, growths.strength, fresh_noise(generator, len(growths)))
    return torch.sigmoid(logits)[:, 0].numpy()


def _near(covered: np.ndarray, asked: np.ndarray, goal: float) -> float:
    return round(float(covered[np.abs(asked - goal) < 0.1 * asked.max()].mean()), 3)


def _overlap(growth: np.ndarray) -> float:
    """Mean intersection over union of neighbours in strength: near 1 would be one picture over and over."""
    one, other = growth[:-1] > 0.5, growth[1:] > 0.5
    union = (one | other).sum((1, 2))
    return round(float(((one & other).sum((1, 2)) / np.maximum(union, 1)).mean()), 3)


def _off(real: np.ndarray, drawn: np.ndarray) -> list[float]:
    return [round(float(x), 2) for x in (drawn.mean(0) - real.mean(0)) / (real.std(0) + 1e-9)]


def write_card(weights: Path, recipe: Recipe, run: dict, figures: dict, command: str) -> Path:
    """`NAME-card.json` and `NAME-card.md` beside weights `NAME.safetensors`; returns the page."""
    card = {
        "model": "conditional GAN of insect and mould growth, spectral norms, hinge loss",
        "date": datetime.date.today().isoformat(),
        "command": command,
        "recipe": asdict(recipe),
        "run": run,
        "held_out": figures,
        "limits": list(LIMITS),
        "licence": "GPL-3.0-or-later; trained on simulations of this project alone",
    }
    write_text(weights.with_name(f"{weights.stem}-card.json"), json.dumps(card, indent=2) + "\n")
    return write_text(weights.with_name(f"{weights.stem}-card.md"), _markdown(card))


def _markdown(card: dict) -> str:
    run, held = card["run"], card["held_out"]
    lines = [f"# Model card: {card['model']}", "", f"Trained and measured on {card['date']} by", ""]
    lines += [f"    {card['command']}", ""]
    lines += [
        f"{run['steps']} steps of {card['recipe']['batch']} in {run['seconds']:.0f} s of one core, after "
        f"{run['simulated']:.0f} s of simulation; {run['parameters']:,} weights, {run['bytes'] / 1024:.0f} KiB.",
        "", "## Drawn beside simulated", "",
        f"{HELD_OUT} growths a side, unseen in training, strengths even over {LEAST}..1; each pair asked for the same.",
        "", f"| figure | {' | '.join(held)} |", f"| --- |{' --- |' * len(held)}",
    ]  # fmt: skip
    rows = {
        "Frechet distance, drawn": "frechet", "Frechet distance, untrained generator": "frechet_untrained",
        "Frechet distance, simulated again": "frechet_simulated",
        "coverage off what was asked [share of the picture]": "coverage_error",
        "the same, untrained": "coverage_error_untrained", "the same, simulated": "coverage_error_simulated",
        "correlation of coverage with what was asked": "coverage_correlation",
        "overlap of two draws (IoU)": "overlap", "overlap of two simulations": "overlap_simulated",
    }  # fmt: skip
    lines += [f"| {said} | {' | '.join(str(held[kind][key]) for kind in held)} |" for said, key in rows.items()]
    lines += ["", "Share covered, as asked and as drawn:", ""]
    for kind, row in held.items():
        lines += [f"| {kind}, asked | {' | '.join(row['covered'])} |", f"| --- |{' --- |' * len(row['covered'])}"]
        lines += [f"| drawn | {' | '.join(map(str, row['covered'].values()))} |", ""]
    lines += ["Difference of means, in deviations of the simulated (`statistics.py` says what each is):", ""]
    lines += [f"| | {' | '.join(NAMES)} |", f"| --- |{' --- |' * len(NAMES)}"]
    lines += [f"| {kind} | {' | '.join(str(row['off'][n]) for n in NAMES)} |" for kind, row in held.items()]
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in card["limits"]), "", "## Licence", ""]
    return "\n".join([*lines, f"{card['licence']}."]) + "\n"

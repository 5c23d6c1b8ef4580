"""How well a recording is brought into step with a dance: `python -m benchmarks.aligning [--data DIR] [--json FILE]`.

Recordings whose place in the cycle is known: each dance's stances, danced by somebody who stands otherwise, sways,
hurries and lingers, from a beginning and at a tempo of chance, a round or a little more. Then what should be refused:
motion of other dances, and with `--data` real motion of a folder, every sixth clip of 6 s or more.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from ritual.body.skeleton import SKELETON
from ritual.culture.graph import load_graph
from ritual.errors import BadMotion
from ritual.files import write_text
from ritual.motion.aligning import aligned
from ritual.motion.data import load_corpus
from ritual.motion.heading import ANGLE_COUNT
from ritual.motion.network import RATE
from ritual.motion.noise import smooth_noise
from ritual.motion.reference import StanceCurve

LEVELS = {"as the stances": 0.0, "disturbed": 1.0, "twice as disturbed": 2.0}
DRAWS = 3
STANDS, SWAYS, LATE = np.radians(8), np.radians(6), 0.12  # standard deviations [rad, rad, s] at level 1


def recorded(curve: StanceCurve, level: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(T, 39) states and (T,) their true places in the cycle."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    tempo, start, rounds = rng.uniform(0.75, 1.3), rng.uniform(0, 1), rng.uniform(1.1, 1.6)
    clock = np.arange(int(rounds * curve.cycle_seconds * RATE / tempo)) / RATE * tempo
    late = level * LATE * smooth_noise((len(clock), 1), 1 / RATE, generator)[:, 0]
    sways = level * SWAYS * smooth_noise((len(clock), ANGLE_COUNT), 1 / RATE, generator)
    place = start + (clock + late) / curve.cycle_seconds
    states = curve.at(place, RATE).state.copy()
    moved = states[:, :ANGLE_COUNT] + sways + level * STANDS * rng.normal(size=ANGLE_COUNT)
    states[:, :ANGLE_COUNT] = np.clip(moved, *np.array(SKELETON.limits).T)
    return states, place


def refused(states: np.ndarray, curve: StanceCurve) -> bool:
    try:
        aligned(states, curve)
    except BadMotion:
        return True
    return False


def measure(data: Path | None, cache: Path | None) -> dict:
    graph = load_graph()
    books = {dance.slug: graph.rulebook(dance.slug) for dance in graph.dances()}
    curves = {slug: StanceCurve.of_rulebook(book) for slug, book in books.items()}
    found = {}
    for name, level in LEVELS.items():
        errors, lost = [], 0
        for slug, curve in curves.items():
            for seed in range(DRAWS):
                states, place = recorded(curve, level, seed)
                try:
                    apart = np.abs((aligned(states, curve) - place + 0.5) % 1 - 0.5)
                    errors.append(apart.mean() * books[slug].dance.beats_per_cycle)
                except BadMotion:
                    lost += 1
        found[name] = _row(errors, lost)
    others = [refused(recorded(curves[a], 0.0, 0)[0], curves[b]) for a in curves for b in curves if a != b]
    found["another dance"] = {"n": len(others), "refused": sum(others)}
    if data is not None:
        takes = [take for take in load_corpus(data, cache).takes if take.seconds > 6][::6]
        clips = [take.at(np.arange(0, min(take.seconds, 30), 1 / RATE))[0] for take in takes]
        real = [refused(clip, curve) for clip in clips for curve in list(curves.values())[::3]]
        found["real motion of no dance here"] = {"n": len(real), "refused": sum(real)}
    return found


def _row(errors: list[float], lost: int) -> dict:
    """Errors in beats of those that were not refused."""
    return {
        "n": len(errors) + lost,
        "refused": lost,
        "mean_beats": round(float(np.mean(errors)), 4) if errors else None,
        "worst_beats": round(float(np.max(errors)), 4) if errors else None,
        "within_a_quarter_beat": round(float(np.mean(np.array(errors) < 0.25)), 4) if errors else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of motion files")
    parser.add_argument("--cache", type=Path, help="a folder for what is read of them")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    found = measure(arguments.data, arguments.cache)
    for name, row in found.items():
        print(f"{name:32}" + "  ".join(f"{key} {value}" for key, value in row.items()))
    if arguments.json:
        write_text(arguments.json, json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""What real clips, clips of other captions and statues score in DTW similarity, before any model is measured.

    PYTHONPATH=backend python -m benchmarks.dtw_baselines --data ../shared/data/mocap [--cache DIR] [--json OUT]

Windows of 4 s of the held-out split (short takes whole); captions that say nearly the same count as one. Takes are
files, and both partners of one salsa take. Prints a table: distance [cm] to the nearest real window, similarity and
concordance [%], each with its bootstrap spread; and the mean distance over all pairs beside it, which a statue wins.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import numpy as np
import torch

from ritual.files import write_text
from ritual.motion.data import Take, group_of, load_corpus
from ritual.motion.heading import positions
from ritual.motion.metrics.dtw import RATE, align_either
from ritual.motion.metrics.similarity import Window, families, similarity
from ritual.motion.text import TextEncoder

SECONDS = 4.0


def windows(takes: list[Take], family: dict[str, str]) -> list[Window]:
    """Windows of `SECONDS`, one after the other; a take that is shorter is one window."""
    out = []
    for take in takes:
        length = min(SECONDS, take.seconds)
        for n in range(max(1, int(take.seconds // SECONDS))):
            clock = n * SECONDS + np.arange(round(length * RATE)) / RATE
            track = positions(torch.from_numpy(take.at(clock)[0])).numpy()
            both = group_of(take.name) if take.name.startswith("cmu_salsa") else take.name
            out.append(Window(track, family[take.caption], both))
    return out


def pair_means(real: list[Window], still: np.ndarray, captions: list[str], rng: np.random.Generator) -> dict:
    """Mean distance [cm] over pairs of a caption, other captions, the mean pose, and the mean pose of each caption."""
    rows: dict[str, list[float]] = {"real": [], "random": [], "still": [], "middle": []}
    for caption in captions:
        own = [w for w in real if w.caption == caption]
        other = [w for w in real if w.caption != caption]
        pairs = [(a, b) for a, b in combinations(own, 2) if a.take != b.take]
        pairs = [pairs[k] for k in rng.permutation(len(pairs))[:60]]
        middle = np.concatenate([w.track for w in own]).mean(0)
        rows["real"].append(np.mean([align_either(a.track, b.track).distance for a, b in pairs]))
        drawn = [(own[rng.integers(len(own))], other[rng.integers(len(other))]) for _ in pairs]
        rows["random"].append(np.mean([align_either(a.track, b.track).distance for a, b in drawn]))
        for name, pose in (("still", still), ("middle", middle)):
            rows[name].append(np.mean([align_either(pose[None], w.track).distance for w in own]))
    return {name: float(np.mean(values)) for name, values in rows.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    corpus, encoder = load_corpus(given.data, given.cache), TextEncoder.load()
    held = corpus.of("test")
    family = families({caption: encoder.encode_text(caption).numpy() for caption in {t.caption for t in held}})
    still = np.concatenate([positions(torch.from_numpy(t.states)).numpy() for t in corpus.of("train")]).mean(0)
    real, rng = windows(held, family), np.random.default_rng(given.seed)
    found = similarity([], real, still, rng)
    pairs = pair_means(real, still, list(found.references), rng)
    print(f"{'':8} {'n':>4} {'nearest cm':>14} {'similarity %':>14} {'concordance %':>14} {'mean of pairs cm':>17}")
    for kind, figure in found.distance.items():
        cells = [f"{f.value:7.1f} +-{f.spread:4.1f}" for f in (figure, found.percent[kind], found.concordance[kind])]
        print(f"{kind:8} {found.n[kind]:4} " + " ".join(f"{cell:>14}" for cell in cells) + f" {pairs[kind]:17.1f}")
    print(f"{found.captions} captions; references: {found.references}")
    if given.json:
        write_text(given.json, json.dumps({**asdict(found), "pairs_cm": pairs}, indent=1))


if __name__ == "__main__":
    main()

"""Do the labels of a folder of real motifs describe its pictures? `python -m benchmarks.motif_labels FOLDER`.

The tags say of many motifs that they are round or a band, and a picture's outline shows it. If labels and pictures
belong together, the outline tells the tag (area under the ROC curve near 1); if they were shuffled, it does not (0.5).
All shifts of the labels against the pictures are tried, too.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from PIL import Image

ROUND, BAND = {"圆形"}, {"带状条形", "竖幅"}
PREFIX = "qh-"  # the others are beasts, each named after a book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["file"].startswith(PREFIX)]
    tags = [set(row["tags"].split()) for row in rows]
    shape = np.array([outline(folder / row["file"]) for row in rows])
    for name, words, column in (("round", ROUND, 0), ("a band", BAND, 1)):
        tagged = np.array([bool(words & own) for own in tags])
        areas = [roc_area(np.roll(shape[:, column], shift), tagged) for shift in range(len(rows))]
        print(f"{name}: {tagged.sum()} of {len(rows)}; area {areas[0]:.3f} as labelled; over all shifts"
              f" {np.mean(areas):.3f} +- {np.std(areas):.3f}, greatest {max(areas):.3f}")  # fmt: skip


def outline(path: Path) -> tuple[float, float]:
    """(how round: minus what lies outside the inscribed ellipse and how far from square, how long for its width)."""
    ink = np.asarray(Image.open(path).convert("RGBA"))[..., 3] > 127
    across, down = np.flatnonzero(ink.any(0)), np.flatnonzero(ink.any(1))
    ink = ink[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    height, width = ink.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    outside = ink[x**2 + y**2 > 1.04].mean() / ink.mean()
    long = abs(np.log(width / height))
    return -outside - long, long


def roc_area(score: np.ndarray, positive: np.ndarray) -> float:
    """Chance that a positive one scores higher than another."""
    above = score[positive][:, None] - score[~positive][None]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


if __name__ == "__main__":
    main()

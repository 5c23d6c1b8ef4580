"""What a run's losses were, step by step, and its held-out figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class History:
    """Losses of every step and figures of every evaluation.

    Attributes:
        names: of the losses, `player/part`. rows: per step one value a name; a part that was not there is no number.
        figures: per evaluation `step` and the figures by name.
    """

    names: list[str] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    figures: list[dict[str, float]] = field(default_factory=list)

    def add(self, parts: dict[str, float]) -> None:
        """One step's losses."""
        self.names += [name for name in parts if name not in self.names]
        self.rows.append([parts.get(name, float("nan")) for name in self.names])

    def losses(self) -> np.ndarray:
        """(steps, names) float32."""
        table = np.full((len(self.rows), len(self.names)), np.nan, np.float32)
        for at, row in enumerate(self.rows):
            table[at, : len(row)] = row
        return table

    def series(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps, and a figure's value at each."""
        found = [(row["step"], row[name]) for row in self.figures if name in row]
        steps, values = zip(*found, strict=True) if found else ((), ())
        return np.array(steps), np.array(values, float)

    @property
    def figure_names(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.figures for name in row if name != "step"))

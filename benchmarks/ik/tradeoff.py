"""The trade-off drawn: position error against joint step, one point per method and seed."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure

from ritual.files import write_bytes

STEADY = 1.25
MARKS = "osD^vP*X"


def draw(illegal: dict[str, dict[str, dict]], path: Path) -> None:
    """`illegal`: kind -> method -> figures with `seeds`; methods named `ours...` are filled."""
    figure = Figure(figsize=(9, 4), dpi=100, layout="constrained")
    axes = figure.subplots(1, len(illegal), squeeze=False)[0]
    for axis, (kind, methods) in zip(axes, illegal.items(), strict=True):
        right, top = 2.0, 0.0
        for n, (name, figures) in enumerate(methods.items()):
            x, y = zip(*((seed["step_p99_ratio"], seed["mpjpe_mm"]) for seed in figures["seeds"]), strict=True)
            broken = figures["violations"]
            label = f"{name} ({broken} frames violate)" if broken else f"{name} (legal)"
            colour = f"C{n}"
            face = colour if name.startswith("ours") else "none"
            axis.scatter(x, y, 36, marker=MARKS[n % len(MARKS)], facecolors=face, edgecolors=colour, label=label)
            right, top = max(right, 1.2 * max(x)), max(top, *y)
        axis.axvline(STEADY, color="0.5", linewidth=1, linestyle="--")
        axis.set(title=kind, xlabel="joint step p99, times the source's", xscale="log")
        axis.set(xlim=(0.7, right), ylim=(0, 1.5 * top))  # room for the legend
        ticks = [tick for tick in (0.8, 1, 1.25, 1.5, 2, 3, 5, 8) if tick < right]
        axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axis.minorticks_off()
        axis.legend(fontsize=7)
    axes[0].set_ylabel("mean position error [mm]")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_bytes(path, buffer.getvalue())

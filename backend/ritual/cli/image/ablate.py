"""`ritual image ablate`: what each part of a paper's model buys, or what its weights do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli.console import command, out, progress_bar
from ritual.cli.image.printing import printed
from ritual.errors import BadInput, nearest
from ritual.files import write_text

EXAMPLES = """Examples:

P without attention, bilinear decoder, skips, fixed encoder, norms, pairs:  [cyan]ritual image ablate papercut --data sets --out out/ablation[/cyan]

A with other weights of its losses, three seeds, as LaTeX:  [cyan]ritual image ablate artwork --data sets --out out/sweep --budget full --seeds 3 --latex sweep.tex[/cyan]
"""  # noqa: E501


@command
def ablate_command(
    what: Annotated[str, typer.Argument(metavar="papercut|artwork", help="P's ablation, or A's sweep of weights.")],
    data: Annotated[Path, typer.Option("--data", help="Folder that holds the set of that name (ritual image scenes).")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder of the runs; the same command goes on.")],
    budget: Annotated[str, typer.Option(help="quick (minutes, to see that it works) or full.")] = "quick",
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each variant.")] = 1,
    steps: Annotated[int | None, typer.Option(min=1, help="Of each training; default by the budget.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Trainings at once; default one a core.")] = None,
    features: Annotated[Path | None, typer.Option(help="Inception, VGG or AlexNet; default the memory's.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    latex: Annotated[Path | None, typer.Option("--latex", help="File for the table as LaTeX.")] = None,
) -> None:
    """Train every variant alike and measure all on the same held-out pictures.

    Exit status: 0 measured, whatever the figures; 2 bad input.
    """
    from ritual.imagery.comparison.compare import compare
    from ritual.imagery.comparison.suites import ABLATIONS, BUDGETS
    from ritual.imagery.evaluation.tables import table_of
    from ritual.imagery.features import features_of

    for name, valid in ((what, ABLATIONS), (budget, BUDGETS)):
        if name not in valid:
            raise BadInput(f"'{name}' is none of them.", hint=nearest(name, valid))
    table, known = ABLATIONS[what], features_of(features)
    with progress_bar(f"Ablation of {what}", quiet=False) as tell:
        result = compare(
            table, data, out_folder, budget, seeds, known, jobs=jobs or min(2, os.cpu_count() or 1),
            settings={"steps": steps} if steps else None, tell=tell,
        )  # fmt: skip
    shown = table_of(result.rows)
    out.print(printed(shown), highlight=False)
    if json_file is not None:
        settings = {**table.settings[budget], **({"steps": steps} if steps else {})}
        told = {"ablation": what, "settings": settings, "features": known.name, "rows": result.rows}
        write_text(json_file, json.dumps({**told, "tests": result.tests}, indent=2, ensure_ascii=False) + "\n")
    if latex is not None:
        write_text(latex, shown.latex(f"Ablation of {what}", f"tab:{what}-ablation"))
    out.print(f"Look at {result.sheet}", markup=False, highlight=False)

"""`ritual image evaluate`: made pictures measured against real ones, several models side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli.console import EXIT_BAD_INPUT, command, err, out, progress_bar
from ritual.cli.image.printing import printed
from ritual.errors import BadInput
from ritual.files import write_text
from ritual.imagery.evaluation.tables import Table

EXAMPLES = """Examples:

A model's translations against the real pictures of their names:  [cyan]ritual image evaluate --made out/papercut --real data/testB --paired[/cyan]

Three models as sets, with a page and a table for a paper:  [cyan]ritual image evaluate --made ours --made cyclegan --made munit --real testB --paired --report look --latex table.tex --figure FID --figure KID --figure SSIM[/cyan]

Published FID and LPIPS, from weight files of yours:  [cyan]ritual image evaluate --made out --real testB --paired --inception weights-inception-2015-12-05-6726825d.pth --lpips-backbone alexnet-owt-7be5be79.pth --lpips-heads alex.pth --json figures.json[/cyan]
"""  # noqa: E501


@command
def evaluate_command(
    made: Annotated[
        list[Path], typer.Option("--made", help="Folder of made pictures, one for each model; repeatable.")
    ],
    real: Annotated[Path, typer.Option("--real", help="Folder of real pictures.")],
    paired: Annotated[bool, typer.Option("--paired", help="Pictures of one name show the same.")] = False,
    source: Annotated[
        Path | None,
        typer.Option(help="Real pictures of the domain that was translated from: accuracies are measured, too."),
    ] = None,
    inception: Annotated[Path | None, typer.Option(help="FID's Inception; without: FID-memory, KID-memory.")] = None,
    lpips_backbone: Annotated[Path | None, typer.Option(help="AlexNet or VGG16; without: LPIPS-memory.")] = None,
    lpips_heads: Annotated[Path | None, typer.Option(help="LPIPS 0.1's heads for that backbone.")] = None,
    nima: Annotated[Path | None, typer.Option(help="VGG16-NIMA; without: not measured.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Folder for the HTML page.")] = None,
    latex: Annotated[Path | None, typer.Option("--latex", help="File for the table as LaTeX.")] = None,
    figures: Annotated[
        list[str] | None,
        typer.Option(
            "--figure", help="Which figures the tables have, in order (FID names FID-memory, too); repeatable."
        ),
    ] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="File for the table as CSV.")] = None,
) -> None:
    """Measure made pictures: SSIM, PSNR, LPIPS, FID, KID, IS, NIMA, cosine, sharpness, colour, edges, structure, and
    t-tests of the first model against each other one.

    Published measures need the weight files that they are defined on; without them ours bear their own names. Where
    structure.json of `ritual image scenes` lies by the real pictures, it tells which lines and corners must be there.
    Exit status: 0 measured; 2 bad input, or a picture could not be read (the rest is measured).
    """
    from ritual.imagery.evaluation.evaluate import evaluate
    from ritual.imagery.evaluation.evaluation_page import write_page
    from ritual.imagery.evaluation.instruments import instruments_of
    from ritual.imagery.evaluation.tables import evaluation_table

    for path in (json_file, latex, csv_file):
        if path is not None and path.is_dir():
            raise BadInput(f"'{path}' is a folder; name a file.")
    instruments = instruments_of(inception, lpips_backbone, lpips_heads, nima)
    with progress_bar("Measuring", quiet=False) as tell:
        result = evaluate(made, real, paired, instruments, source, tell)
    result["command"] = _line(made, real, paired, source)
    table = evaluation_table(result)
    table = table.only(figures) if figures else table
    if json_file is not None:
        write_text(json_file, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    if latex is not None:
        write_text(
            latex, table.latex(f"{len(made)} models against {result['real']['pictures']} pictures", "tab:pictures")
        )
    if csv_file is not None:
        write_text(csv_file, table.csv())
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        write_page(result, report / "evaluation.html")
    _print(result, table)
    for one in result["bad"]:
        err.print(one["message"], style="red", markup=False, highlight=False)
    if report is not None:
        out.print(f"Page: {report / 'evaluation.html'}", markup=False, highlight=False)
    if result["bad"]:
        raise typer.Exit(EXIT_BAD_INPUT)


def _line(made: list[Path], real: Path, paired: bool, source: Path | None) -> str:
    parts = [f"--made {folder}" for folder in made] + [f"--real {real}"]
    return " ".join(
        ["ritual image evaluate", *parts, *["--paired"] * paired, *([f"--source {source}"] if source else [])]
    )


def _print(result: dict, table: Table) -> None:
    out.print(printed(table), highlight=False)
    for note in result["notes"]:
        out.print(note, style="dim", markup=False, highlight=False)

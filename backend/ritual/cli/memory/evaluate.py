"""`ritual memory evaluate`: the five rows of Table 2 trained alike and measured, and a page to look at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import command, err, out, progress_bar
from ritual.cli.memory.options import (
    Backbone,
    Budget,
    Data,
    Device,
    Epochs,
    First,
    Jobs,
    Pictures,
    Precision,
    Pretrained,
    Size,
    Threads,
)
from ritual.cli.memory.train import material_of
from ritual.errors import BadInput
from ritual.files import write_text

EXAMPLES = """Examples:

All rows, three seeds each, and a page:  [cyan]ritual memory evaluate --out runs --json memory.json --report look --motifs images/motifs[/cyan]

A first look in less than an hour:  [cyan]ritual memory evaluate --out runs --budget quick --seeds 1 --json memory.json[/cyan]

The paper's backbone on a CUDA device:  [cyan]ritual memory evaluate --out runs50 --backbone resnet50 --size 128 --device cuda --precision bfloat16 --json memory50.json[/cyan]
"""  # noqa: E501


@command
def evaluate_command(
    out_folder: Annotated[
        Path, typer.Option("--out", help="Folder for the trained runs; those there are not trained again.")
    ],
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Folder for the HTML page.")] = None,
    motifs: Annotated[
        Path | None, typer.Option(help="Folder of real motifs with labels.csv; measured on, never trained on.")
    ] = None,
    kinds: Annotated[
        Path | None, typer.Option(help="CSV of file and kind: what each motif shows, beside its labels.")
    ] = None,
    data: Data = None,
    seeds: Annotated[int, typer.Option(min=1, max=20, help="Runs of each row.")] = 3,
    budget: Budget = "full",
    first: First = None,
    epochs: Epochs = None,
    pictures: Pictures = None,
    backbone: Backbone = "small",
    pretrained: Pretrained = None,
    size: Size = 64,
    sweep: Annotated[bool, typer.Option("--sweep/--no-sweep", help="Whether to train with other gammas, too.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Train every run again.")] = False,
    device: Device = "cpu",
    precision: Precision = "float32",
    threads: Threads = 1,
    jobs: Jobs = None,
    graph: options.Graph = None,
) -> None:
    """Train the five rows of Table 2 alike and measure them on pictures that none of them learnt from.

    Writes to --out the memory of the enhanced row's first seed and its card, too. Stopped, the same command goes on
    with the next run. Exit status: 0 measured, whatever the figures; 2 bad input.
    """
    from ritual.culture.graph import load_graph
    from ritual.memory.card import write_card
    from ritual.memory.data import damage_in_training, load_motifs
    from ritual.memory.evaluation import evaluate
    from ritual.memory.motifs import MOTIF_SIZE
    from ritual.memory.report_page import write_page
    from ritual.memory.train_config import config_of
    from ritual.memory.weights import NAME, write_memory

    for path in (json_file,):
        if path is not None and path.is_dir():
            raise BadInput(f"'{path}' is a folder; name a JSON file.")
    config = config_of(
        budget, first=first, epochs=epochs, pictures=pictures, out=out_folder, backbone=backbone,
        pretrained=pretrained, size=size, device=device, precision=precision, threads=threads, resume=not fresh,
    )  # fmt: skip
    known = load_graph(graph)
    jobs = jobs or (1 if device == "cuda" else min(2, os.cpu_count() or 1))
    line = "ritual memory evaluate --out OUT --motifs DATA/images/motifs --kinds benchmarks/motif-kinds.csv"
    line += f" --seeds {seeds} --first {config.first} --epochs {config.epochs}"
    line += f" --pictures {config.pictures} --size {size} --backbone {backbone} --precision {precision}"
    with progress_bar("Measuring", quiet=False) as tell:
        real, bad = (None, []) if motifs is None else load_motifs(motifs, known, MOTIF_SIZE)
        shown = None if motifs is None or kinds is None else load_motifs(motifs, known, MOTIF_SIZE, kinds)[0]
        material, swaps = material_of(data, known, config, tell)
        found = evaluate(
            config, known, material, swaps, real, shown, seeds, line, damage_in_training, sweep, jobs, tell
        )
    for sentence in bad:
        err.print(sentence, style="red", markup=False, highlight=False)
    if json_file is not None:
        write_text(json_file, json.dumps(found.result, indent=2, ensure_ascii=False) + "\n")
    written = write_memory(out_folder / NAME, found.best)
    write_card(written, found.result)
    _print(found.result)
    out.print(f"Memory: {written}", markup=False, highlight=False)
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        out.print(
            f"Page: {write_page(found.result, report / 'report.html', found.atlas)}", markup=False, highlight=False
        )


def _print(result: dict) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("row", "visual purity", "semantic purity", "accuracy %", "M", "ms"):
        table.add_column(name, justify="left" if name == "row" else "right")
    for row in result["rows"]:
        figures = (row["visual_purity"], row["semantic_purity"], row["accuracy"], row["parameters_m"], row["ms"])
        table.add_row(row["name"], *(f"{value:.3g}" for value in figures))
    out.print(table)
    chance = result["chance"]
    out.print(
        f"Concept on the visual channel {result['probe_concept_on_visual']:.3f}"
        f" (form alone tells {chance['concept_given_form']:.3f}, blind {chance['concept']:.3f}); form on the semantic"
        f" channel {result['probe_form_on_semantic']:.3f} (concept alone tells {chance['form_given_concept']:.3f},"
        f" blind {chance['form']:.3f}).",
        highlight=False,
    )
    real = result["real_motifs"]
    for what, motifs in (("by their labels", real), ("by what they show", real.get("kinds", {}))):
        if motifs:
            out.print(
                f"Real motifs {what}, mAP: {motifs['map']:.3f}; Table 1 alone {motifs['map_descriptors']:.3f},"
                f" untrained {motifs['map_untrained']:.3f}, knowing nothing {motifs['map_random']:.3f}.",
                highlight=False,
            )

"""`ritual memory train`: train a memory on ornament drawn from the graph, or on a labelled folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import command, err, out, print_json, progress_bar
from ritual.cli.memory.options import (
    Backbone,
    Budget,
    Data,
    Device,
    Epochs,
    First,
    Gamma,
    Pictures,
    Precision,
    Pretrained,
    Size,
    Threads,
)

if TYPE_CHECKING:
    from ritual.brief import ProgressCallback
    from ritual.culture.graph import Graph
    from ritual.memory.material import Material
    from ritual.memory.swaps import Swaps
    from ritual.memory.train_config import TrainConfig

EXAMPLES = """Examples:

The default, on one core:  [cyan]ritual memory train --out trained[/cyan]

To see in minutes that it works:  [cyan]ritual memory train --out trained --budget quick[/cyan]

ResNet-50 on a CUDA device, from local weights:  [cyan]ritual memory train --out trained --backbone resnet50 --pretrained resnet50.safetensors --size 128 --device cuda --precision bfloat16[/cyan]
"""  # noqa: E501


@command
def train_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for memory.safetensors and the runs behind it.")],
    data: Data = None,
    row: Annotated[
        str, typer.Option(help="Of Table 2: backbone, '+ visual bank', '+ semantic bank', full or enhanced.")
    ] = "enhanced",
    budget: Budget = "full",
    first: First = None,
    epochs: Epochs = None,
    pictures: Pictures = None,
    backbone: Backbone = "small",
    pretrained: Pretrained = None,
    size: Size = 64,
    gamma: Gamma = 0.07,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weights on one machine.")] = 1,
    device: Device = "cpu",
    precision: Precision = "float32",
    threads: Threads = 1,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Train a memory and say what it can do on pictures that it did not learn from.

    First the backbone, then the row; what is done lies in OUT/runs with its losses, and the same command goes on there.
    Exit status: 0 trained; 2 bad input.
    """
    from ritual.culture.graph import load_graph
    from ritual.memory.atlas import atlas_of
    from ritual.memory.data import damage_in_training
    from ritual.memory.runs import train_all
    from ritual.memory.table import row_figures
    from ritual.memory.train_config import config_of
    from ritual.memory.weights import NAME, memory_of, write_memory

    config = config_of(
        budget, first=first, epochs=epochs, pictures=pictures, out=out_folder, row=row, backbone=backbone,
        pretrained=pretrained, size=size, gamma=gamma, seed=seed, device=device, precision=precision, threads=threads,
    )  # fmt: skip
    known = load_graph(graph)
    with progress_bar("Training", quiet=as_json) as tell:
        material, _ = material_of(data, known, config, tell)
        name = f"{row}-{seed}"
        began = time.monotonic()
        model = train_all({name: config}, material, damage_in_training, 1, tell)[name]
        seconds, figures = time.monotonic() - began, row_figures(model, material)
        facts = {"recipe": {k: str(v) for k, v in config.recipe().items()}, "figures": figures}
        atlas = None if model.visual_bank is None else atlas_of(model, material, known)
        path = write_memory(out_folder / NAME, memory_of(model, material, facts, config.size, atlas))
    if as_json:
        print_json({"weights": str(path), "seconds": seconds, "figures": figures})
        return
    out.print(f"Memory: {path} ({path.stat().st_size / 1e6:.1f} MB, {seconds:.0f} s)", highlight=False)
    for name, value in figures.items():
        out.print(f"  {name.replace('_', ' ')}: {value:.3g}", highlight=False)


def material_of(
    data: Path | None, graph: Graph, config: TrainConfig, tell: ProgressCallback
) -> tuple[Material, Swaps | None]:
    """What is learnt from: a corpus drawn from the graph, or a folder; of a folder each bad picture is told."""
    from ritual.memory.data import drawn_material, folder_material

    if data is None:
        return drawn_material(
            graph, config.pictures, config.size, lambda i, n: tell(Progress("drawing the corpus", i, n))
        )
    material, bad = folder_material(data, graph, config.size)
    for sentence in bad:
        err.print(sentence, style="red", markup=False, highlight=False)
    return material, None

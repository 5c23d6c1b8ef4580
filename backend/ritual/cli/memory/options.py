"""Options that the memory's commands share, each written down once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Weights = Annotated[Path | None, typer.Option("--weights", help="A memory's safetensors; default: what ships.")]
Occasion = Annotated[
    str | None, typer.Option("--occasion", help="Slug of an occasion or a part of dress, such as wedding.")
]
Backbone = Annotated[str, typer.Option(help="small, resnet18 or resnet50.")]
Pretrained = Annotated[
    Path | None,
    typer.Option(help="Backbone's weights, torchvision's names: a safetensors file, or hub:OWNER/NAME (fetched)."),
]
Budget = Annotated[str, typer.Option(help="quick (minutes, to see that it works) or full.")]
First = Annotated[
    int | None, typer.Option(min=0, help="Epochs of the backbone alone, beforehand, instead of the budget's.")
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Of the row over the training part, instead of the budget's.")]
Pictures = Annotated[int | None, typer.Option(min=500, help="Drawn for the corpus, instead of the budget's.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of labelled pictures to learn from instead of a corpus drawn from the graph."),
]
Size = Annotated[int, typer.Option(min=32, max=256, help="Side of the pictures [px].")]
Gamma = Annotated[float, typer.Option(min=0.005, help="Temperature of eq. 3.")]
Device = Annotated[str, typer.Option("--device", help="cpu or cuda.")]
Precision = Annotated[str, typer.Option(help="Of the convolutions: float32 or bfloat16.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Trainings at once; default: 2, or 1 on one core and on a CUDA device.")
]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]

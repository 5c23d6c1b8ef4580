"""`ritual serve`: the service in the foreground. Also `python -m ritual.cli.serve`, which the add-on runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli.console import exit_status
from ritual.errors import RitualError


def serve_command(
    port: Annotated[int, typer.Option(help="TCP port on 127.0.0.1; 0 lets the system choose.")] = 0,
    handshake: Annotated[
        Path | None, typer.Option(help="Where port and token are written; default: the user's private folder.")
    ] = None,
    parent_pid: Annotated[int | None, typer.Option(help="End when this process ends.")] = None,
    graph: Annotated[Path | None, typer.Option(help="Folder of the knowledge graph.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights of the motion model.")] = None,
    memory: Annotated[Path | None, typer.Option(help="Weights of the memory of patterns.")] = None,
    imagery: Annotated[Path | None, typer.Option(help="Folder of weights of the models of pictures.")] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    idle_timeout: Annotated[
        float | None, typer.Option(help="End after so many seconds without a request or a job.", min=1.0)
    ] = None,
) -> None:
    """Serve the motion models on loopback, for the Blender add-on and other programs.

    Exit status 0: ended as asked, or a server already runs behind the handshake file; 1 or 2: it cannot start.
    """
    from ritual.service.serve import serve  # FastAPI is loaded only by who serves

    try:
        serve(port, handshake, parent_pid, graph, weights, device, idle_timeout, typer.echo, memory, imagery)
    except RitualError as error:
        typer.echo(str(error), err=True)  # one line, unwrapped: the add-on shows it in its panel
        raise typer.Exit(exit_status(error)) from error


if __name__ == "__main__":
    typer.run(serve_command)

"""`ritual image export`: a trained model for programs without this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json
from ritual.errors import BadInput

EXAMPLES = (
    "Examples:  [cyan]ritual image export runs/1 --onnx --torchscript --out exported[/cyan]   "
    "[cyan]ritual image export runs/1/papercut.safetensors --onnx --out exported[/cyan]"
)


@command
def export_command(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or its weights.")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    onnx: Annotated[bool, typer.Option("--onnx", help="Write NAME.onnx.")] = False,
    torchscript: Annotated[bool, typer.Option("--torchscript", help="Write NAME.torchscript.pt.")] = False,
    as_json: options.Json = False,
) -> None:
    """Write a model as ONNX or TorchScript; each file is run beside the original, and written only if they agree."""
    from ritual.imagery.export import export_onnx, export_torchscript
    from ritual.imagery.weights import read_model

    if not (onnx or torchscript):
        raise BadInput("Nothing to write.", hint="Say --onnx, --torchscript or both.")
    weights = _weights(run)
    model, _ = read_model(weights)
    done = []
    if onnx:
        done.append(export_onnx(model, out_folder / f"{weights.stem}.onnx"))
    if torchscript:
        done.append(export_torchscript(model, out_folder / f"{weights.stem}.torchscript.pt"))
    if as_json:
        print_json([{"path": str(one.path), "difference": one.difference, "multiple": one.multiple} for one in done])
        return
    for one in done:
        only = f"input of {' x '.join(map(str, one.shapes[0]))} only"
        size = f"pictures of any size that is a multiple of {one.multiple}" if one.multiple else only
        said = f"{one.path}: {size}; differs from the model by {one.difference:.1e} at most"
        out.print(said, markup=False, highlight=False)


def _weights(run: Path) -> Path:
    """The weights of a run's folder, or the file itself.

    Raises:
        BadInput: the folder holds none.
    """
    if not run.is_dir():
        return run
    found = sorted(path for path in run.glob("*.safetensors") if path.name != "state.safetensors")
    if not found:
        raise BadInput(f"There are no weights in '{run}'.", hint="They are written at the first evaluation of a run.")
    return found[0]

"""`ritual doctor`: is everything here that the work needs, and if not, what to do."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import typer
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json
from ritual.errors import RitualError


@dataclass(frozen=True)
class Finding:
    """One check: `state` is ok, missing (needed) or absent (optional)."""

    name: str
    state: str
    detail: str


def _packages() -> str:
    names = ("torch", "numpy", "rdflib", "pyshacl", "transformers", "fastapi")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)


def _graph(folder: Path | None) -> str:
    from ritual.culture.graph import load_graph

    return f"{len(load_graph(folder).dances())} dances, conforms to its shapes"


def _model() -> str:
    from ritual.motion.sample import Generator

    Generator.load()
    return "weights load"


def _pictures() -> str:
    from ritual.imagery.weights import read_model
    from ritual.resources import resource

    names = sorted((resource("assets") / "imagery").glob("*.safetensors"))
    for path in names:
        read_model(path)
    return f"weights load: {', '.join(path.stem for path in names)}"


def _extra(*modules: str) -> Callable[[], str]:
    """Of an extra of the package: whether what it brings is here."""

    def find() -> str:
        lacking = [name for name in modules if importlib.util.find_spec(name) is None]
        if lacking:
            raise RitualError(f"without {', '.join(lacking)}")
        return ", ".join(modules)

    return find


def _text() -> str:
    from ritual.motion.text import TextEncoder

    TextEncoder.load()
    return "sentence encoder loads without a network"


def _cuda() -> str:
    import torch

    if not torch.cuda.is_available():
        raise RitualError("none: the CPU is used")
    return torch.cuda.get_device_name()


def _blender() -> str:
    from ritual.film.blender import find_blender

    return f"render: {find_blender('render').describe()}; scene: {find_blender('scene').describe()}"


def _program(name: str) -> Callable[[], str]:
    def find() -> str:
        path = shutil.which(name)
        if path is None:
            raise RitualError(f"not on the PATH; install Debian's package for {name}")
        return path

    return find


def _checks(graph: Path | None) -> tuple[tuple[str, bool, Callable[[], str]], ...]:
    """(what, whether the work needs it, how it is looked at)."""
    return (
        ("Python", True, lambda: f"{platform.python_version()} ({sys.executable})"),
        ("Packages", True, _packages),
        ("Knowledge graph", True, lambda: _graph(graph)),
        ("Motion model", True, _model),
        ("Text encoder", True, _text),
        ("Models of pictures", True, _pictures),
        ("Extra `imagery` (edges in losses)", False, _extra("kornia", "cv2")),
        ("Extra `video` (clips)", False, _extra("av", "imageio_ffmpeg", "soundfile")),
        ("Extra `export` (ONNX)", False, _extra("onnx", "onnxscript", "onnxruntime")),
        ("Extra `vector` (curves)", False, _extra("potrace")),
        ("Blender", False, _blender),
        ("ffmpeg", False, _program("ffmpeg")),
        ("COLMAP (photogrammetry)", False, _program("colmap")),
        ("Xvfb (window tests)", False, _program("Xvfb")),
        ("CUDA", False, _cuda),
    )


def examine(graph: Path | None = None) -> list[Finding]:
    """Run every check, of the knowledge graph that is named; a failure becomes a finding, never an exception."""
    findings = []
    for name, needed, check in _checks(graph):
        try:
            findings.append(Finding(name, "ok", check()))
        except (RitualError, OSError, ImportError, metadata.PackageNotFoundError) as error:
            findings.append(Finding(name, "missing" if needed else "absent", str(error)))
    return findings


@command
def doctor_command(graph: options.Graph = None, as_json: options.Json = False) -> None:
    """Check this installation; exit 1 when something that is needed is missing."""
    findings = examine(graph)
    if as_json:
        print_json([asdict(f) for f in findings])
    else:
        table = Table("", "What", "Detail")
        marks = {"ok": "[green]ok[/green]", "missing": "[red]missing[/red]", "absent": "[yellow]absent[/yellow]"}
        for finding in findings:
            table.add_row(marks[finding.state], finding.name, finding.detail)
        out.print(table)
    if any(f.state == "missing" for f in findings):
        raise typer.Exit(EXIT_FAILED)

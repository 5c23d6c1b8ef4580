"""What the commands that use trained models share: options, inputs, and how they tell what became of them."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ritual.cli.console import EXIT_BAD_INPUT, EXIT_REFUSED, err, out, print_json, progress_bar, show_error
from ritual.errors import BadInput

if TYPE_CHECKING:
    from ritual.brief import ProgressCallback
    from ritual.imagery.use.bilevel import Sheet
    from ritual.imagery.use.folder import Done
    from ritual.imagery.use.judged import Judge
    from ritual.imagery.use.tiles import Tiling

Inputs = Annotated[list[str], typer.Argument(metavar="IN...", help="Pictures, folders, or quoted patterns.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the pictures; an input is never written over.")]
Weights = Annotated[
    Path | None, typer.Option("--weights", help="Safetensors of another model, or a run's folder; default: what ships.")
]
Device = Annotated[str, typer.Option("--device", help="cpu or cuda.")]
Tile = Annotated[
    int | None, typer.Option("--tile", help="Side of a tile in pixels; smaller = less memory. Default: by the task.")
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="CPU threads; default: as torch chooses.")]
Dance = Annotated[
    str | None, typer.Option("--dance", help="Judge what comes out by the rules of this dance; its slug.")
]
Group = Annotated[str | None, typer.Option("--group", help="Judge by the rules of this people; its slug.")]
Occasion = Annotated[str | None, typer.Option("--occasion", help="Judge for this occasion, such as funeral; its slug.")]
Performer = Annotated[
    str | None, typer.Option("--performer", help="Judge for what this performer wears: female, male.")
]


def places(texts: list[str]) -> list[Path]:
    """The file or folder of each name, else what it matches as a pattern, else itself, to be told as missing."""
    return [found for text in texts for found in _matching(text)]


def _matching(text: str) -> list[Path]:
    if Path(text).exists():
        return [Path(text)]
    return [Path(found) for found in sorted(glob.glob(text, recursive=True))] or [Path(text)]


def tiling(tile: int | None) -> Tiling | None:
    """Tiles of that side; None = the task's own.

    Raises:
        BadInput: too small.
    """
    from ritual.imagery.use.tiles import Tiling

    return None if tile is None else Tiling(tile, min(96, tile // 4)).checked()


def curves(made: Sheet, *, cut_out: bool = False) -> dict[str, bytes]:
    """The file of a paper-cut's curves, beside its picture.

    Raises:
        BadInput: the tracer is not installed.
    """
    from ritual.imagery.use.vector import svg

    return {".svg": svg(made, cut_out=cut_out)}


def use_threads(count: int | None) -> None:
    """Let torch compute with so many threads."""
    import torch

    if count is not None:
        torch.set_num_threads(count)


def judge_of(
    dance: str | None, group: str | None, occasion: str | None, performer: str | None, graph: Path | None
) -> Judge | None:
    """Who asks the rules; None where no place is said, or nothing but who performs.

    Raises:
        BadInput: the graph knows no such place.
    """
    if not any((dance, group, occasion, performer)):
        return None
    from ritual.culture.graph import load_graph
    from ritual.imagery.use.judged import Judge, Place

    return Judge(load_graph(graph), Place(dance, group, occasion, performer))


@contextmanager
def telling(verb: str, title: str, folder: Path, as_json: bool) -> Iterator[tuple[Done, ProgressCallback]]:
    """A run to fill and its progress; afterwards what became of it is told, also where it stopped half-way.

    Raises:
        typer.Exit: 2 where something was bad, else 3 where a rule refused something.
    """
    from ritual.imagery.use.folder import Done

    done = Done()
    try:
        with progress_bar(title, quiet=as_json) as tell:
            yield done, tell
    except BadInput:
        if done.lines and not as_json:
            _tell(done, verb, folder)
        raise
    if as_json:
        print_json(_plain(done))
    else:
        _tell(done, verb, folder)
    if done.bad:
        raise typer.Exit(EXIT_BAD_INPUT)
    if done.refused:
        raise typer.Exit(EXIT_REFUSED)


def _plain(done: Done) -> dict:
    return {
        "pictures": done.lines,
        "bad": [{"input": str(path), "message": said} for path, said in done.bad],
        "refused": [{"input": str(p), "message": e.message, "refusals": e.refusals} for p, e in done.refused],
    }


def _tell(done: Done, verb: str, folder: Path) -> None:
    say: Callable = lambda text, style: err.print(text, style=style, markup=False, highlight=False)  # noqa: E731
    for line in done.lines:
        if line["notes"]:
            say(f"{line['input']}: {'; '.join(line['notes'])}.", "dim")
        for finding in line.get("judged", {}).get("findings", ()):
            say(f"{line['image']}: {finding['what']}: {finding['text']} ({finding['source']})", "yellow")
    for _, said in done.bad:
        say(said, "red")
    for path, error in done.refused:
        say(f"{path} is kept out:", "red")
        show_error(error)
    count = len(done.lines)
    told = f"{count} {'picture' if count == 1 else 'pictures'} {verb} into {folder}"
    rest = [f"{len(done.bad)} could not be"] * bool(done.bad) + [f"{len(done.refused)} refused"] * bool(done.refused)
    out.print("; ".join([told, *rest]) + ".", markup=False, highlight=False)


def colour(text: str) -> tuple[int, int, int]:
    """Red, green, blue of `#rrggbb`, 0..255.

    Raises:
        BadInput: it is none.
    """
    digits = text.removeprefix("#")
    try:
        if len(digits) != 6:
            raise ValueError
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise BadInput(f"'{text}' is no colour.", hint='Write it as "#f0e8d6".') from None
    return red, green, blue

"""Work on pictures as jobs: what crosses the wire, and the trained models that do it, each loaded when first asked.

POST answers with a JobReply; its progress and its end are at /v1/jobs/{id}, its pictures, PNG, at /v1/jobs/{id}/clips/1
and on. A variant's report tells the picture's width and height and, where a place was said, what the rules say of it; a
rule that keeps a picture out ends the job with the error `refused`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.service.contract import EditReply, Message, VariantReply

if TYPE_CHECKING:  # torch: the server answers while it is imported
    import numpy as np

    from ritual.culture.graph import Graph
    from ritual.imagery.use.canvas import Canvas
    from ritual.imagery.use.judged import Judge
    from ritual.imagery.use.network import Network

PictureEdit = Literal["translate", "enlarge", "restore", "synthesise"]


class PictureWish(Message):
    """Where the result will be seen, in slugs: only then the rules judge it; `name`: what messages call the picture."""

    name: str = "The picture"
    dance: str | None = None
    group: str | None = None
    occasion: str | None = None
    performer: str | None = None


class TranslateWish(PictureWish):
    """POST /v1/pictures/translate, an image file's bytes as body. `to`: papercut or painting. `bilevel`: two colours
    alone; `cut_out`: and no ground; `colour_of`: the paper in a people's colour (slug)."""

    to: str = "papercut"
    bilevel: bool = False
    cut_out: bool = False
    colour_of: str | None = None


class EnlargeWish(PictureWish):
    """POST /v1/pictures/enlarge, an image file's bytes as body. `papercut`: two colours alone, the small picture's."""

    factor: float = Field(default=2.0, allow_inf_nan=False)
    papercut: bool = False


class RestoreWish(PictureWish):
    """POST /v1/pictures/restore, an image file's bytes as body."""


class SynthesiseWish(PictureWish):
    """POST /v1/pictures/synthesise, no body. `what`: houses or another name of what ships; `seed`: of the first."""

    what: str = "houses"
    count: int = Field(default=1, ge=1, le=16)
    seed: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class PictureTask:
    """One request, as the queue takes it. Attributes: edit: which work. wish: its settings. data: an image's bytes."""

    edit: PictureEdit
    wish: PictureWish
    data: bytes = b""

    def task(self) -> PictureTask:
        """Itself, its picture read once, so that a bad one is told at once.

        Raises:
            BadInput: the picture cannot be read.
        """
        if self.edit != "synthesise":
            from ritual.pictures.reading import read_pixels

            read_pixels(self.data, self.wish.name)
        return self

    def told(self) -> EditReply:
        """What its job tells of it: all but the picture."""
        return EditReply(edit=self.edit, asked=self.wish.model_dump())


@dataclass(frozen=True)
class Made:
    """What came of a task: PNG files and their descriptions."""

    files: tuple[bytes, ...]
    variants: tuple[VariantReply, ...]


class Studio:
    """The trained models of pictures; used by the queue's worker alone.

    Args:
        weights: folder of NAME.safetensors; None = what ships.
    """

    def __init__(self, weights: Path | None, device: str) -> None:
        self._weights, self._device = weights, device
        self._loaded: dict[tuple[str, str], Network] = {}

    def work(self, task: PictureTask, graph: Graph, progress: ProgressCallback, cancelled: CancelCheck) -> Made:
        """Do it.

        Raises:
            BadInput: no such weights, an unknown place, or a value out of its range.
            Refused: a rule keeps the picture out.
            Cancelled: `cancelled` said so.
        """
        from ritual.imagery.use.judged import Judge, Place

        wish = task.wish
        progress(Progress("loading", 0, 1))
        place = Place(wish.dance, wish.group, wish.occasion, wish.performer)
        judge = Judge(graph, place) if place else None
        name = wish.name.rsplit(".", 1)[0]
        done = [
            _finished(canvas, number, name, judge)
            for number, canvas in enumerate(getattr(self, f"_{task.edit}")(task, graph, progress, cancelled), start=1)
        ]
        return Made(tuple(file for file, _ in done), tuple(variant for _, variant in done))

    def _translate(self, task: PictureTask, graph: Graph, *watch: Any) -> list[Canvas]:
        from ritual.imagery.use.palette import paper_of
        from ritual.imagery.use.translate import Cut, paper_cut, translated

        wish, rgba = task.wish, _read(task)
        canvas = translated(self._network("translation", wish.to), rgba, None, *watch)
        if not (wish.bilevel or wish.cut_out or wish.colour_of):
            return [canvas]
        colour = paper_of(graph, wish.colour_of) if wish.colour_of else None
        sheet = paper_cut(canvas, Cut(colour, wish.cut_out))
        alpha = rgba[..., 3] if canvas.channels == 4 else None
        return [sheet.cut_out(alpha) if wish.cut_out else sheet.canvas(alpha)]

    def _enlarge(self, task: PictureTask, _graph: Graph, *watch: Any) -> list[Canvas]:
        from ritual.imagery.use.enlarge import crisp, enlarged

        rgba = _read(task)
        canvas = enlarged(self._network("enlargement", "enlarge-2x"), rgba, task.wish.factor, None, *watch)
        if not task.wish.papercut:
            return [canvas]
        sheet, alpha = crisp(canvas, rgba)
        return [sheet.canvas(alpha)]

    def _restore(self, task: PictureTask, _graph: Graph, *watch: Any) -> list[Canvas]:
        from ritual.imagery.use.restore import restored

        return [restored(self._network("restoration", "restore"), _read(task), None, None, *watch)]

    def _synthesise(self, task: PictureTask, _graph: Graph, *watch: Any) -> list[Canvas]:
        from ritual.imagery.use.canvas import Canvas
        from ritual.imagery.use.synthesise import synthesised

        wish = task.wish
        made = synthesised(self._network("synthesis", wish.what), wish.count, wish.seed, *watch)
        return [Canvas(*picture.shape, iter([picture])) for picture in made]

    def _network(self, task: str, name: str) -> Network:
        """By name among the files of one folder: nobody reaches another file from outside."""
        from ritual.imagery.use.network import network

        key = task, name
        if key not in self._loaded:
            self._loaded[key] = network(task, name, device=self._device, folder=self._weights)
        return self._loaded[key]


def _read(task: PictureTask) -> np.ndarray:
    from ritual.pictures.reading import read_pixels

    return read_pixels(task.data, task.wish.name).rgba


def _finished(canvas: Canvas, number: int, name: str, judge: Judge | None) -> tuple[bytes, VariantReply]:
    """The picture's file and what there is to say of it. Raises: Refused: a rule keeps it out."""
    from ritual.imagery.use.judged import Glance

    buffer, glance = io.BytesIO(), Glance(canvas.height, canvas.width)
    canvas.write(buffer, glance if judge else None)
    report: dict[str, Any] = {"width": canvas.width, "height": canvas.height}
    if judge:
        judgement = judge.judge(glance.pixels)
        judgement.raise_refusal()
        report["judged"] = judgement.to_dict()
    return buffer.getvalue(), VariantReply(index=number, name=name, frames=1, fps=1.0, report=report)

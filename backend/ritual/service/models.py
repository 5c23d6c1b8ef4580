"""The loaded models behind the routes: loads the engine once, turns a Brief into the bytes of its clips."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ritual.brief import Brief, CancelCheck, ProgressCallback, change_frames
from ritual.errors import RitualError
from ritual.service.contract import (
    CheckReply,
    CheckRequest,
    DanceReply,
    DancesReply,
    ErrorReply,
    GraphReply,
    NamedReply,
    VariantReply,
)
from ritual.service.jobs import JobResult, Task
from ritual.service.picture_work import PictureTask, Studio
from ritual.service.pictures import DressReply, DressRequest, Eye, PictureQuery, PictureReply, check_dress

if TYPE_CHECKING:
    from ritual.culture.graph import Graph
    from ritual.generate import Engine
    from ritual.service.living import LivingGraph


class StillLoading(RitualError):
    """The models are not loaded yet."""

    code = "loading"


class Models:
    """The engine and what of it crosses the wire. `load` runs in the worker, everything else anywhere.

    Attributes:
        device: `cpu` or `cuda`.
        error: why loading failed; None while it has not.
    """

    def __init__(
        self, graph: Path | None = None, weights: Path | None = None, device: str = "cpu", memory: Path | None = None,
        imagery: Path | None = None,
    ) -> None:  # fmt: skip
        self._graph, self._weights, self.device = graph, weights, device
        self._eye, self._studio = Eye(memory), Studio(imagery, device)
        self._engine: Engine | None = None
        self._living: LivingGraph | None = None
        self.error: ErrorReply | None = None

    @property
    def state(self) -> str:
        """`loading`, `ready` or `failed`."""
        if self.error is not None:
            return "failed"
        return "loading" if self._engine is None else "ready"

    @property
    def graph_state(self) -> GraphReply | None:
        """Whether the rules in use are those of the graph's files; None while they are loading."""
        return None if self._living is None else self._living.state

    def load(self) -> None:
        """Load graph and weights; takes seconds.

        Raises:
            RitualError: the graph, the weights or the device cannot be used.
        """
        from ritual.service.living import LivingGraph  # the graph's libraries: the server answers meanwhile

        try:
            engine = self._load()
            self._living = LivingGraph(self._graph, engine.graph)
            self._engine = engine
        except RitualError as error:
            self.error = ErrorReply.of(error)
            raise
        except Exception as error:
            self.error = ErrorReply(
                code="internal", message=f"The models cannot be loaded: {type(error).__name__}: {error}"
            )
            raise

    def _load(self) -> Engine:
        from ritual.generate import Engine  # torch takes seconds to import: the server answers meanwhile

        return Engine.load(graph=self._graph, weights=self._weights, device=self.device)

    def dances(self) -> DancesReply:
        """Groups, dances and occasions of the graph.

        Raises:
            RitualError: the models are still loading, or could not be loaded.
        """
        graph = self._rules()
        dances = graph.dances()
        groups = {
            dance.group: NamedReply(slug=dance.group, label=dance.group_label, label_zh=dance.group_label_zh)
            for dance in dances
        }
        return DancesReply(
            groups=sorted(groups.values(), key=lambda group: group.label),
            dances=[
                DanceReply(
                    slug=dance.slug, label=dance.label, label_zh=dance.label_zh, group=dance.group,
                    group_label=dance.group_label, performers=list(dance.performers),
                    default_performer=dance.default_performer, occasions=list(dance.occasions), bpm=dance.bpm,
                )
                for dance in dances
            ],
            performers=graph.performers(),
            occasions=[
                NamedReply(slug=occasion.slug, label=occasion.label, label_zh=occasion.label_zh)
                for occasion in graph.occasions()
            ],
            graph=self.graph_state,
        )  # fmt: skip

    def check(self, request: CheckRequest) -> CheckReply:
        """Whether a track of angles keeps a dance's rules, between its frames too.

        Raises:
            BadMotion: the track is none.
            BadInput, Refused: as `course_of`.
        """
        from ritual.culture.clip_compliance import turning_violations
        from ritual.culture.compliance import find_violations
        from ritual.culture.course import course_of

        track, root = request.track(), request.root()
        occasions = [(0, request.occasion), *change_frames(request.changes, len(track), request.fps)]
        graph = self._rules()
        course = course_of(
            graph, request.dance, request.performer, occasions, len(track), request.fps, tempo=request.tempo()
        )
        violations = find_violations(track, course.schedule, request.fps)
        if root is not None:
            violations += turning_violations(*root, course)
        rulebook = course.first
        return CheckReply(
            dance=rulebook.dance.slug, performer=rulebook.performer, frames=len(track), compliant=not violations,
            violations=[_plain(violation.to_dict()) for violation in violations],
        )  # fmt: skip

    def describe(self, data: bytes, query: PictureQuery) -> PictureReply:
        """What a picture is; the memory of patterns is loaded by the first one.

        Raises:
            BadInput: as `Eye.describe`.
        """
        return self._eye.describe(data, query, self._rules())

    def check_dress(self, request: DressRequest) -> DressReply:
        """Whether symbols may stand on a costume.

        Raises:
            BadInput, Refused: as `pictures.check_dress`.
        """
        return check_dress(request, self._rules())

    def work(self, task: Task, progress: ProgressCallback, cancelled: CancelCheck) -> JobResult:
        """Generate the clips of a brief, do an edit, or work on a picture.

        Raises:
            Refused: a rule of the culture forbids it.
            BadInput, Cancelled, RitualError: as `generate`, the edits and `Studio.work`.
        """
        if isinstance(task, PictureTask):
            made = self._studio.work(task, self._rules(), progress, cancelled)
            return JobResult(made.files, made.variants)
        from ritual.clip.tensors import to_bytes
        from ritual.generate import generate

        engine = replace(self._ready(), graph=self._rules())
        if isinstance(task, Brief):
            made = generate(task, engine, progress, cancelled)
        else:
            made = task.run(engine, progress, cancelled)
        clips = [variant.clip for variant in made.variants]
        replies = [
            VariantReply(
                index=number, name=variant.clip.name, frames=variant.clip.frames, fps=variant.clip.fps,
                report=_plain(variant.report.to_dict()),
            )
            for number, variant in enumerate(made.variants, start=1)
        ]  # fmt: skip
        return JobResult(tuple(to_bytes(clip) for clip in clips), tuple(replies), _plain(made.report()))

    def _rules(self) -> Graph:
        """The graph as its files stand now, or as they last were sound."""
        self._ready()
        return self._living.now()

    def _ready(self) -> Engine:
        if self.error is not None:
            raise RitualError(self.error.message, hint=self.error.hint, code=self.error.code)
        if self._engine is None:
            raise StillLoading("The models are still loading.", hint="Ask again in a few seconds.")
        return self._engine


def _plain(report: dict[str, Any]) -> dict[str, Any]:
    """The report as JSON knows it: tuples become lists, numbers of numpy become numbers."""
    return json.loads(json.dumps(report, default=float))

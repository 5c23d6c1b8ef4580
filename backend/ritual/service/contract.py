"""The wire contract: every message that crosses HTTP, as plain models; errors cross as {code, message, hint}."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ritual.body.skeleton import ANGLES
from ritual.body.tempo import Tempo
from ritual.brief import Brief
from ritual.errors import BadMotion, Refused, RitualError

PROTOCOL = 2  # raised whenever an older add-on would misread a newer backend, or the other way round

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: tuple[JobState, ...] = ("done", "failed", "cancelled")


class Message(BaseModel):
    """Base of every message: immutable; a field that the contract does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorReply(Message):
    """What went wrong, for a person; `refusals` (rule, text, source, allowed) only with code `refused`."""

    code: str
    message: str
    hint: str = ""
    refusals: list[dict[str, Any]] = []

    @classmethod
    def of(cls, error: RitualError) -> ErrorReply:
        refusals = error.refusals if isinstance(error, Refused) else []
        return cls(code=error.code, message=error.message, hint=error.hint, refusals=refusals)


class GraphReply(Message):
    """Whether the rules in use are those of the graph's files; `outdated`: they are broken, `message` says where."""

    state: Literal["current", "outdated"]
    message: str = ""


class HealthReply(Message):
    """GET /v1/health: who answers, and whether the models are loaded yet; `graph`: as last looked at."""

    protocol: int = PROTOCOL
    version: str
    pid: int
    device: str
    state: Literal["loading", "ready", "failed"]
    error: ErrorReply | None = None
    active_jobs: int = 0
    graph: GraphReply | None = None


class NamedReply(Message):
    """A group or an occasion: its slug and its labels in English and Chinese."""

    slug: str
    label: str
    label_zh: str = ""


class DanceReply(NamedReply):
    """One dance of the graph; `group` and `occasions` are slugs of the neighbouring lists."""

    group: str
    group_label: str
    performers: list[str]
    default_performer: str
    occasions: list[str]
    bpm: float


class DancesReply(Message):
    """GET /v1/dances: everything that the panel offers to choose from."""

    groups: list[NamedReply]
    dances: list[DanceReply]
    performers: list[str]
    occasions: list[NamedReply]
    graph: GraphReply | None = None


class Wish(Message):
    """A Brief as it crosses the wire.

    `changes`: pairs of seconds from the start and the slug of an occasion, from which on the occasion is another.
    `beats`: times [s] of the beats of a piece of music, in place of `bpm`; the music itself stays where it is.
    `pose`: the angles [rad] that the clips begin in, order of `skeleton.ANGLES`; empty = as the dance begins.
    `patterns`: slugs of symbols that the costume shows beside those that the graph gives it.
    """

    prompt: str
    dance: str
    performer: str | None = None
    occasion: str | None = None
    seconds: float = 8.0
    fps: float = 25.0
    variants: int = Field(default=3, strict=True)
    seed: int = Field(default=0, strict=True)
    changes: tuple[tuple[float, str], ...] = ()
    bpm: float | None = None
    beats: tuple[float, ...] = ()
    loop: bool = Field(default=False, strict=True)
    style: float = 1.0
    energy: float = 1.0
    pose: tuple[float, ...] = ()
    patterns: tuple[str, ...] = ()

    def to_brief(self) -> Brief:
        """The checked Brief.

        Raises:
            BadInput: a value is out of range.
        """
        return Brief(**{name: getattr(self, name) for name in Wish.model_fields}).checked()


class BriefRequest(Wish):
    """POST /v1/jobs: a dance is generated.

    `resume`: whether the job is queued again if the backend ends before it is finished.
    """

    resume: bool = True

    def task(self) -> Brief:
        """What the worker is to do: `to_brief`."""
        return self.to_brief()

    def told(self) -> BriefRequest:
        """What the job tells of it: all."""
        return self


class Track(Message):
    """A track of joint angles, (T, 36) [rad] in the order of `skeleton.ANGLES`, and what is known of its dance.

    `changes` as in a Wish. `beats`: those that the motion is danced to, as its clip says them in `tempo`; none
    = the dance's own tempo. `root_translation` (T, 3) [m] and `root_rotation` (T, 4) w, x, y, z of the pelvis
    are given together.
    """

    dance: str | None = None
    performer: str | None = None
    occasion: str | None = None
    changes: tuple[tuple[float, str], ...] = ()
    beats: tuple[float, ...] = ()
    fps: float
    angles: list[list[float]]
    root_translation: list[list[float]] | None = None
    root_rotation: list[list[float]] | None = None

    def track(self) -> np.ndarray:
        """(T, 36) [rad].

        Raises:
            BadMotion: no frames, a frame without 36 angles, or a value that is not a number.
        """
        for frame, angles in enumerate(self.angles):
            if len(angles) != len(ANGLES):
                raise BadMotion(f"Frame {frame} holds {len(angles)} angles; a pose has {len(ANGLES)}.")
        track = np.array(self.angles, dtype=float)
        if not len(track):
            raise BadMotion("The motion has no frames.")
        if not np.isfinite(track).all():
            raise BadMotion(f"Frame {np.argwhere(~np.isfinite(track))[0][0]} holds a value that is not a number.")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise BadMotion(f"{self.fps} frames per second is no frame rate.")
        return track

    def tempo(self) -> Tempo | None:
        """The clock of the motion; the dance says how many beats make a cycle.

        Raises:
            BadInput: the beats are none.
        """
        return Tempo(np.array(self.beats), per_cycle=1) if self.beats else None

    def root(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(T, 3) [m] and (T, 4) of the pelvis; None where they are not given.

        Raises:
            BadMotion: one of the two is missing, or is not as long as the track, or holds what is no rotation.
        """
        given = (("root_translation", self.root_translation, 3), ("root_rotation", self.root_rotation, 4))
        if self.root_translation is None and self.root_rotation is None:
            return None
        arrays = []
        for name, rows, width in given:
            if rows is None or len(rows) != len(self.angles) or any(len(row) != width for row in rows):
                raise BadMotion(f"{name} must hold {width} numbers for each of the {len(self.angles)} frames.")
            arrays.append(np.array(rows, dtype=float))
            if not np.isfinite(arrays[-1]).all():
                raise BadMotion(f"{name} holds a value that is not a number.")
        translation, rotation = arrays
        if not np.linalg.norm(rotation, axis=1).all():
            raise BadMotion("root_rotation holds a frame of zeros, which is no rotation.")
        return translation, rotation


class CheckRequest(Track):
    """POST /v1/check: whether a motion keeps the rules of a dance; without a root, those on turning are left out."""

    dance: str


class CheckReply(Message):
    """What the rules say of the track: the spans that break one, as `ritual check --json` prints them."""

    dance: str
    performer: str
    frames: int
    compliant: bool
    violations: list[dict[str, Any]]


class VariantReply(Message):
    """One finished clip, or picture; its bytes are at /v1/jobs/{id}/clips/{index}, `index` counted from 1."""

    index: int
    name: str
    frames: int
    fps: float
    report: dict[str, Any]


class EditReply(Message):
    """Which edit a job does and what was asked for, without the motions. After an end of the backend it is not resumed:
    these are not kept."""

    edit: Literal["regenerate", "between", "through", "translate", "enlarge", "restore", "synthesise"]
    asked: dict[str, Any]
    resume: Literal[False] = False


class JobReply(Message):
    """One job. `step` of `total` within `stage`; `eta` seconds left, None where unknown; times are Unix seconds.

    A running job that was cancelled stays `running` with `cancelling` set until the worker has really stopped.
    """

    id: str
    state: JobState
    request: BriefRequest | EditReply
    created: float
    stage: str = "waiting"
    step: int = 0
    total: int = 0
    eta: float | None = None
    cancelling: bool = False
    started: float | None = None
    finished: float | None = None
    attempts: int = 0
    error: ErrorReply | None = None
    variants: list[VariantReply] = []
    report: dict[str, Any] = {}


class JobsReply(Message):
    """GET /v1/jobs: oldest first."""

    jobs: list[JobReply]

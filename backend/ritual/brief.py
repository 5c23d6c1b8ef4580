"""What the animator asks for, and how far the answer has come: the two messages every floor may read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from ritual.errors import BadInput

MIN_SECONDS, MAX_SECONDS = 1.0, 120.0
MAX_VARIANTS = 16
MAX_SEED = 2**31 - 1  # Blender's IntProperty ends there
MAX_PROMPT = 2000
BPM, STYLE, ENERGY = (30.0, 240.0), (0.0, 1.5), (0.5, 1.5)  # least and most


@dataclass(frozen=True)
class Brief:
    """One request for motion.

    Attributes:
        prompt: a sentence in any language that the graph has labels in (or that the text encoder knows).
        dance: slug of a dance in the graph (`dai-peacock`).
        performer: slug of a role, such as `female` or `male`; None = the graph's default for the dance.
        occasion: slug of an occasion; None = the dance's own first occasion.
        seconds: length of the clip [s].
        fps: frames per second.
        variants: how many different clips.
        seed: the same seed and inputs give the same bytes on one machine.
        changes: (seconds from the start, slug of an occasion), in order: from then on the occasion is another.
        bpm: beats a minute; None = the dance's own tempo. The first beat begins the clip and a cycle of the dance.
        beats: times [s] of beats to dance to, as of a piece of music; the first begins a cycle. Empty = by `bpm`.
        loop: the clip begins anew where it ends: `seconds` become the whole number of cycles nearest to them.
        style: how strongly the dance's stances and the sentence speak: 0 = plain upright, 1 = as the graph gives them.
        energy: how large and lively it is danced, 1 = as the graph gives it.
        pose: the 36 joint angles [rad] that the clips begin in; empty = as the dance begins.
        patterns: slugs of symbols that the costume shows beside those that the graph gives it.
    """

    prompt: str
    dance: str
    performer: str | None = None
    occasion: str | None = None
    seconds: float = 8.0
    fps: float = 25.0
    variants: int = 3
    seed: int = 0
    changes: tuple[tuple[float, str], ...] = ()
    bpm: float | None = None
    beats: tuple[float, ...] = ()
    loop: bool = False
    style: float = 1.0
    energy: float = 1.0
    pose: tuple[float, ...] = ()
    patterns: tuple[str, ...] = ()

    def checked(self) -> Brief:
        """This brief with a trimmed prompt.

        Raises:
            BadInput: a value is out of range; names the value and the valid ones.
        """
        prompt = self.prompt.strip()
        if not prompt:
            raise BadInput("The prompt is empty.", hint="Describe the motion in a sentence.")
        if len(prompt) > MAX_PROMPT:
            raise BadInput(f"The prompt has {len(prompt)} characters; at most {MAX_PROMPT} are read.")
        if not MIN_SECONDS <= self.seconds <= MAX_SECONDS:  # also catches NaN
            raise BadInput(
                f"{self.seconds:g} seconds cannot be generated; "
                f"choose {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds."
            )
        if not 1 <= self.fps <= 240:
            raise BadInput(f"{self.fps:g} frames per second is out of range; choose 1 to 240.")
        if not 1 <= self.variants <= MAX_VARIANTS:
            raise BadInput(f"{self.variants} variants is out of range; choose 1 to {MAX_VARIANTS}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise BadInput(f"Seed {self.seed} is out of range; choose 0 to {MAX_SEED}.")
        if self.bpm is not None:
            check_slider("bpm", self.bpm, BPM)
            if self.beats:
                raise BadInput("A brief has either a tempo (bpm) or the beats of a piece of music, not both.")
        check_slider("style", self.style, STYLE)
        check_slider("energy", self.energy, ENERGY)
        if self.loop and self.beats:
            raise BadInput("A loop cannot follow a piece of music, whose beats do not come round.",
                           hint="Give the tempo in beats a minute instead, or leave the loop out.")  # fmt: skip
        if self.loop and self.changes:
            raise BadInput("A loop cannot change its occasion: it would have to change back where it begins anew.",
                           hint="Make one clip for each occasion.")  # fmt: skip
        change_frames(self.changes, self.frames, self.fps)
        return replace(self, prompt=prompt, beats=tuple(float(beat) for beat in self.beats))

    @property
    def frames(self) -> int:
        """Number of frames: `seconds` x `fps`, at least 2."""
        return max(2, round(self.seconds * self.fps))

    def to_dict(self) -> dict:
        return asdict(self)


def check_slider(name: str, value: float, limits: tuple[float, float]) -> None:
    """Raises BadInput where a value is not from the least to the most that it may be."""
    low, high = limits
    if not low <= value <= high:  # also catches NaN
        raise BadInput(f"{name} {value:g} is out of range; choose {low:g} to {high:g}.")


def change_frames(changes: Sequence[tuple[float, str]], frames: int, fps: float) -> list[tuple[int, str]]:
    """(frame, slug) of each change of occasion in a clip.

    Args:
        changes: (seconds from the start, slug), in order.
        frames, fps: of the clip.

    Raises:
        BadInput: a change lies outside the clip, or not after the one before it.
    """
    last = frames - 1
    for seconds, occasion in changes:
        if not 0.5 / fps < seconds <= last / fps:  # also catches NaN
            raise BadInput(
                f"The occasion cannot change to '{occasion}' at {seconds:g} s; "
                f"choose a time after 0 and up to {last / fps:g} s, the clip's last frame."
            )
    found = [(round(seconds * fps), occasion) for seconds, occasion in changes]
    for (before, _), (frame, occasion) in pairwise(found):
        if frame <= before:
            raise BadInput(
                f"The change to '{occasion}' at frame {frame} does not come after the one at frame {before}.",
                hint="Give the changes in the order of their time, at least one frame apart.",
            )
    return found


@dataclass(frozen=True)
class Progress:
    """How far a job has come: `step` of `total` within `stage`, the seconds left [s] if known, how it goes."""

    stage: str
    step: int
    total: int
    eta: float | None = None
    note: str = ""


ProgressCallback = Callable[[Progress], None]
CancelCheck = Callable[[], bool]

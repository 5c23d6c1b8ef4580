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
        pose: the 36 joint angles [rad] that the clips begin in; empty = as the dance begins.
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
    pose: tuple[float, ...] = ()

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
        change_frames(self.changes, self.frames, self.fps)
        return replace(self, prompt=prompt)

    @property
    def frames(self) -> int:
        """Number of frames: `seconds` x `fps`, at least 2."""
        return max(2, round(self.seconds * self.fps))

    def to_dict(self) -> dict:
        return asdict(self)


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
    """How far a job has come: `step` of `total` within `stage`, and the seconds left [s] if known."""

    stage: str
    step: int
    total: int
    eta: float | None = None


ProgressCallback = Callable[[Progress], None]
CancelCheck = Callable[[], bool]

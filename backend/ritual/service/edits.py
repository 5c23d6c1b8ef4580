"""The wire contract of the edits: motions as they cross HTTP, and what is to be done with them.

An edit is a job like a generation: POST answers with a JobReply, whose progress, end and clips are at /v1/jobs/{id}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field

from ritual.brief import CancelCheck, ProgressCallback, change_frames
from ritual.errors import BadInput, BadMotion
from ritual.service.contract import EditReply, Message, Track, Wish

if TYPE_CHECKING:  # torch: the server answers while it is imported
    from ritual.clip.clip import MotionClip
    from ritual.editing import Ask, Edited
    from ritual.generate import Engine, Generation
    from ritual.motion.key_poses import KeyPose

_UNIT = 1e-3  # by how much the length of a quaternion may be off


class Motion(Track):
    """A motion, and what it says of itself as far as that is known; `prompt`: the sentence that it was made from.

    The root is always given; `root_rotation` holds unit quaternions.
    """

    root_translation: list[list[float]]
    root_rotation: list[list[float]]
    prompt: str | None = None
    name: str = "the motion"

    def checked(self) -> Self:
        """This motion.

        Raises:
            BadMotion: it is none.
            BadInput: what it says of its occasions or beats does not fit it.
        """
        self.track()
        _translation, rotation = self.root()
        off = np.abs(np.linalg.norm(rotation, axis=1) - 1) > _UNIT
        if off.any():
            raise BadMotion(f"root_rotation is no unit quaternion in frame {off.argmax()}.")
        if self.changes and self.occasion is None:
            raise BadInput("A motion whose occasion changes must say with which occasion it begins.")
        change_frames(self.changes, len(self.angles), self.fps)
        self.tempo()
        return self

    def to_clip(self) -> MotionClip:
        """The motion as a clip, whose meta says what the motion says of itself."""
        import torch

        from ritual.body.kinematics import forward
        from ritual.clip.clip import MotionClip

        pose = self.track(), *self.root()
        said = {"dance": self.dance, "performer": self.performer, "prompt": self.prompt}
        meta = {key: value for key, value in said.items() if value is not None}
        if self.occasion is not None:
            meta["occasions"] = [(0, self.occasion), *change_frames(self.changes, len(self.angles), self.fps)]
        if (tempo := self.tempo()) is not None:
            meta["tempo"] = tempo.to_dict()
        positions = forward(*map(torch.from_numpy, pose)).positions.numpy()
        return MotionClip(*pose, positions, self.fps, self.name, meta)


class EditRequest(Message):
    """What every edit of a motion may be asked for; None = as the motion says of itself."""

    motion: Motion
    prompt: str | None = None
    dance: str | None = None
    performer: str | None = None
    occasion: str | None = None
    variants: int = Field(default=1, strict=True)
    seed: int = Field(default=0, strict=True)

    def ask(self) -> Ask:
        """What is asked for, as the edits take it."""
        from ritual.editing import Ask

        return Ask(self.prompt, self.dance, self.performer, self.occasion, self.seed, self.variants)


class RegenerateRequest(EditRequest):
    """POST /v1/edits/regenerate: the frames `start` to `end` of a motion are danced anew, all others stay.

    `end` is the first frame that is kept again; None = none is.
    """

    start: int = Field(default=0, strict=True)
    end: int | None = Field(default=None, strict=True)

    def task(self) -> Self:
        """This request, checked; raises BadInput as `Motion.checked`."""
        self.motion.checked()
        return self

    def told(self) -> EditReply:
        """What its job tells of it."""
        return EditReply(edit="regenerate", asked=self.model_dump(exclude={"motion"}))

    def run(self, engine: Engine, progress: ProgressCallback, cancelled: CancelCheck) -> Edited:
        """Do it; raises as `editing.regenerate`."""
        from ritual.editing import regenerate

        clip = self.motion.to_clip()
        end = clip.frames if self.end is None else self.end
        return regenerate(clip, self.start, end, engine, self.ask(), progress, cancelled)


class BetweenRequest(EditRequest):
    """POST /v1/edits/between: a motion, `seconds` of dance and the motion `then` become one.

    `keep_place`: the second stays where it is; else it begins where the new steps lead.
    """

    then: Motion
    seconds: float = Field(default=1.0, allow_inf_nan=False)
    keep_place: bool = Field(default=False, strict=True)

    def task(self) -> Self:
        """This request, checked; raises BadInput as `Motion.checked`."""
        self.motion.checked()
        self.then.checked()
        return self

    def told(self) -> EditReply:
        """What its job tells of it."""
        return EditReply(edit="between", asked=self.model_dump(exclude={"motion", "then"}))

    def run(self, engine: Engine, progress: ProgressCallback, cancelled: CancelCheck) -> Edited:
        """Do it; raises as `editing.between`."""
        from ritual.editing import between

        pair = self.motion.to_clip(), self.then.to_clip()
        return between(*pair, self.seconds, engine, self.ask(), self.keep_place, progress, cancelled)


class Key(Message):
    """A pose and when it is reached, `seconds` from the start: 36 `angles` [rad] in the order of `skeleton.ANGLES`, and
    the pelvis as `root_rotation`, of which only the tilt counts; without it the pelvis is upright."""

    seconds: float = Field(allow_inf_nan=False)
    angles: list[float]
    root_rotation: list[float] | None = None

    def checked(self) -> Self:
        """This key; raises BadMotion where its pose is none."""
        self._motion().checked()
        return self

    def to_key(self, fps: float) -> KeyPose:
        """The pose at its frame of a clip."""
        from ritual.motion.key_poses import KeyPose

        return KeyPose.of_clip(self._motion().to_clip(), 0, round(self.seconds * fps))

    def _motion(self) -> Motion:
        """The pose as a motion of one frame."""
        rotation = self.root_rotation or [1.0, 0.0, 0.0, 0.0]
        return Motion(fps=1.0, angles=[self.angles], root_translation=[[0.0] * 3], root_rotation=[rotation])


class ThroughRequest(Wish):
    """POST /v1/edits/through: a dance that passes through poses, if wished after another motion (`reference`)."""

    keys: tuple[Key, ...] = Field(min_length=1)
    reference: Motion | None = None

    def task(self) -> Self:
        """This request, checked; raises BadInput as `Wish.to_brief`, `Key.checked` and `Motion.checked`."""
        self.to_brief()
        for key in self.keys:
            key.checked()
        if self.reference is not None:
            self.reference.checked()
        return self

    def told(self) -> EditReply:
        """What its job tells of it."""
        asked = self.model_dump(exclude={"keys", "reference"})
        return EditReply(edit="through", asked=asked | {"keys": [key.seconds for key in self.keys]})

    def run(self, engine: Engine, progress: ProgressCallback, cancelled: CancelCheck) -> Generation:
        """Do it; raises as `generate`."""
        from ritual.generate import generate

        keys = [key.to_key(self.fps) for key in self.keys]
        reference = None if self.reference is None else self.reference.to_clip()
        return generate(self.to_brief(), engine, progress, cancelled, reference=reference, keys=keys)


Edit = RegenerateRequest | BetweenRequest | ThroughRequest

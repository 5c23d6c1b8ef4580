"""Biovision hierarchy (BVH): a reader for anybody's files; `bvh_own` writes ours.

Source: Biovision's format as described by Meredith and Maddock (2001), "Motion capture file formats explained".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.rotations import axis_rotation
from ritual.errors import BadMotion

_CHANNELS = {f"{a}{kind}".lower(): (kind, i) for kind in ("position", "rotation") for i, a in enumerate("XYZ")}


@dataclass(frozen=True, eq=False)
class BvhFile:
    """What the text says, nothing interpreted.

    Attributes:
        names, parents, offsets, ends: as in `HierarchyMotion`.
        channels: per joint its (kind, axis) in file order, e.g. ("rotation", 2).
        values: (T, C) channel values, degrees and file units.
        fps: frames per second.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    ends: dict[int, tuple[float, float, float]]
    channels: tuple[tuple[tuple[str, int], ...], ...]
    values: np.ndarray
    fps: float
    name: str = "clip"

    def columns(self, joint: int) -> slice:
        """Where the joint's channels lie in `values`."""
        start = sum(len(c) for c in self.channels[:joint])
        return slice(start, start + len(self.channels[joint]))

    def motion(self) -> HierarchyMotion:
        """Channels multiplied out, R = R_1 R_2 R_3 in the order listed.

        A position channel replaces the joint's offset, as in Blender and MotionBuilder; below the root, where bones
        are rigid, its mean over the clip does.
        """
        frames, count = len(self.values), len(self.names)
        rotations = np.broadcast_to(np.eye(3), (frames, count, 3, 3)).copy()
        offsets = self.offsets.copy()
        root = np.broadcast_to(offsets[0], (frames, 3)).copy()
        for j, channels in enumerate(self.channels):
            block = self.values[:, self.columns(j)]
            for (kind, axis), value in zip(channels, block.T, strict=True):
                if kind == "rotation":
                    rotations[:, j] = rotations[:, j] @ axis_rotation(axis, np.radians(value))
                elif j == 0:
                    root[:, axis] = value
                else:
                    offsets[j, axis] = value.mean()
        return HierarchyMotion(
            self.names, self.parents, offsets, rotations, root, self.fps, self.name, dict(self.ends)
        )


def read(path: Path | str) -> BvhFile:
    """Parse a BVH file.

    Raises:
        BadMotion: the file is no BVH, is cut off, or holds values that are no motion; names file and line.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadMotion(f"{path} is not a BVH file: it holds bytes that are no text.") from None
    return parse(text, path.stem, str(path))


def parse(text: str, name: str = "clip", where: str = "BVH text") -> BvhFile:
    """Parse BVH text; `where` is what error messages call it."""
    return _Parser(text, where).parse(name)


@dataclass
class _Parser:
    """A cursor over the lines that are not blank; every error names file and line."""

    text: str
    where: str
    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[tuple[float, float, float]] = field(default_factory=list)
    ends: dict[int, tuple[float, float, float]] = field(default_factory=dict)
    channels: list[tuple[tuple[str, int], ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = [(n, line.split()) for n, line in enumerate(self.text.splitlines(), 1) if line.strip()]
        self.at = 0

    def fail(self, what: str) -> BadMotion:
        last = self.lines[-1][0] if self.lines else 1
        line = self.lines[self.at][0] if self.at < len(self.lines) else last
        return BadMotion(f"{self.where}, line {line}: {what}.")

    def peek(self) -> list[str]:
        if self.at >= len(self.lines):
            raise self.fail("the file ends early")
        return self.lines[self.at][1]

    def expect(self, word: str) -> list[str]:
        words = self.peek()
        if words[0].upper() != word:
            raise self.fail(f"expected {word}, found {words[0][:40]!r}")
        self.at += 1
        return words[1:]

    def numbers(self, words: list[str], count: int) -> tuple[float, ...]:
        self.at -= 1
        if len(words) != count:
            raise self.fail(f"expected {count} numbers, found {len(words)}")
        try:
            values = tuple(float(w) for w in words)
        except ValueError:
            raise self.fail(f"{' '.join(words)[:60]!r} are not numbers") from None
        if not np.isfinite(values).all():
            raise self.fail("an offset is not a finite number")
        self.at += 1
        return values

    def parse(self, name: str) -> BvhFile:
        if not self.lines or self.lines[0][1][0].upper() != "HIERARCHY":
            raise BadMotion(f"{self.where} is not a BVH file: it does not begin with HIERARCHY.")
        self.at = 1
        self.hierarchy()
        if self.at >= len(self.lines):
            raise self.fail("the MOTION section is missing")
        self.expect("MOTION")
        frames, fps = self.header()
        return BvhFile(
            tuple(self.names), tuple(self.parents), np.array(self.offsets, float), self.ends,
            tuple(self.channels), self.values(frames), fps, name,
        )  # fmt: skip

    def hierarchy(self) -> None:
        """The tree, without recursion, so that no depth of nesting can exhaust the stack."""
        open_joints: list[int] = []
        while True:
            words = self.peek()
            key = words[0].upper()
            if key == "ROOT" and self.names:
                raise self.fail("there is a second ROOT; one skeleton to a file")
            if key in ("ROOT", "JOINT"):
                if key == "JOINT" and not open_joints:
                    raise self.fail("a JOINT stands outside the ROOT")
                open_joints.append(self.joint(words, open_joints[-1] if open_joints else -1))
            elif key == "END" and open_joints:
                self.at += 1
                self.expect("{")
                self.ends.setdefault(open_joints[-1], self.numbers(self.expect("OFFSET"), 3))
                self.expect("}")
            elif key == "}" and open_joints:
                self.at += 1
                open_joints.pop()
                if not open_joints:
                    return
            else:
                raise self.fail(f"expected ROOT, JOINT, End Site or }}, found {words[0][:40]!r}")

    def joint(self, words: list[str], parent: int) -> int:
        name = " ".join(words[1:]).removesuffix("{").strip()
        if not name:
            raise self.fail("a joint has no name")
        if name in self.names:
            raise self.fail(f"two joints are called {name!r}")
        self.at += 1
        if words[-1] != "{":
            self.expect("{")
        index = len(self.names)
        self.names.append(name)
        self.parents.append(parent)
        self.offsets.append(self.numbers(self.expect("OFFSET"), 3))
        self.channels.append(self.channel_list())
        return index

    def channel_list(self) -> tuple[tuple[str, int], ...]:
        if self.peek()[0].upper() != "CHANNELS":
            return ()
        words = self.peek()[1:]
        if not words or words[0] != str(len(words) - 1):
            raise self.fail("the CHANNELS line does not hold as many channels as it announces")
        for word in words[1:]:
            if word.lower() not in _CHANNELS:
                raise self.fail(f"channel {word[:40]!r} is none of Xposition ... Zrotation")
        self.at += 1
        return tuple(_CHANNELS[word.lower()] for word in words[1:])

    def header(self) -> tuple[int, float]:
        frames = self.header_number("Frames:")
        if frames != int(frames) or frames < 1:
            self.at -= 1
            raise self.fail(f"{frames:g} frames are no motion; at least 1 is needed")
        seconds = self.header_number("Frame Time:")
        if seconds <= 0:
            self.at -= 1
            raise self.fail(f"a frame time of {seconds:g} s is not possible; it must be positive")
        rate = 1 / seconds
        return int(frames), round(rate) if abs(rate - round(rate)) < 1e-3 * rate else rate

    def header_number(self, key: str) -> float:
        line = " ".join(self.peek())
        if not line.lower().startswith(key.lower()):
            raise self.fail(f"expected {key!r}, found {line[:40]!r}")
        try:
            value = float(line[len(key) :])
        except ValueError:
            raise self.fail(f"{line[len(key) :].strip()[:40]!r} is not a number") from None
        if not np.isfinite(value):
            raise self.fail(f"{key} {value} is not a finite number")
        self.at += 1
        return value

    def values(self, frames: int) -> np.ndarray:
        """(T, C); frames may wrap over lines, as the format allows, so only the count decides."""
        width = sum(len(c) for c in self.channels)
        rows = self.lines[self.at :]
        words = [word for _, row in rows for word in row]
        if width == 0:
            raise self.fail("no joint has a channel, so nothing moves")
        if len(words) != frames * width:
            self.at = len(self.lines)
            raise self.fail(
                f"{frames} frames of {width} values were announced, but {len(words)} values follow"
            )
        try:
            values = np.array(words, dtype=float).reshape(frames, width)
        except ValueError:
            values = np.full((1, 1), np.nan)
        if not np.isfinite(values).all():
            self.at += next(i for i, (_, row) in enumerate(rows) if not all(map(_is_finite, row)))
            bad = next(word for word in self.peek() if not _is_finite(word))
            raise self.fail(f"{bad[:40]!r} is not a finite number")
        return values


def _is_finite(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False

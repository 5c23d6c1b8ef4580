"""Folders of pictures by name, read one by one at the sizes that measures ask for; what is wrong with them is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.pictures.folder import Folder
from ritual.pictures.reading import read_picture

BATCH, PIXELS = 16, 16 * 512**2
"""Of a stack at most: pictures, and pixels, so that large pictures do not fill the memory."""
RESIZED_BY = "bicubic, antialiased (torch.nn.functional.interpolate)"
Shape = tuple[int, int]


@dataclass(frozen=True)
class PictureSet:
    """`name` as tables say it; `files` by their path below the folder, without suffix."""

    name: str
    folder: Path
    files: dict[str, Path]
    twice: tuple[str, ...] = ()


def picture_set(folder: Path, name: str = "") -> PictureSet:
    """
    Raises:
        BadInput: no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder '{folder}'.", hint="Name a folder of pictures.")
    files: dict[str, Path] = {}
    twice = []
    for path in Folder(folder).paths:
        key = path.relative_to(folder).with_suffix("").as_posix()
        if key in files:
            twice.append(key)
        files.setdefault(key, path)
    return PictureSet(name or folder.name, folder, files, tuple(twice))


def named_sets(folders: Sequence[Path]) -> list[PictureSet]:
    """Sets named by as much of the end of their path as tells them apart.

    Raises:
        BadInput: a folder is named twice, is missing, or holds no picture.
    """
    parts = [folder.resolve().parts for folder in folders]
    if len(set(parts)) < len(parts):
        raise BadInput("A folder of made pictures is named twice.")
    taken = 1
    while len(set(names := ["/".join(p[-taken:]) for p in parts])) < len(parts):
        taken += 1
    return [picture_set(folder, name) for folder, name in zip(folders, names, strict=True)]


@dataclass
class Reader:
    """Reads pictures as tensors and remembers what it could not read.

    Attributes:
        bad: file -> one sentence. resized: files that were brought to another size.
    """

    bad: dict[Path, str] = field(default_factory=dict)
    resized: set[Path] = field(default_factory=set)

    def read(self, path: Path) -> Tensor | None:
        """(3, H, W) in -1..1, on white where it is transparent; None = it cannot be read."""
        if path in self.bad:
            return None
        try:
            rgb = read_picture(path).on()
        except BadInput as error:
            self.bad[path] = str(error)
            return None
        return torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1))).mul_(2).sub_(1)

    def at(self, path: Path, shape: Shape) -> Tensor | None:
        """`read`, at a size (H, W)."""
        picture = self.read(path)
        return None if picture is None else self.sized(path, picture, shape)

    def sized(self, path: Path, picture: Tensor, shape: Shape) -> Tensor:
        """What was read of a file, at a size (H, W)."""
        if picture.shape[1:] == shape:
            return picture
        self.resized.add(path)
        return sized(picture, shape)

    def common_shape(self, pictures: PictureSet) -> Shape:
        """The commonest size (H, W) of a set; of two as common the larger.

        Raises:
            BadInput: none of its pictures can be read.
        """
        shapes = Counter(tuple(p.shape[1:]) for path in pictures.files.values() if (p := self.read(path)) is not None)
        if not shapes:
            first = next(iter(self.bad.values()), "")
            raise BadInput(f"None of the pictures in '{pictures.folder}' can be read; the first: {first}")
        return max(shapes, key=lambda shape: (shapes[shape], shape))


def sized(picture: Tensor, shape: Shape) -> Tensor:
    """(3, H, W) in -1..1 at another size."""
    made = F.interpolate(picture[None], shape, mode="bicubic", antialias=True, align_corners=False)[0]
    return made.clamp(-1, 1)


def batches(rows: Iterable[tuple[str, tuple[Tensor, ...]]]) -> Iterator[tuple[list[str], tuple[Tensor, ...]]]:
    """Rows of one shape after one another as stacks of at most `BATCH` and `PIXELS`, in their order."""
    names: list[str] = []
    held: list[tuple[Tensor, ...]] = []
    for name, row in rows:
        most = min(BATCH, max(1, PIXELS // max(x[0].numel() for x in row)))
        if held and (len(held) >= most or [x.shape for x in row] != [x.shape for x in held[0]]):
            yield names, tuple(torch.stack(column) for column in zip(*held, strict=True))
            names, held = [], []
        names.append(name)
        held.append(row)
    if held:
        yield names, tuple(torch.stack(column) for column in zip(*held, strict=True))

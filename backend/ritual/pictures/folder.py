"""Many pictures one after the other: what cannot be read is told, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ritual.errors import BadInput
from ritual.pictures.reading import Picture, read_picture

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"))


class Folder:
    """The pictures of files and folders. Iterate to read them; afterwards `bad` and `summary` tell how it went.

    A folder gives, in the order of their names, the files below it that have the suffix of an image; hidden ones are
    passed over. A file that is named is tried whatever its suffix.

    Attributes:
        paths: what will be read.
        bad: (path, one sentence) of those that could not be read, as far as it has gone.
        noted: (path, notes) of those that something was done to.
        read: how many were read.
    """

    def __init__(self, *places: Path | str, size: int | None = None) -> None:
        """
        Args:
            places: files and folders.
            size: see `read_picture`.

        Raises:
            BadInput: none of the places holds an image.
        """
        self.paths = tuple(dict.fromkeys(path for place in places for path in _found(Path(place))))
        if not self.paths:
            raise BadInput(
                f"No image in {', '.join(map(str, places)) or 'nothing'}.",
                hint=f"Images end in {', '.join(sorted(SUFFIXES))}.",
            )
        self.size = size
        self.bad: list[tuple[Path, str]] = []
        self.noted: list[tuple[Path, tuple[str, ...]]] = []
        self.read = 0

    def __iter__(self) -> Iterator[Picture]:
        self.bad, self.noted, self.read = [], [], 0
        for path in self.paths:
            try:
                picture = read_picture(path, self.size)
            except BadInput as error:
                self.bad.append((path, str(error)))
                continue
            self.read += 1
            if picture.notes:
                self.noted.append((path, picture.notes))
            yield picture

    def summary(self) -> str:
        """`178 pictures read, 2 not: ...`, each bad one in its own sentence."""
        told = f"{self.read} {'picture' if self.read == 1 else 'pictures'} read"
        if not self.bad:
            return f"{told}."
        return "\n".join((f"{told}, {len(self.bad)} not:", *(f"  {sentence}" for _, sentence in self.bad)))


def _found(place: Path) -> Iterable[Path]:
    if not place.is_dir():
        return (place,)
    inside = (path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return sorted(p for p in inside if not any(part.startswith(".") for part in p.relative_to(place).parts))

"""Many pictures one after the other: what cannot be read is told, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
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


def inputs(places: Sequence[Path], out: Path, size: int | None = None) -> Folder:
    """The pictures of some files and folders, without those that an earlier run left in `out`; `out` is made.

    Raises:
        BadInput: nothing to read, or `out` cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot make the folder {out}: {error.strerror}.") from None
    folder = Folder(*places, size=size)
    folder.paths = tuple(path for path in folder.paths if not _made_here(path, out, places))
    if not folder.paths:
        raise BadInput(f"All that lies in {', '.join(map(str, places))} are pictures of an earlier run.")
    return folder


def own_names(paths: Sequence[Path]) -> dict[Path, str]:
    """A name for each: its own without suffix, numbered where two are alike."""
    found: dict[Path, str] = {}
    used: set[str] = set()
    for path in paths:
        name, number = path.stem, 2
        while name.casefold() in used:
            name, number = f"{path.stem}-{number}", number + 1
        used.add(name.casefold())
        found[path] = name
    return found


def no_input(file: Path, taken: Set[Path]) -> Path:
    """The file that is to be written.

    Args:
        taken: the inputs, resolved.

    Raises:
        BadInput: it is one of them.
    """
    if file.resolve() in taken:
        raise BadInput(f"{file} is an input and would be written over.", hint="Name another --out.")
    return file


def _made_here(path: Path, out: Path, places: Sequence[Path]) -> bool:
    """Whether a picture that a folder held lies in `out`; one that was named itself is an input all the same."""
    return path not in places and path.resolve().is_relative_to(out.resolve()) and not _asked(out, places)


def _asked(out: Path, places: Sequence[Path]) -> bool:
    return any(place.resolve() == out.resolve() for place in places)

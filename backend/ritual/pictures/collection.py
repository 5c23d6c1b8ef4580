"""A folder of real pictures with labels: what is bad is named one by one, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from ritual.culture.graph import Graph
from ritual.errors import BadInput
from ritual.pictures.annotation import Annotation, Annotator, Claim
from ritual.pictures.duplicates import byte_hash, perceptual_hash, same_family
from ritual.pictures.labels_csv import claims_of_csv
from ritual.pictures.labels_ttl import claims_of_ttl
from ritual.pictures.reading import Picture, read_picture
from ritual.pictures.splits import split_families

TABLE = "labels.csv"


class Collection:
    """Annotated pictures of one folder.

    Attributes:
        folder: where it lies.
        annotations: those whose label holds together, in the order of their labels.
        bad: one sentence for each label or picture that does not; grows as pictures are read.
    """

    def __init__(self, folder: Path | str, graph: Graph, labels: Path | str | None = None) -> None:
        """Read the labels; the pictures are read when they are asked for.

        Args:
            folder: of the pictures.
            graph: whose words the labels use.
            labels: a table or a Turtle file; None = `labels.csv` and every *.ttl in the folder.

        Raises:
            BadInput: no folder, no labels, labels that cannot be read at all, or none that holds together.
        """
        self.folder, self.bad = Path(folder), []
        if not self.folder.is_dir():
            raise BadInput(f"There is no folder {self.folder}.")
        annotator, annotations, seen = Annotator(graph), [], {}
        for claim in self._claims(graph, None if labels is None else Path(labels)):
            try:
                annotations.append(self._checked(annotator, claim, seen))
            except BadInput as error:
                self.bad.append(str(error))
        self.annotations: tuple[Annotation, ...] = tuple(annotations)
        if not annotations:
            first = f" The first: {self.bad[0]}" if self.bad else ""
            raise BadInput(f"No label of {self.folder} can be used.{first}")

    def __len__(self) -> int:
        return len(self.annotations)

    def read(self, size: int | None = None) -> Iterator[tuple[int, Picture]]:
        """(number of the annotation, picture) of each that can be read; the others are told in `bad`.

        Args:
            size: see `read_picture`.
        """
        for number, annotation in enumerate(self.annotations):
            try:
                yield number, read_picture(annotation.path, size)
            except BadInput as error:
                if str(error) not in self.bad:
                    self.bad.append(str(error))

    @cached_property
    def families(self) -> np.ndarray:
        """(N,) int: annotations with one number show the same picture, or nearly; -1 = it cannot be read."""
        found, hashes, digests = [], [], []
        for number, picture in self.read(size=64):
            found.append(number)
            hashes.append(perceptual_hash(picture))
            digests.append(byte_hash(picture.path.read_bytes()))
        families = np.full(len(self.annotations), -1)
        if found:
            families[found] = same_family(np.stack(hashes), digests)
        return families

    def splits(self, seed: int = 0) -> dict[str, np.ndarray]:
        """Numbers of the annotations in `train`, `val` and `test`: 70, 15, 15 in 100 of each type or form.

        Near-duplicates stay together; what cannot be read is in none.
        """
        numbers = np.unique(self.families[self.families >= 0])
        first = [self.annotations[int(np.argmax(self.families == number))] for number in numbers]
        strata = [annotation.form or annotation.type or annotation.symbol for annotation in first]
        of_family = split_families(strata, np.random.default_rng((seed, 3)))
        return {name: np.flatnonzero(np.isin(self.families, numbers[rows])) for name, rows in of_family.items()}

    def summary(self) -> str:
        """`178 labels used, 2 not: ...`, each bad one in its own sentence."""
        told = f"{len(self)} {'label' if len(self) == 1 else 'labels'} used"
        if not self.bad:
            return f"{told}."
        return "\n".join((f"{told}, {len(self.bad)} bad:", *(f"  {sentence}" for sentence in self.bad)))

    def _claims(self, graph: Graph, labels: Path | None) -> list[Claim]:
        table = [self.folder / TABLE] if (self.folder / TABLE).is_file() else []
        files = [labels] if labels is not None else [*table, *sorted(self.folder.glob("*.ttl"))]
        if not files:
            raise BadInput(
                f"{self.folder} has no labels.",
                hint=f"Put a {TABLE} or a Turtle file of rm:Picture beside the pictures.",
            )
        claims: list[Claim] = []
        for path in files:
            if path.suffix.lower() == ".ttl":
                found, bad = claims_of_ttl(path, graph)
            else:
                found, bad = claims_of_csv(path)
            claims += found
            self.bad += bad
        return claims

    def _checked(self, annotator: Annotator, claim: Claim, seen: dict[Path, str]) -> Annotation:
        path = self._located(claim)
        if path in seen:
            raise BadInput(f"{claim.where}: {claim.file} was labelled in {seen[path]} already; that one holds.")
        wanted = claim.words.get("sha256", "")
        if wanted and byte_hash(path.read_bytes()) != wanted.lower():
            raise BadInput(f"{claim.where}: {claim.file} is not the file that was labelled: its sha256 differs.")
        annotation = annotator.annotation(claim, path)
        seen[path] = claim.where
        return annotation

    def _located(self, claim: Claim) -> Path:
        """The file, which must lie in the folder whatever the label says."""
        try:
            root = self.folder.resolve()
            path = (root / claim.file).resolve()
            inside = path.is_relative_to(root)
            there = inside and path.is_file()
        except (OSError, ValueError):  # a name that the system does not take
            inside, there = True, False
        if not inside:
            raise BadInput(f"{claim.where}: {claim.file} leads out of the folder.")
        if not there:
            raise BadInput(f"{claim.where}: there is no file {claim.file}.")
        return path

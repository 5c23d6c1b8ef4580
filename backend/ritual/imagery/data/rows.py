"""One row of a batch out of the sources that it shows: read, cropped, and made small or broken as the task wants it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ritual.imagery.data.clips import window
from ritual.imagery.data.crops import crop, smaller
from ritual.imagery.data.listing import ONE, Listing, Source
from ritual.imagery.data.store import Store
from ritual.pictures.damage.damaged import chosen_strengths, damage_batch

Arrays = dict[str, np.ndarray]
"""Name of a batch's tensor -> (H, W, 3) or (T, H, W, 3) uint8."""
Row = tuple[Source, ...]
"""Sources that are read and cropped alike: the two sides of a pair, or one picture."""
IN_PLACE = ("fading", "abrasion", "mould", "insect", "occlusion")
"""Damage that leaves what it spares where it is, so that the whole picture is its target (no curling)."""
CHANCE = 0.5  # of each kind of damage to befall a picture
Rng = np.random.Generator | None


@dataclass(frozen=True)
class Reader:
    """Reads the rows of one task.

    Attributes:
        task: of the model. paired: whether both domains show one scene row by row; restoration without pairs breaks
            its pictures itself. side: of the pictures learnt from [px]. frames, scale: of clips, of enlargement.
        flip: whether pictures may be mirrored.
    """

    task: str
    paired: bool
    listing: Listing
    store: Store
    side: int
    frames: int
    scale: int
    flip: bool

    def streams(self, split: str) -> list[list[Row]]:
        """The rows of a split: two streams where the domains are drawn apart, else one."""
        if self.paired:
            return [list(self.listing.pairs(split))]
        domains = ("a", "b") if self.task == "translation" else (ONE,)
        return [[(source,) for source in self.listing.of(split, domain)] for domain in domains]

    def read(self, choices: Sequence[Iterable[Row]], rng: Rng) -> Arrays:
        """A row from the first of each stream's choices that can be read.

        Args:
            rng: of crops, mirroring, windows and damage; None = the middle, and one fixed damage.

        Raises:
            BadInput: none can be read.
        """
        side = self.side * self.scale if self.task == "enlargement" else self.side
        cut: list[np.ndarray] = []
        for rows in choices:
            pictures, row = self.store.first_readable(rows)
            if self.task == "video":
                frames = window(len(pictures[0]), self.store.rate(row[0]), self.frames, rng)
                pictures = [pictures[0][frames]]
            cut += crop(pictures, side, rng, self.flip)
        return self._named(cut, rng)

    def _named(self, cut: list[np.ndarray], rng: Rng) -> Arrays:
        if self.task == "synthesis":
            return {"real": cut[0]}
        if self.task == "video":
            return {"clip": cut[0]}
        if self.task == "enlargement":
            return {"small": smaller(cut[0], self.scale), "large": cut[0]}
        if self.task == "restoration" and not self.paired:
            return {"a": broken(cut[0], 0 if rng is None else int(rng.integers(2**31))), "b": cut[0]}
        return {"a": cut[0], "b": cut[1]}


def broken(picture: np.ndarray, seed: int) -> np.ndarray:
    """(H, W, 3) uint8 after chance damage of the kinds that stay in place, one of them at least."""
    strengths = chosen_strengths([seed], IN_PLACE, CHANCE)
    if not any(bool(strength.any()) for strength in strengths.values()):
        strengths[IN_PLACE[seed % len(IN_PLACE)]] = torch.tensor([0.5])
    whole = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 255
    damaged = damage_batch(whole, IN_PLACE, strengths, [seed]).images[0]
    return (damaged.permute(1, 2, 0) * 255).round().clamp(0, 255).to(torch.uint8).numpy()

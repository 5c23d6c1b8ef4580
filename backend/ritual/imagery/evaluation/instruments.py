"""What an evaluation measures with: published weights where the user gives them, else the memory, by its own name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.features import Features, features_of
from ritual.imagery.features.inception import Inception
from ritual.imagery.metrics.lpips import Heads, lpips_label, read_heads
from ritual.imagery.metrics.nima import Nima
from ritual.imagery.metrics.pixels import eight_bits


@dataclass(frozen=True, eq=False)
class Instruments:
    """
    Attributes:
        sets: features of FID, KID and IS. pairs: of LPIPS and the cosine. heads: of LPIPS; None = all 1.
        nima: None = it is not measured. notes: what is not the published measure, and why.
    """

    sets: Features
    pairs: Features
    heads: Heads | None = None
    nima: Nima | None = None
    notes: tuple[str, ...] = ()

    @torch.no_grad()
    def looked(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """(N, 3, H, W) in -1..1 -> (N, D) vectors and (N, C) classes (None: the features have none)."""
        vectors, classes = self.sets.vector_and_classes(eight_bits(x))
        return vectors.float().cpu(), classes if classes is None else classes.float().cpu()

    def told(self) -> dict:
        """What was measured with; JSON-able."""
        return {
            f"FID{self.sets.suffix}, KID{self.sets.suffix}": _told(self.sets),
            lpips_label(self.pairs, self.heads): {**_told(self.pairs), "heads": self.heads and self.heads.file},
            "NIMA": self.nima and self.nima.name,
        }


def instruments_of(
    inception: Path | None = None,
    lpips_backbone: Path | None = None,
    lpips_heads: Path | None = None,
    nima: Path | None = None,
) -> Instruments:
    """
    Args:
        inception: FID's Inception. lpips_backbone: AlexNet or VGG16; lpips_heads: those of LPIPS 0.1 that belong to it.
        nima: VGG16-NIMA. Each None = the memory's features under their own name; NIMA is not measured then.

    Raises:
        BadInput: a file is missing, or of another network.
    """
    if lpips_heads is not None and lpips_backbone is None:
        raise BadInput("LPIPS's heads need the backbone that they belong to.", hint="Give --lpips-backbone, too.")
    memory = features_of(None) if inception is None or lpips_backbone is None else None
    sets = memory if inception is None else features_of(inception)
    pairs = memory if lpips_backbone is None else features_of(lpips_backbone)
    if inception is not None and sets.kind != Inception.title:
        raise BadInput(f"'{inception}' is {sets.kind}, not the Inception of FID.")
    heads = None if lpips_heads is None else read_heads(lpips_heads, pairs)
    return Instruments(sets, pairs, heads, nima and Nima(nima), tuple(_notes(sets, pairs, heads, nima)))


def _notes(sets: Features, pairs: Features, heads: Heads | None, nima: Path | None) -> list[str]:
    told = []
    if sets.suffix:
        told.append(f"FID{sets.suffix} and KID{sets.suffix} are on {_which(sets)}:"
                    " they compare among themselves, not with published FID or KID.")  # fmt: skip
    if (label := lpips_label(pairs, heads)) != "LPIPS":
        told.append(f"{label} is on {_which(pairs)}{'' if heads else ' with all heads 1'}: it is no published LPIPS.")
    if nima is None:
        told.append("NIMA was not measured: it needs its weights (--nima).")
    return told


def _which(features: Features) -> str:
    unknown = "" if features.published or not features.sha256 else ", whose SHA-256 is not the published file's"
    return f"{features.name}{unknown}"


def _told(features: Features) -> dict:
    return {"features": features.name, "sha256": features.sha256, "published": features.published}

"""Damage to pictures: one with numpy, or a batch of tensors fast enough to do while a network trains."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.kinds import KINDS, kind_of
from ritual.pictures.damage.sheet import SEEN, Kind, Sheet

PAPER = (0.94, 0.91, 0.84)
"""sRGB of the ground that is bared, unless said: unbleached cotton or old paper."""
Strengths = float | Mapping[str, float]
Colour = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Damaged:
    """A picture after damage.

    Attributes:
        image: as it came in: (H, W, 3) or (H, W, 4) float32, 0..1 sRGB; where there is alpha, what is lost has none.
        mask: (H, W) bool, where it was visibly changed; elsewhere the image is bit for bit what it was.
        kinds: the damage that befell it, in order.
        masks: the same, kind by kind.
    """

    image: np.ndarray
    mask: np.ndarray
    kinds: tuple[str, ...]
    masks: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class DamagedBatch:
    """images (B, 3|4, H, W), mask (B, H, W) bool, masks of each kind that befell any; as in `Damaged`."""

    images: Tensor
    mask: Tensor
    masks: dict[str, Tensor]


def damaged(
    image: np.ndarray,
    kinds: Sequence[str | Kind],
    strength: Strengths = 0.5,
    seed: int = 0,
    ground: Colour = PAPER,
) -> Damaged:
    """Damage one picture. The same arguments give the same picture.

    Args:
        image: (H, W, 3) or (H, W, 4) float, 0..1 sRGB, straight alpha.
        kinds: names of KINDS, or kinds with parameters of their own, such as `Fading(exposure=5)`. Whatever the order
            here, they befall it in the order of KINDS.
        strength: 0 (none) to 1 (the most that the kind does), for all or by name.
        seed: of everything that is drawn; each kind draws for itself, so one more leaves the others where they are.
        ground: sRGB of what lies under the colour.

    Raises:
        BadInput: no such kind, a strength outside 0..1, or no such image.
    """
    _see_that_it_is_an_image(image)
    tensor = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1), dtype=np.float32))[None]
    result = damage_batch(tensor, kinds, strength, [seed], ground)
    masks = {name: mask[0].numpy() for name, mask in result.masks.items()}
    return Damaged(result.images[0].permute(1, 2, 0).numpy(), result.mask[0].numpy(), tuple(masks), masks)


def damage_batch(
    images: Tensor,
    kinds: Sequence[str | Kind],
    strength: Strengths | Mapping[str, Tensor],
    seeds: Sequence[int],
    ground: Colour | Tensor = PAPER,
) -> DamagedBatch:
    """Damage pictures of one size, each by its own seed; on the device that they are on.

    Args:
        images: (B, 3|4, H, W) float32, 0..1 sRGB.
        kinds: as for `damaged`. strength: also (B,) tensors by name; pictures with 0 are not touched and cost nothing.
        seeds: B of them: a picture's damage does not hang on its neighbours.
        ground: one colour, or (B, 3).

    Raises:
        BadInput: as for `damaged`, or the seeds are not as many as the pictures.
    """
    fits = images.ndim == 4 and images.shape[1] in (3, 4) and images.dtype == torch.float32
    if not fits or len(seeds) != len(images):
        came = f"{tuple(images.shape)} of {images.dtype} and {len(seeds)}"
        raise BadInput(f"Damage needs float32 images (B, 3 or 4, H, W) and B seeds, not {came}.")
    whole = images.shape[1] == 3
    alpha = torch.ones_like(images[:, :1]) if whole else images[:, 3:]
    colour = torch.as_tensor(ground, dtype=images.dtype, device=images.device).expand(len(images), 3)[..., None, None]
    sheet = Sheet(images[:, :3], alpha, colour, whole)
    masks: dict[str, Tensor] = {}
    for kind in _in_order(kinds):
        strengths = _strengths(strength, kind.name, images)
        rows = (strengths > 0).nonzero()[:, 0]
        if len(rows):
            draws = Draws([seeds[i] for i in rows.tolist()], kind.name, images.device)
            sheet, masks[kind.name] = _befall(sheet, kind, strengths, rows, draws)
    mask = torch.zeros_like(alpha[:, 0], dtype=torch.bool)
    for one in masks.values():
        mask = mask | one
    return DamagedBatch(_images(sheet, images, mask), mask, masks)


def chosen_strengths(
    seeds: Sequence[int], kinds: Iterable[str] = tuple(KINDS), chance: float = 0.3, most: float = 1.0
) -> dict[str, Tensor]:
    """For augmentation: each picture gets each kind with `chance`, at a strength even over 0..`most`: (B,) by kind."""
    found = {}
    for name in kinds:
        draws = Draws(seeds, f"chosen {name}")
        found[name] = draws.uniform(0, most) * (draws.uniform(0, 1) < chance)
    return found


def _befall(sheet: Sheet, kind: Kind, strengths: Tensor, rows: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
    """One kind to the rows that it befalls; outside its mask nothing changes, and unseen things are in no mask."""
    everyone = len(rows) == len(sheet.rgb)
    some = sheet
    if not everyone:
        some = replace(sheet, rgb=sheet.rgb[rows], alpha=sheet.alpha[rows], ground=sheet.ground[rows])
    after, hit = kind(some, strengths[rows], draws)
    hit = hit & (torch.maximum(some.alpha, after.alpha)[:, 0] > SEEN)
    rgb = torch.where(hit[:, None], after.rgb, some.rgb)
    alpha = torch.where(hit[:, None], after.alpha, some.alpha)
    if everyone:
        return sheet.with_(rgb, alpha), hit
    mask = torch.zeros_like(sheet.alpha[:, 0], dtype=torch.bool)
    mask[rows] = hit
    return sheet.with_(sheet.rgb.index_copy(0, rows, rgb), sheet.alpha.index_copy(0, rows, alpha)), mask


def _images(sheet: Sheet, images: Tensor, mask: Tensor) -> Tensor:
    """Back to what came in: with alpha as it is, without it on the ground."""
    if not sheet.whole:
        return torch.where(mask[:, None], torch.cat([sheet.rgb, sheet.alpha], 1), images)
    return torch.where(mask[:, None], sheet.ground + sheet.alpha * (sheet.rgb - sheet.ground), images)


def _in_order(kinds: Sequence[str | Kind]) -> list[Kind]:
    asked = [kind_of(kind) if isinstance(kind, str) else kind for kind in kinds]
    if not asked:
        raise BadInput("No kind of damage was named.", hint=f"Kinds: {', '.join(KINDS)}.")
    order = list(KINDS)
    return sorted({kind.name: kind for kind in asked}.values(), key=lambda kind: order.index(kind.name))


def _strengths(strength: Strengths | Mapping[str, Tensor], name: str, images: Tensor) -> Tensor:
    if isinstance(strength, Mapping):
        if name not in strength:
            raise BadInput(f"No strength was given for '{name}'.")
        strength = strength[name]
    if not isinstance(strength, Tensor) and not (math.isfinite(strength) and 0 <= strength <= 1):
        raise BadInput(f"The strength of '{name}' is {strength:g}; it goes from 0 (none) to 1.")
    found = torch.as_tensor(strength, dtype=images.dtype, device=images.device)
    return found.expand(len(images))


def _see_that_it_is_an_image(image: np.ndarray) -> None:
    if image.ndim != 3 or image.shape[2] not in (3, 4) or image.dtype.kind != "f" or 0 in image.shape:
        raise BadInput(
            f"Damage needs an image (H, W, 3 or 4) of floats, not {image.shape} of {image.dtype}.",
            hint="Divide 8-bit pixels by 255.",
        )
    if not (image.min() >= 0 and image.max() <= 1):
        raise BadInput("The image holds values outside 0..1.", hint="Divide 8-bit pixels by 255.")

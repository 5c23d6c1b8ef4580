"""Pictures and clips out of noise, each by its own seed."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ritual.brief import MAX_SEED, CancelCheck, Progress, ProgressCallback
from ritual.errors import BadInput, Cancelled
from ritual.imagery.use.network import Network

MOST = 1000
FPS = 8.0


def synthesised(
    network: Network,
    count: int,
    seed: int = 0,
    tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Iterator[np.ndarray]:
    """One picture after the other, (S, S, 3) uint8, or clips, (T, S, S, 3).

    Picture `n` comes of the seed `seed + n` alone: it is the same whatever is made beside it.

    Args:
        network: of synthesis or video.

    Raises:
        BadInput: count or seed is out of its range.
        Cancelled: `cancelled` said so.
    """
    if not 1 <= count <= MOST:
        raise BadInput(f"{count} pictures cannot be made at once; choose 1 to {MOST}.")
    if not 0 <= seed <= MAX_SEED - count:
        raise BadInput(f"The seed {seed} is out of range; choose 0 to {MAX_SEED - count}.")
    began = time.monotonic()
    for n in range(count):
        if cancelled is not None and cancelled():
            raise Cancelled("Cancelled.")
        with torch.inference_mode():
            made = _bytes(network(_noise(network, seed + n))[0])
        if tell is not None:
            tell(Progress("pictures", n + 1, count, (time.monotonic() - began) / (n + 1) * (count - n - 1)))
        yield made


def webp(clip: np.ndarray, fps: float = FPS) -> bytes:
    """An animated WebP that begins anew for ever. Args: clip: (T, H, W, 3) uint8."""
    frames, buffer = [Image.fromarray(frame) for frame in clip], io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0, lossless=True
    )
    return buffer.getvalue()


def _noise(network: Network, seed: int) -> Tensor:
    return torch.randn(1, network.model.latent, generator=torch.Generator().manual_seed(seed))


def _bytes(made: Tensor) -> np.ndarray:
    """(..., 3, S, S) in -1..1 -> (..., S, S, 3) uint8."""
    return ((made.float().cpu().clamp(-1, 1) + 1) * 127.5 + 0.5).to(torch.uint8).movedim(-3, -1).numpy()

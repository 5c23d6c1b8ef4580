"""Pictures and clips out of noise: each by its own seed, or the one that comes nearest to a given picture."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from ritual.brief import MAX_SEED, CancelCheck, Progress, ProgressCallback
from ritual.errors import BadInput, Cancelled
from ritual.imagery.data.crops import tensor
from ritual.imagery.inversion import invert
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


def nearest_to(network: Network, rgba: np.ndarray) -> np.ndarray:
    """(S, S, 3) uint8: what the model makes that is nearest to the middle square of a picture (`inversion`).

    Args:
        network: of synthesis. rgba: (H, W, 4) uint8; what it lets through counts as white.

    Raises:
        BadInput: the model makes clips.
    """
    if network.model.task != "synthesis":
        raise BadInput(f"'{network.name}' makes clips; pictures are no clips.", hint="Leave the pictures out.")
    side, drawn = network.model.size.side, Image.fromarray(rgba)
    on_white = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    wanted = tensor([np.asarray(ImageOps.fit(on_white, (side, side), Image.Resampling.BICUBIC))])
    return _bytes(invert(network.model, wanted.to(network.device))[0][0])


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

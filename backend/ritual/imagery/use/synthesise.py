"""Pictures and clips out of noise, each by its own seed, and a sheet that shows them together."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ritual.brief import MAX_SEED, CancelCheck, Progress, ProgressCallback
from ritual.errors import BadInput, Cancelled
from ritual.imagery.use.network import Network

MOST = 1000
FPS = 8.0
_GAP = 4  # between the pictures of a sheet [px]


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


def grid(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """(H, W, 3) uint8: pictures of one size in rows, on white; of a clip its middle frame."""
    stills = [picture if picture.ndim == 3 else picture[len(picture) // 2] for picture in pictures]
    columns = math.ceil(math.sqrt(len(stills)))
    rows = math.ceil(len(stills) / columns)
    tall, wide = (side + _GAP for side in stills[0].shape[:2])
    sheet = np.full((rows * tall + _GAP, columns * wide + _GAP, 3), 255, np.uint8)
    for n, still in enumerate(stills):
        top, left = n // columns * tall + _GAP, n % columns * wide + _GAP
        sheet[top : top + still.shape[0], left : left + still.shape[1]] = still
    return sheet


def webp(clip: np.ndarray, fps: float = FPS) -> bytes:
    """An animated WebP that begins anew for ever. Args: clip: (T, H, W, 3) uint8."""
    frames, buffer = [Image.fromarray(frame) for frame in clip], io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0, lossless=True
    )
    return buffer.getvalue()


def mp4(clip: np.ndarray, fps: float = FPS) -> bytes:
    """H.264 in MP4. Args: clip: (T, H, W, 3) uint8, H and W even.

    Raises:
        BadInput: PyAV is not installed.
    """
    try:
        import av
    except ImportError:
        raise BadInput("Films need PyAV.", hint="Install it with the extra 'video', or leave --mp4 out.") from None
    from fractions import Fraction

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options={"crf": "16"})
        stream.height, stream.width, stream.pix_fmt = clip.shape[1], clip.shape[2], "yuv420p"
        for frame in clip:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24")))
        film.mux(stream.encode())
    return buffer.getvalue()


def _noise(network: Network, seed: int) -> Tensor:
    return torch.randn(1, network.model.latent, generator=torch.Generator().manual_seed(seed))


def _bytes(made: Tensor) -> np.ndarray:
    """(..., 3, S, S) in -1..1 -> (..., S, S, 3) uint8."""
    return ((made.float().cpu().clamp(-1, 1) + 1) * 127.5 + 0.5).to(torch.uint8).movedim(-3, -1).numpy()

"""Where the edges of what is salient lie; differentiable, so that a translation can be moved by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from ritual.errors import RitualError
from ritual.imagery.networks.hed import read_hed
from ritual.imagery.objectives.saliency import spectral_residual
from ritual.imagery.objectives.salient_file import SalientFile

_THERE = 0.2  # a slope of a fifth of the range over a pixel is an edge as likely as not
_SOFT = 0.05


def soft_edges(pictures: Tensor) -> Tensor:
    """Edges by Sobel's slopes of a smoothed grey picture, passed softly over a threshold.

    Args:
        pictures: (N, 3, H, W) in -1..1.

    Returns:
        (N, 1, H, W) in 0..1; 1/2 where grey changes by a fifth of black to white a pixel.

    Raises:
        RitualError: kornia is not installed.

    Source: Sobel, as in Canny (1986) before its thinning, which has no gradient.
    """
    try:
        from kornia.filters import gaussian_blur2d, spatial_gradient
    except ImportError as error:
        raise RitualError(
            "Edges of pictures need kornia, which is not installed.",
            hint="Install the extra `imagery`: pip install 'ritual-motion[imagery]'.",
        ) from error
    grey = (pictures.float().mean(1, keepdim=True) + 1) / 2
    slopes = spatial_gradient(gaussian_blur2d(grey, (3, 3), (0.8, 0.8)))[:, 0]
    steep = (slopes.square().sum(1, keepdim=True) + 1e-8).sqrt()
    return ((steep - _THERE) / _SOFT).sigmoid()


class SalientEdges:
    """Edges times saliency: the artworks paper's extraction module (SEE).

    Saliency is always that of the picture that is translated: its subject is to stay where it is, and what a network
    in an ONNX file finds has no gradient.

    Args:
        hed: file of HED's weights; None = `soft_edges`. saliency: ONNX file of a network such as PFAN; None =
            `spectral_residual`.

    Attributes:
        name: of both, for reports.

    Source: artworks paper, "Significant Edge Extraction Module": PFAN's mask of the subject, HED's edges.
    """

    def __init__(self, hed: Path | None = None, saliency: Path | None = None) -> None:
        network = read_hed(hed) if hed else None
        self._network = network
        self._edges: Callable[[Tensor], Tensor] = network or soft_edges
        self._salient: Callable[[Tensor], Tensor] = SalientFile(saliency) if saliency else spectral_residual
        self.name = f"{f'HED of {hed.name}' if hed else 'Sobel'}, {saliency.name if saliency else 'spectral residual'}"

    def __call__(self, source: Tensor, translated: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Edge maps (N, 1, H, W) in 0..1 of the source (without gradient) and of its translation, where it is salient;
        and how salient it is, likewise.

        Args:
            source, translated: (N, 3, H, W) in -1..1.
        """
        if self._network is not None:
            self._network.to(source.device)
        source = source.detach().float()
        salient = self._salient(source)
        return self._edges(source) * salient, self._edges(translated.float()) * salient, salient

"""A picture in another manner: as a paper-cut or a painting, or whatever a model of two sides was trained for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ritual.brief import CancelCheck, ProgressCallback
from ritual.imagery.use.bilevel import Colour, Sheet, check_size, sheet
from ritual.imagery.use.canvas import Canvas, coloured
from ritual.imagery.use.network import Network
from ritual.imagery.use.steady import steadied
from ritual.imagery.use.tiles import Tiling, strips

SPECK = 16
"""Smaller pieces and holes than this are not for scissors, at 512 px along the longer side [px]."""


@dataclass(frozen=True)
class Cut:
    """How a paper-cut is cleaned into two colours.

    Attributes:
        colour: of the paper; None = as the network has it. cut_out: nothing under the paper instead of a ground.
    """

    colour: Colour | None = None
    cut_out: bool = False


def translated(
    network: Network,
    rgba: np.ndarray,
    tiling: Tiling | None = None,
    tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Canvas:
    """New colours by the network, the picture's own alpha.

    Args:
        network: of translation or restoration. rgba: (H, W, 4) uint8.

    Raises (while the rows come):
        Cancelled: `cancelled` said so.
        BadInput: the memory does not suffice.
    """
    return coloured(_strips(network, rgba, (tiling or Tiling()).checked(), tell, cancelled), rgba, 1)


def paper_cut(canvas: Canvas, cut: Cut) -> Sheet:
    """A translation as two colours, specks and pinholes taken away; made in one piece.

    Raises:
        BadInput: too large for that.
    """
    check_size(canvas.height, canvas.width)
    speck = round(SPECK * (max(canvas.height, canvas.width) / 512) ** 2)
    return sheet(canvas.whole()[..., :3], speck=speck, colour=cut.colour)


def _strips(
    network: Network,
    rgba: np.ndarray,
    tiling: Tiling,
    tell: ProgressCallback | None,
    cancelled: CancelCheck | None,
) -> Iterator[np.ndarray]:
    multiple = network.model.multiple
    with steadied(network.model, network, rgba, tiling, multiple):
        yield from strips(network, rgba, multiple=multiple, tiling=tiling, tell=tell, cancelled=cancelled)

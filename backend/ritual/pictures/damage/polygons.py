"""Random polygons and how much of each pixel they cover."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ritual.pictures.damage.draws import Draws

ROWS = 4  # lines through each pixel on which the covered length is measured


def stars(draws: Draws, count: int, corners: int, roughness: float = 0.5) -> Tensor:
    """(B, count, corners, 2) polygons of area 1 that their own centre sees whole, so they grow without folding.

    Args:
        roughness: how far a corner may draw in from the outermost, 0 (round) to 1.
    """
    step = 2 * math.pi / corners
    angle = (torch.arange(corners, device=draws.device) + draws.uniform(-0.4, 0.4, count, corners)) * step
    radius = draws.uniform(1 - roughness, 1.0, count, corners)
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=-1)
    after = points.roll(-1, dims=-2)
    area = 0.5 * (points[..., 0] * after[..., 1] - points[..., 1] * after[..., 0]).sum(-1)
    return points / area.sqrt()[..., None, None]


def cover(polygons: Tensor, size: tuple[int, int]) -> Tensor:
    """Share of each pixel that lies in any of a picture's polygons.

    Scan conversion: on ROWS lines through each row of pixels, every edge adds what lies right of it, with the sign of
    its direction; sums along the line give the winding number.

    Args:
        polygons: (B, P, V, 2) x, y of the corners [px], all turning the same way.
        size: height and width [px].

    Returns:
        (B, 1, H, W) 0..1.
    """
    height, width = size
    batch = len(polygons)
    begin, end = polygons.flatten(1, 2), polygons.roll(-1, dims=-2).flatten(1, 2)
    line = ((torch.arange(height * ROWS, device=polygons.device) + 0.5) / ROWS)[:, None, None]
    x0, y0, x1, y1 = (t.T for t in (begin[..., 0], begin[..., 1], end[..., 0], end[..., 1]))  # (E, B)
    crossed = ((y0 <= line) != (y1 <= line)).float() * (y1 - y0).sign()
    rise = torch.where(y1 == y0, torch.ones_like(y0), y1 - y0)
    x = (x0 + (line - y0) / rise * (x1 - x0)).clamp(0, width)  # (lines, E, B)
    cell = x.floor()
    into = x - cell
    changes = torch.zeros(batch, height * ROWS, width + 2, device=polygons.device)
    where = cell.long().permute(2, 0, 1)
    changes.scatter_add_(2, where, (crossed * (1 - into)).permute(2, 0, 1))
    changes.scatter_add_(2, where + 1, (crossed * into).permute(2, 0, 1))
    inside = changes.cumsum(2)[..., :width].abs().clamp(max=1)
    return inside.unflatten(1, (height, ROWS)).mean(2)[:, None]


def scattered(shapes: Tensor, area: Tensor, draws: Draws, box: Tensor) -> Tensor:
    """(B, P, V, 2) polygons of `area` (B, P) with centres anywhere in `box` (B, 4); units as in the box."""
    corner, extent = box[:, None, :2], (box[:, 2:] - box[:, :2])[:, None]
    centre = corner + draws.uniform(0.0, 1.0, shapes.shape[1], 2) * extent
    return centre[:, :, None] + shapes * area.sqrt()[..., None, None]

"""Edges and corners that have rolled up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import blurred
from ritual.pictures.damage.sheet import SEEN, Sheet

ROUND = 0.16  # radius of the roll, in shares of how deep it reaches in
SHADOW = 0.05  # how far its shadow falls, in shares of the shorter side


@dataclass(frozen=True)
class Curl:
    """The sheet rolls up over a cylinder and lies on its face, so that its back is seen and the ground beyond is bare.

    The paper places curled edges by random polygons (M §3.1); that hides the right area but shows no back. This is the
    page curl of computer graphics on a cylinder; depth, radius and shade are ours: no source.

    Attributes:
        full: deepest that a curl reaches in at strength 1, in shares of the shorter side.
        most: curls of a picture, one to so many. jitter: turn of a curl from straight and diagonal [rad].
        back: how much of the picture shows through the back, 0..1.
    """

    full: float = 0.45
    most: int = 2
    jitter: float = 0.3
    back: float = 0.12
    name = "curl"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        first, count = draws.whole(0, 8), draws.whole(1, self.most + 1)
        pixels = torch.cat([sheet.rgb, sheet.alpha], 1).permute(0, 2, 3, 1).flatten(0, 2)  # (B * H * W, 4)
        rolled = torch.zeros(len(pixels), dtype=torch.bool, device=pixels.device)
        for number in range(self.most):
            angle = (first + 3 * number) * math.pi / 4 + draws.uniform(-self.jitter, self.jitter)
            depth = self.full * strength * draws.uniform(0.5, 1.0) * (number < count)
            self._roll(pixels, rolled, sheet, angle, depth)
        after = pixels.view(len(strength), *sheet.size, 4).permute(0, 3, 1, 2)
        return sheet.with_(after[:, :3], after[:, 3:]), rolled.view(len(strength), *sheet.size)

    def _roll(self, pixels: Tensor, rolled: Tensor, sheet: Sheet, angle: Tensor, depth: Tensor) -> None:
        """One curl from the side that `angle` (B,) [rad] points to, `depth` (B,) deep; works on what it touches alone.

        Args:
            pixels, rolled: (B * H * W, 4) colour and alpha, and (B * H * W,) what has been rolled: both are written to.
        """
        height, width = sheet.size
        x, y = sheet.grid()
        normal = torch.stack([angle.cos(), angle.sin()], dim=-1)
        along = normal[:, :1, None] * x + normal[:, 1:, None] * y  # (B, H, W)
        there = along if sheet.whole else along.masked_fill(pixels[:, 3].view_as(along) <= SEEN, -torch.inf)
        begins = there.amax((1, 2)).clamp(min=-9) - depth  # the line where the sheet leaves the ground
        lies = begins - (1 - ROUND * math.pi) * depth - SHADOW  # where what is rolled over ends, with its shadow
        within = (along > lies[:, None, None]) & (depth > 0)[:, None, None]
        own = within.flatten().nonzero()[:, 0]
        picture, column, row = own // (height * width), own % width, own // width % height
        past = along.flatten()[own] - begins[picture]
        radius = ROUND * depth[picture]

        lifted = (past / radius).clamp(0, 1)
        theta = torch.asin(lifted)
        rising = past > 0
        to_back = torch.where(rising, radius * (math.pi - theta) - past, math.pi * radius - 2 * past)
        move = normal[picture] * sheet.unit
        place = torch.stack([column + 0.5, row + 0.5], dim=-1)
        back = _at(pixels, sheet.size, picture, place + move * to_back[:, None]) * (past < radius)[:, None]
        front = pixels[own]
        moved = (radius * theta - past)[rising, None] * move[rising]
        front[rising] = _at(pixels, sheet.size, picture[rising], place[rising] + moved)
        front[past >= radius] = 0.0

        flap = torch.zeros(len(pixels), device=pixels.device).index_copy_(0, own, back[:, 3])
        shadow = blurred(flap.view_as(sheet.alpha), SHADOW, sheet.unit).flatten()[own, None] * 0.6
        ground = sheet.ground[:, :, 0, 0][picture]
        steep = 1 - (past / radius).clamp(-1, 1).abs()
        shade = 0.70 + 0.28 * torch.sqrt(1 - 0.75 * steep.square())
        back_rgb = (ground + self.back * (back[:, :3] - ground)) * shade[:, None]
        front_rgb = front[:, :3] * (1 - shadow) * (1 - 0.5 * lifted[:, None])
        hidden = front[:, 3:] * (1 - back[:, 3:])
        alpha = back[:, 3:] + hidden
        rgb = (back_rgb * back[:, 3:] + front_rgb * hidden) / alpha.clamp(min=1e-4)

        hit = rising | (back[:, 3] > SEEN) | (shadow[:, 0] > SEEN)
        pixels[own[hit]] = torch.cat([rgb.clamp(0, 1), alpha], 1)[hit]
        rolled[own[hit]] = True


def _at(pixels: Tensor, size: tuple[int, int], picture: Tensor, place: Tensor) -> Tensor:
    """(N, 4): colour and alpha of pictures (N,) at x, y (N, 2) [px], bilinear; alpha 0 off the sheet.

    Args:
        pixels: (B * H * W, 4). size: H and W.
    """
    height, width = size
    x, y = place.unbind(1)
    on = (x >= 0) & (y >= 0) & (x <= width) & (y <= height)
    x, y = (x - 0.5).clamp(0, width - 1), (y - 0.5).clamp(0, height - 1)
    left, top = x.floor().clamp(max=max(width - 2, 0)), y.floor().clamp(max=max(height - 2, 0))
    fx, fy = (x - left)[:, None], (y - top)[:, None]
    first = picture * (height * width) + (top * width + left).long()
    right, below = min(width - 1, 1), min(height - 1, 1) * width
    over = torch.lerp(pixels[first], pixels[first + right], fx)
    under = torch.lerp(pixels[first + below], pixels[first + below + right], fx)
    found = torch.lerp(over, under, fy)
    found[:, 3] *= on
    return found

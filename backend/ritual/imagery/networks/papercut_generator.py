"""The papercut paper's generator: attention before the converter, a bilinear decoder, skips, a fixed branch."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from ritual.imagery.networks.attention import SelfAttention
from ritual.imagery.networks.blocks import conv, to_picture, up
from ritual.imagery.networks.fixed_encoder import FixedEncoder
from ritual.imagery.networks.resnet_generator import residual_blocks


class PapercutGenerator(nn.Module):
    """Encoder (+ fixed encoder) -> multi-head self-attention -> residual blocks -> decoder (+ skips) -> picture.

    Args:
        width: channels at the picture's own size. blocks: of the converter. norm: instance, batch or none.
        attention, bilinear, skips, fixed_encoder: parts of the paper's ablation, each on or off. heads: of attention.

    Source: papercut paper, II.B.3 (attention, bilinear decoder), III.B (fixed encoder), III.D.1 ("two-branch
    generator"), III.D.2 (jump connections as in U-Net, normalisation). A skip is added after a 1x1 convolution, which
    is what concatenation and a 1x1 convolution give, at less cost.
    """

    def __init__(
        self,
        width: int,
        blocks: int,
        norm: str = "instance",
        attention: bool = True,
        heads: int = 4,
        bilinear: bool = True,
        skips: bool = True,
        fixed_encoder: bool = True,
    ) -> None:
        super().__init__()
        w = width
        self.to_whole, self.to_half, self.to_quarter = (
            conv(3, w, 7, norm=norm),
            conv(w, 2 * w, 3, 2, norm),
            conv(2 * w, 4 * w, 3, 2, norm),
        )
        self.fixed = FixedEncoder() if fixed_encoder else None
        self.joined = nn.Conv2d(FixedEncoder.channels, 4 * w, 1) if fixed_encoder else None
        self.attention = SelfAttention(4 * w, heads) if attention else nn.Identity()
        self.converter = residual_blocks(4 * w, blocks, norm)
        self.up_to_half, self.up_to_whole = up(4 * w, 2 * w, norm, bilinear), up(2 * w, w, norm, bilinear)
        self.skip_half = nn.Conv2d(2 * w, 2 * w, 1) if skips else None
        self.skip_whole = nn.Conv2d(w, w, 1) if skips else None
        self.picture = to_picture(w)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1, H and W multiples of 4 -> the same."""
        whole = self.to_whole(x)
        half = self.to_half(whole)
        quarter = self.to_quarter(half)
        if self.fixed is not None:
            quarter = quarter + F.interpolate(self.joined(self.fixed(x)), size=quarter.shape[-2:], mode="bilinear")
        y = self.up_to_half(self.converter(self.attention(quarter)))
        y = self.up_to_whole(y if self.skip_half is None else y + self.skip_half(half))
        return self.picture(y if self.skip_whole is None else y + self.skip_whole(whole))

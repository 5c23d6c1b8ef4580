"""A: a photograph becomes an artwork and back; the way to the richer side is harder and gets the stronger generator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from ritual.imagery.model import Batch, Size
from ritual.imagery.models.cyclegan import CycleGAN
from ritual.imagery.models.cyclegan import Options as CycleOptions
from ritual.imagery.networks.dense_blocks import dense_blocks
from ritual.imagery.networks.resnet_generator import ResnetGenerator, blocks_for, residual_blocks
from ritual.imagery.objectives.edges import SalientEdges
from ritual.imagery.objectives.entropy import entropy_ratio
from ritual.imagery.objectives.losses import balanced_bce, l1
from ritual.imagery.objectives.perceptual import PerceptualDistance

EVEN = 1.05
"""Domains whose entropies differ by no more than this count as even: then b -> a is the harder way, as in the paper."""


@dataclass(frozen=True)
class Options(CycleOptions):
    """CycleGAN's, `cycle` being on features here, and:

    Attributes:
        identity: weight of the identity loss, by itself.
        pixel_cycle: weight of CycleGAN's own cycle loss beside the one on features.
        deepest: how many of the last layers of features the cycle is judged on; 0 = all.
        edges: weight of the salient-edge loss.
        ratio: H_X / H_Y of the two domains' entropies; 0 = not measured, and b -> a counts as the harder way.
        hed, saliency: files of an edge network (HED's weights) and a saliency network (ONNX); "" = classical operators.
    """

    identity: float = 10.0
    cycle: float = 0.5
    pixel_cycle: float = 10.0
    deepest: int = 0
    edges: float = 2.0
    ratio: float = 0.0
    hed: str = ""
    saliency: str = ""


class Asymmetric(CycleGAN):
    """Residual blocks convert where it is easy, dense blocks where it is hard; cycles close on what a network sees;
    the edges of the subject stay.

    Source: artworks paper (2025), eq. 9-14; the weights of its losses are not stated: docs/decisions/0035.
    """

    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self._distance: PerceptualDistance | None = None
        self._salient_edges: SalientEdges | None = None

    @classmethod
    def fitted(cls, options: dict[str, object], held_out: Batch) -> dict[str, object]:
        """With `ratio` measured on the pictures, where it is not given."""
        if options.get("ratio"):
            return options
        return {**options, "ratio": round(entropy_ratio(held_out["a"], held_out["b"]), 4)}

    @property
    def harder(self) -> str:
        """Which generator leads to the richer domain: "f" (b -> a) or "g" (a -> b)."""
        return "g" if 0 < self.options.ratio * EVEN < 1 else "f"

    def generators(self) -> tuple[nn.Module, nn.Module]:
        """G and F, one of residual and one of dense blocks."""
        width, norm = self.size.width, self.options.norm
        blocks = blocks_for(self.size.side, self.options.blocks)
        residual = ResnetGenerator(width, residual_blocks(4 * width, blocks, norm), norm)
        dense = ResnetGenerator(width, dense_blocks(4 * width, blocks, norm), norm)
        return (residual, dense) if self.harder == "f" else (dense, residual)

    def generators_pay(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options, a, b = self.options, batch["a"], batch["b"]
        paid = self.adversarial(batch, made)
        if options.identity:
            paid["identity"] = options.identity * (l1(self.g(b), b) + l1(self.f(a), a))
        if options.cycle or options.pixel_cycle:
            again_a, again_b = self.f(made["b"]), self.g(made["a"])
        if options.cycle:
            self._distance = self._distance or PerceptualDistance(self.perceptual)
            unlike = self._distance(again_a, a, options.deepest) + self._distance(again_b, b, options.deepest)
            paid["feature_cycle"] = options.cycle * unlike
        if options.pixel_cycle:
            paid["pixel_cycle"] = options.pixel_cycle * (l1(again_a, a) + l1(again_b, b))
        if options.edges:
            files = (Path(name) if name else None for name in (options.hed, options.saliency))
            self._salient_edges = self._salient_edges or SalientEdges(*files)
            wanted, found, salient = self._salient_edges(a, made["b"])
            paid["edges"] = options.edges * balanced_bce(found, wanted, salient)
        return paid | self.pairs_ask(batch, made)

    def facts(self) -> dict[str, str]:
        dense = {"f": "F (b to a)", "g": "G (a to b)"}[self.harder]
        said = {
            "entropy ratio": f"{self.options.ratio:g}" if self.options.ratio else "not measured",
            "dense blocks": dense,
        }
        if self._distance:
            said["perceptual features"] = self._distance.name
        if self._salient_edges:
            said["salient edges"] = self._salient_edges.name
        return said

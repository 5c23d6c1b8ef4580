"""How a trained model is measured, by its task: on pictures that it never saw, as files of eight bits hold them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.imagery.data.clips import SECONDS
from ritual.imagery.evaluation.measuring import per_picture, set_figures, unlike, vectors
from ritual.imagery.features import Features
from ritual.imagery.inversion import invert
from ritual.imagery.metrics.coherence import coherence
from ritual.imagery.metrics.flicker import flicker
from ritual.imagery.metrics.ssim import ssim
from ritual.imagery.metrics.vqm import vqm_simplified
from ritual.imagery.metrics.warping import warping_error
from ritual.imagery.model import Batch, PictureModel
from ritual.imagery.recording import recorded

INVERTED = 40
"""Held-out pictures or clips that a model of noise is held against; finding their noise is dear."""
CLIPS_INVERTED = 16
DRAWN, CLIPS_DRAWN = 512, 128
"""What a model of noise makes for the figures of sets; it is made in seconds. As few as are held out would be held
against a model of clips, whose frames within a clip are alike, as they should be."""
RECORDED_AT = 35.0
"""Constant rate factor of the recording that CVRM stands for: a small file of a phone."""
INTERPOLATIONS = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic"}
_AT_ONCE = 8

Judges = tuple[Features, ...]
"""Whose features FID, KID and LPIPS read; the first gives every other figure on features, too."""
Rule = Callable[[PictureModel, Batch, Judges], "Scored"]


@dataclass(frozen=True, eq=False)
class Scored:
    """A model's figures.

    Attributes:
        figures: name -> value. each: name -> one value per held-out picture or clip, in their order.
        shown: rows to look at, name -> (N, 3, H, W) in -1..1.
    """

    figures: dict[str, float]
    each: dict[str, list[float]] = field(default_factory=dict)
    shown: dict[str, Tensor] = field(default_factory=dict)


def score_translation(model: PictureModel, held_out: Batch, judges: Judges) -> Scored:
    """`a` translated, held against its own `b`."""
    made, seconds = _run(model, held_out["a"])
    return _compared(made, held_out["b"], judges, {"seconds": seconds}, {"a": held_out["a"]})


def score_enlargement(model: PictureModel, held_out: Batch, judges: Judges) -> Scored:
    """`small` enlarged, held against `large`."""
    made, seconds = _run(model, held_out["small"])
    return _compared(made, held_out["large"], judges, {"seconds": seconds}, {})


def score_interpolation(mode: str, held_out: Batch, judges: Judges) -> Scored:
    """What a plain interpolation (`INTERPOLATIONS`) makes of `small`."""
    small, large = held_out["small"], held_out["large"]
    corners = {} if mode == "nearest" else {"align_corners": False}
    began = time.perf_counter()
    made = F.interpolate(small, large.shape[-2:], mode=INTERPOLATIONS[mode], **corners).clamp(-1, 1)
    return _compared(made, large, judges, {"seconds": (time.perf_counter() - began) / len(small)}, {})


def score_synthesis(model: PictureModel, held_out: Batch, judges: Judges) -> Scored:
    """DRAWN pictures as a set; and held-out ones found again by their noise, one by one."""
    real = held_out["real"]
    made, seconds = _drawn(model, DRAWN)
    found, _ = invert(model, real[:INVERTED])
    pairs = _compared(found, real[:INVERTED], judges, {}, {})
    as_sets = _as_sets(made, real, judges)
    alone = {name: pairs.figures[name] for name in pairs.each}
    shown = {"drawn": made[:INVERTED], "real": real[:INVERTED], "found again": found}
    return Scored({**alone, **as_sets, "seconds": seconds}, pairs.each, shown)


def score_video(model: PictureModel, held_out: Batch, judges: Judges) -> Scored:
    """The frames of CLIPS_DRAWN clips as a set; and held-out clips found again by their noise."""
    real = held_out["clip"]
    made, seconds = _drawn(model, CLIPS_DRAWN)
    found, _ = invert(model, real[:CLIPS_INVERTED])
    return _compared_clips(made, found, real, judges, seconds)


def score_recording(held_out: Batch, judges: Judges) -> Scored:
    """CVRM: the clips themselves, as an encoder leaves them."""
    real = held_out["clip"]
    began = time.perf_counter()
    made = torch.stack([recorded(clip, _fps(real), crf=RECORDED_AT) for clip in real])
    return _compared_clips(made, made[:CLIPS_INVERTED], real, judges, (time.perf_counter() - began) / len(real))


def _compared_clips(made: Tensor, found: Tensor, real: Tensor, judges: Judges, seconds: float) -> Scored:
    """Sets of frames by `made`; clip by clip by `found`, which are to be the first of `real`."""
    fps, pairs = _fps(real), list(zip(found, real, strict=False))
    each = {
        "VQM": [1 - vqm_simplified(x, y, fps) for x, y in pairs],
        "SSIM": [float(ssim(x, y).mean()) for x, y in pairs],
        "coherence": [coherence(x, y, fps).correlation for x, y in pairs],
        "warping error": [warping_error(x, y) for x, y in pairs],
        "flicker": [flicker(clip) for clip in made],
    }
    figures = {name: sum(values) / len(values) for name, values in each.items()}
    as_sets = _as_sets(made.flatten(0, 1), real.flatten(0, 1), judges)
    still = real.shape[1] // 2
    shown = {"drawn": made[:CLIPS_INVERTED, still], "real": real[:CLIPS_INVERTED, still],
             "found again": found[:, still]}  # fmt: skip
    more = {"flicker of the real": sum(flicker(clip) for clip in real) / len(real), "seconds": seconds}
    return Scored({**figures, **as_sets, **more}, each, shown)


def _fps(clips: Tensor) -> float:
    """Frames per second of windows of (N, T, 3, H, W)."""
    return clips.shape[1] / SECONDS


def _compared(made: Tensor, real: Tensor, judges: Judges, more: dict[str, float], shown: dict) -> Scored:
    first, *others = judges
    each = per_picture(made, real, True, first)
    for judge in others:
        each |= unlike(made, real, judge)
    figures = {name: sum(values) / len(values) for name, values in each.items()}
    return Scored({**figures, **_as_sets(made, real, judges), **more}, each, {**shown, "made": made, "real": real})


def _as_sets(made: Tensor, real: Tensor, judges: Judges) -> dict[str, float]:
    told = [set_figures(vectors(made, judge), vectors(real, judge), judge) for judge in judges]
    return {name: value for figures in told for name, value in figures.items()}


@torch.no_grad()
def _run(model: PictureModel, pictures: Tensor) -> tuple[Tensor, float]:
    model.eval()
    began = time.perf_counter()
    made = torch.cat([model.run(part).clamp(-1, 1) for part in pictures.split(_AT_ONCE)])
    return made, (time.perf_counter() - began) / len(pictures)


@torch.no_grad()
def _drawn(model: PictureModel, count: int, seed: int = 0) -> tuple[Tensor, float]:
    noise = torch.randn(count, model.latent, generator=torch.Generator().manual_seed(seed))
    return _run(model, noise)

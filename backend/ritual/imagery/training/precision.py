"""bfloat16 where it is safe: in the networks that make pictures, never in what judges them nor in the losses."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ritual.imagery.model import PictureModel


def in_bfloat16(model: PictureModel, device: torch.device) -> None:
    """Compute the makers' convolutions in bfloat16; what they return is float32, and so is everything else.

    Makers are the networks of every player that moves a kept one. Their critics keep float32: under mixed precision a
    discriminator's small differences drown, and translations that stay what they were have been seen (img2img-turbo,
    issues 53 and 84).
    """
    for network in makers(model):
        module = model.get_submodule(network)
        module.forward = _autocast(module.forward, device.type)  # type: ignore[method-assign]


def makers(model: PictureModel) -> list[str]:
    """Names of the networks that make pictures."""
    moved = [networks for networks in model.players.values() if set(networks) & set(model.kept)]
    return sorted({network for networks in moved for network in networks})


def _autocast(forward: Callable, kind: str) -> Callable:
    @functools.wraps(forward)
    def wide(*args: object, **kwargs: object) -> object:
        with torch.autocast(kind, torch.bfloat16):
            answer = forward(*args, **kwargs)
        return _float32(answer)

    return wide


def _float32(answer: object) -> object:
    if isinstance(answer, Tensor):
        return answer.float() if answer.is_floating_point() else answer
    if isinstance(answer, nn.Module | str):
        return answer
    if isinstance(answer, dict):
        return {name: _float32(value) for name, value in answer.items()}
    if isinstance(answer, tuple | list):
        return type(answer)(_float32(value) for value in answer)
    return answer

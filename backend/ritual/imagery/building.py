"""A configuration's model, fresh: the same seed gives the same weights."""

from __future__ import annotations

import dataclasses

import torch

from ritual.errors import BadInput
from ritual.imagery.model import PictureModel
from ritual.imagery.models import model_class, model_of
from ritual.imagery.train_config import TrainConfig


def built(config: TrainConfig) -> PictureModel:
    """The model with its options; `scale` and `perceptual` are handed on to a model that has them.

    Raises:
        BadInput: no such model or option, or a file of features for a model that has no loss on features.
    """
    known = {field.name for field in dataclasses.fields(model_class(config.model).Options)}
    options = dict(config.options)
    if "scale" in known:
        options.setdefault("scale", config.scale)
    if config.perceptual:
        if "perceptual" not in known:
            raise BadInput(f"The model '{config.model}' has no loss on features.", hint="Leave --perceptual out.")
        if not config.perceptual.is_file():
            raise BadInput(f"There is no file of features '{config.perceptual}'.")
        options.setdefault("perceptual", str(config.perceptual))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return model_of(config.model, config.size, options)

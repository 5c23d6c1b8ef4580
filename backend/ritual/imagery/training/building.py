"""A configuration's model: the same seed gives the same weights."""

from __future__ import annotations

import torch

from ritual.errors import BadInput
from ritual.imagery.model import Batch, PictureModel
from ritual.imagery.models import model_class, model_of
from ritual.imagery.training.train_config import TrainConfig


def built(config: TrainConfig, held_out: Batch) -> PictureModel:
    """A fresh model, with the options that were asked for and those that its data decides.

    Args:
        held_out: rows that the model may look at before it is built.

    Raises:
        BadInput: no such model or option, or no such file of features.
    """
    if config.perceptual and not config.perceptual.is_file():
        raise BadInput(f"There is no file of features '{config.perceptual}'.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        options = model_class(config.model).fitted(config.options, held_out)
        model = model_of(config.model, config.size, options)
    model.perceptual = config.perceptual
    return model

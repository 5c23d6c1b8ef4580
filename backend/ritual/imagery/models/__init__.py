"""The models by name; a paper's model is a short file that reads like its description."""

from __future__ import annotations

import dataclasses
from importlib import import_module

from ritual.errors import BadInput, nearest
from ritual.imagery.model import PictureModel, Size

MODELS: dict[str, str] = {
    "asymmetric": "asymmetric:Asymmetric",
    "attention-dcgan": "attention_dcgan:AttentionDcgan",
    "attention-lstm": "attention_lstm:AttentionLstm",
    "cyclegan": "cyclegan:CycleGAN",
    "dcgan": "dcgan:Dcgan",
    "dcgan-clips": "dcgan:DcganClips",
    "dualgan": "dualgan:DualGAN",
    "edsr": "edsr:Edsr",
    "munit": "munit:MUNIT",
    "papercut": "papercut:Papercut",
    "papercut-enlarge": "papercut_enlarge:PapercutEnlarge",
    "pix2pix": "pix2pix:Pix2pix",
    "r3gan": "r3gan:R3gan",
    "restore": "restore:Restore",
    "stargan": "stargan:StarGAN",
    "temporal-cnn": "temporal_cnn:TemporalCnn",
    "ugatit": "ugatit:UGATIT",
}
"""Name -> module:class."""


def model_class(name: str) -> type[PictureModel]:
    """
    Raises:
        BadInput: there is no model of that name; lists the valid ones.
    """
    if name not in MODELS:
        raise BadInput(f"There is no model '{name}'.", hint=nearest(name, MODELS))
    module, attribute = MODELS[name].split(":")
    return getattr(import_module(f"ritual.imagery.models.{module}"), attribute)


def model_of(name: str, size: Size, options: dict[str, object]) -> PictureModel:
    """A fresh model; `options` are those of its `Options` that differ from their defaults.

    Raises:
        BadInput: no such model or option, or an option's value is of another type.
    """
    kind = model_class(name)
    fields = {field.name: field for field in dataclasses.fields(kind.Options)}
    for option, value in options.items():
        if option not in fields:
            raise BadInput(f"The model '{name}' has no option '{option}'.", hint=nearest(option, fields))
        wanted = type(getattr(kind.Options(), option))
        fits = isinstance(value, (int, float) if wanted is float else wanted)
        if not fits or isinstance(value, bool) != (wanted is bool):
            raise BadInput(f"The option '{option}' of '{name}' is {value!r}, not of type {wanted.__name__}.")
    return kind(size, kind.Options(**options))

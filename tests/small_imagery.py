"""Models of pictures as they begin, under the names that ship: small, and of no use but to be asked."""

from __future__ import annotations

from pathlib import Path

_MADE = {
    "papercut": ("cyclegan", 4, {"blocks": 1}),
    "painting": ("cyclegan", 4, {"blocks": 1}),
    "enlarge-2x": ("edsr", 8, {"blocks": 1}),
    "houses": ("dcgan", 8, {}),
}


def write_small(folder: Path) -> Path:
    """NAME.safetensors of each in the folder."""
    import torch

    from ritual.imagery.model import Size
    from ritual.imagery.models import model_of
    from ritual.imagery.weights import write_model

    torch.manual_seed(0)
    for name, (model, width, options) in _MADE.items():
        made = model_of(model, Size(32, width), options)
        if made.latent:
            for _ in range(30):  # its batch norms learn what their inputs are like
                made.run(torch.randn(16, made.latent))
        write_model(folder / f"{name}.safetensors", made, {})
    return folder

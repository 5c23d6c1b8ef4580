"""Small networks whose work can be told from the picture: written as weights, read as any other."""

import numpy as np
import pytest
import torch
from PIL import Image

from ritual.imagery.model import Size
from ritual.imagery.models import model_of
from ritual.imagery.weights import write_model


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """Files of models as they begin, by task."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    made = {
        "translation": ("cyclegan", Size(32, 4), {"blocks": 1}),
        "enlargement": ("edsr", Size(32, 8), {"blocks": 1}),
        "synthesis": ("dcgan", Size(32, 8), {}),
        "video": ("temporal-cnn", Size(32, 8, 8), {}),
    }
    files = {}
    for task, (name, size, options) in made.items():
        model = model_of(name, size, options)
        for _ in range(30 if task == "synthesis" else 0):  # its batch norms learn what their inputs are like
            model.run(torch.randn(16, model.latent))
        files[task] = write_model(folder / task / f"{name}.safetensors", model, {})
    return files


@pytest.fixture
def picture():
    """(90, 130, 4) uint8: shapes on a gradient, a part of it fully transparent with a colour left under it."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:90, :130]
    rgba = np.stack([y * 2, x, 200 - y, np.full_like(x, 255)], -1)
    for top, left in rng.integers(0, 80, (12, 2)):
        rgba[top : top + 9, left : left + 12, :3] = rng.integers(0, 255, 3)
    rgba[60:, 100:] = (255, 0, 255, 0)
    return rgba.astype(np.uint8)


@pytest.fixture
def photograph(tmp_path):
    """A file of 80 x 64 pixels in a folder of its own."""
    folder = tmp_path / "in"
    folder.mkdir()
    noise = np.random.default_rng(1).integers(0, 255, (8, 10, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((80, 64)).save(folder / "house.png")
    return folder / "house.png"

"""The networks of others, filled with the same numbers here and in their own packages, see the same.

Golden figures: torch-fidelity 0.4.0 (its FeatureExtractorInceptionV3, FID) and lpips 0.1.4 (without heads), torch 2.13.
"""

import numpy as np
import pytest
import torch

from ritual.imagery.evaluation.measuring import vectors
from ritual.imagery.features import features_of
from ritual.imagery.features.alexnet import AlexNet
from ritual.imagery.features.inception import Inception
from ritual.imagery.features.vgg import VGG16
from ritual.imagery.metrics.frechet import frechet
from ritual.imagery.metrics.lpips import lpips

INCEPTION_VECTOR = (3.585939407348633, 0.0057413456961512566, 0.8825904130935669)
INCEPTION_MEAN, INCEPTION_SPREAD = 1.0783517360687256, 1.4279284477233887
CLASSES = (-13.402461051940918, -8.781342506408691, -14.270120620727539)
FID = 18.95250924763242
LPIPS = {AlexNet: (1.7928075790405273, 1.7972328662872314), VGG16: (1.6400295495986938, 1.6690058708190918)}


def filled(state):
    """Weights by a formula of their place and the length of their name, which any package can follow."""
    found = {}
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            found[name] = tensor
            continue
        noise = np.sin(np.arange(tensor.numel()) * 12.9898 + len(name)) * 43758.5453
        noise = 2 * (noise - np.floor(noise)) - 1
        if tensor.ndim > 1:
            noise *= np.sqrt(6 / tensor[0].numel())
        elif name.endswith(("running_var", "bn.weight")):
            noise = 1 + 0.2 * noise
        else:
            noise *= 0.1
        found[name] = torch.from_numpy(noise.reshape(tensor.shape)).float()
    return found


@pytest.fixture(scope="module")
def pictures():
    """Noise and blocks, (5, 3, 40, 56) each."""
    rng = np.random.RandomState(11)
    noise, blocks = rng.randint(0, 256, (5, 3, 40, 56)), rng.randint(0, 256, (5, 3, 10, 14))
    return [torch.from_numpy(x).float() / 127.5 - 1 for x in (noise, blocks.repeat(4, 2).repeat(4, 3))]


def features(kind, folder):
    torch.save(filled(kind().state_dict()), folder / "filled.pth")
    return features_of(folder / "filled.pth")


def test_the_inception_is_torch_fidelitys(pictures, tmp_path):
    own = features(Inception, tmp_path)
    one, other = (vectors(x, own) for x in pictures)
    assert one[0, :3].tolist() == pytest.approx(INCEPTION_VECTOR, abs=1e-4)
    assert (float(one.mean()), float(one.std())) == pytest.approx((INCEPTION_MEAN, INCEPTION_SPREAD), rel=1e-5)
    assert frechet(one, other) == pytest.approx(FID, abs=1e-3)
    assert own.classes(pictures[0][:1])[0, :3].tolist() == pytest.approx(CLASSES, abs=1e-3)


@pytest.mark.parametrize("kind", [AlexNet, VGG16])
def test_the_layers_are_those_of_lpips(kind, pictures, tmp_path):
    found = lpips(pictures[0][:2], pictures[1][:2], features(kind, tmp_path))
    assert found.tolist() == pytest.approx(LPIPS[kind], abs=1e-5)

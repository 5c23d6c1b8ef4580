"""Feature networks: told apart by their weights, frozen, in nobody's checkpoint, and with gradients to the pictures."""

import copy

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from ritual.errors import BadInput
from ritual.imagery.features import features_of, untrained_features
from ritual.imagery.features.alexnet import AlexNet
from ritual.imagery.features.inception import Inception, resized_as_tensorflow
from ritual.imagery.features.vgg import VGG16, VGG19
from ritual.imagery.metrics.lpips import lpips


@pytest.fixture(scope="module")
def memory():
    return features_of(None)


@pytest.fixture
def pictures():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_the_memorys_features_are_the_default_and_say_so(memory, pictures):
    assert memory.name == "memory"
    assert [tuple(one.shape[1:]) for one in memory.layers(pictures)] == [
        (32, 32, 32), (64, 16, 16), (128, 8, 8), (256, 4, 4)
    ]  # fmt: skip
    assert torch.allclose(memory.vector(pictures), memory.layers(pictures)[-1].mean((2, 3)))
    assert torch.allclose(memory.classes(pictures).exp().sum(1), torch.ones(2), atol=1e-4)


def test_the_deepest_layer_is_what_the_memory_itself_reads(memory, pictures):
    from ritual.memory.weights import read_memory

    with torch.no_grad():
        assert torch.allclose(memory.layers(pictures)[-1], read_memory().model.backbone((pictures + 1) / 2), atol=1e-4)


def test_gradients_reach_the_pictures_and_no_weight(memory, pictures):
    x = pictures.requires_grad_()
    memory.layers(x)[-1].square().mean().backward()
    assert x.grad.abs().sum() > 0
    assert not any(p.requires_grad or p.grad is not None for p in memory._own.parameters())


def test_a_model_that_holds_features_does_not_save_or_train_them(memory):
    model = nn.Linear(2, 2)
    model.features = memory
    assert set(model.state_dict()) == {"weight", "bias"} and len(list(model.parameters())) == 2
    assert copy.deepcopy(model).features is memory


def test_features_follow_the_precision_of_the_pictures(memory, pictures):
    assert memory.layers(pictures.bfloat16())[0].dtype == torch.bfloat16
    assert memory.layers(pictures.double())[0].dtype == torch.float64


def test_a_picture_too_small_to_be_read_is_refused(memory):
    with pytest.raises(BadInput, match="8 x 8"):
        memory.vector(torch.zeros(1, 3, 8, 8))


@pytest.mark.parametrize("kind", [AlexNet, VGG16, VGG19])
def test_a_file_is_told_apart_by_the_names_of_its_weights(kind, pictures, tmp_path):
    path = tmp_path / "weights.pth"
    network = kind()
    torch.save(network.state_dict(), path)
    features = features_of(path)
    assert features.name == f"{kind.title} of weights.pth"
    assert torch.equal(features.layers(pictures)[-1], network.layers(pictures)[-1])
    assert len(features.layers(pictures)) == 5


def test_vgg_has_torchvisions_names():
    names = [name for name in VGG19().state_dict() if name.endswith("weight")]
    assert names == [f"features.{n}.weight" for n in (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)]


def test_the_inception_of_fid_has_its_vectors_and_classes(tmp_path, pictures):
    path = tmp_path / "inception.safetensors"
    save_file(Inception().state_dict(), path)
    features = features_of(path)
    assert features.vector(pictures[:1]).shape == (1, 2048) and features.kind == "Inception 2015"
    assert sum(p.numel() for p in features._own.parameters()) == 23_850_960


def test_resizing_is_tensorflows_of_old():
    ramp = torch.arange(4.0).view(1, 1, 1, 4).expand(1, 1, 4, 4)
    assert torch.allclose(resized_as_tensorflow(ramp, 8)[0, 0, 0], torch.tensor([0, 0.5, 1, 1.5, 2, 2.5, 3, 3]))


def test_what_is_no_known_network_is_refused_in_one_sentence(tmp_path):
    def refused(held, words):
        torch.save(held, tmp_path / "w.pth")
        with pytest.raises(BadInput, match=words):
            features_of(tmp_path / "w.pth")

    refused({"some.weight": torch.zeros(1)}, "not known")
    refused({"features.1.running_mean": torch.zeros(1)}, "batch norm")
    refused({"Mixed_7c.branch_pool.conv.weight": torch.zeros(1), "fc.weight": torch.zeros(1000, 1)}, "torchvision's")
    refused({"features.34.weight": torch.zeros(1)}, "of its weights are missing")
    refused([1, 2], "no state dict")
    refused(nn.Linear(1, 1), "more than weights")
    (tmp_path / "broken.pth").write_bytes(b"nothing of the kind")
    for name, words in (("none.pth", "no weights"), ("broken.pth", "broken|cannot be read"), ("w.csv", "no weights")):
        with pytest.raises(BadInput, match=words):
            features_of(tmp_path / name)


def test_the_judge_that_never_learnt_is_the_same_always_and_leaves_chance_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    pictures = torch.linspace(-1, 1, 2 * 3 * 64 * 64).view(2, 3, 64, 64)
    first, again = (untrained_features().vector(pictures) for _ in range(2))
    assert torch.equal(first, again) and first.shape == (2, 512)
    assert torch.equal(torch.rand(3), expected)
    assert untrained_features().suffix == "-untrained"


def test_the_judge_that_never_learnt_sees_more_blur_as_more_unlike():
    sharp = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    blurred = [sharp, *(torch.nn.functional.avg_pool2d(sharp, side, 1, side // 2) for side in (3, 7))]
    near, far = (lpips(sharp, one, untrained_features()).mean() for one in blurred[1:])
    assert lpips(sharp, sharp, untrained_features()).max() == 0
    assert 0 < near < far

"""The model's rows, its decoupling by construction, weights on disk, and a short training of it."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from torch.utils.flop_counter import FlopCounterMode

from ritual.errors import BadInput
from ritual.memory.augment import augmented
from ritual.memory.backbone import BACKBONES, Backbone, backbone_config, parameters_m
from ritual.memory.encoder import ContextEncoder
from ritual.memory.fusion import Fusion, trust
from ritual.memory.measures import best_guess
from ritual.memory.model import ROWS, DualMemory, ModelConfig
from ritual.memory.table import milliseconds
from ritual.memory.train_config import TrainConfig, config_of
from ritual.memory.training import features_of, train
from ritual.memory.weights import Memory, read_memory, write_memory


def fresh(row, **sizes):
    torch.manual_seed(0)
    return DualMemory(ModelConfig(row, forms=5, concepts=4, occasions=2, prototypes=16, **sizes)).eval()


@pytest.fixture(scope="module")
def trained(material, tmp_path_factory):
    config = TrainConfig(tmp_path_factory.mktemp("run"), row="enhanced", epochs=6, batch=32, size=32)
    return train(config, material), config


@pytest.mark.parametrize("row", ROWS)
def test_every_row_answers_with_probabilities(row):
    seen = fresh(row)(torch.rand(3, 3, 48, 48), torch.tensor([0, 1, 2]))
    assert torch.allclose(seen.form.exp().sum(1), torch.ones(3), atol=1e-4)
    assert torch.allclose(seen.concept.exp().sum(1), torch.ones(3), atol=1e-4)
    assert (seen.w_v is None) != ROWS[row].visual_bank and (seen.w_s is None) != ROWS[row].semantic_bank


def test_the_plain_backbone_has_one_feature_for_both_channels_and_hears_no_occasion():
    model, pictures = fresh("backbone"), torch.rand(2, 3, 48, 48)
    here, there = model(pictures, torch.tensor([0, 1])), model(pictures, torch.tensor([2, 0]))
    assert torch.equal(here.visual, here.semantic) and torch.equal(here.concept, there.concept)


def test_what_a_channel_says_is_made_of_memories_alone():
    model = fresh("full")
    seen = model(torch.rand(5, 3, 48, 48))
    for said, memories in (
        (seen.visual, model.visual_bank.means(5)), (seen.semantic, model.semantic_bank.vectors)
    ):  # fmt: skip
        weights = torch.linalg.lstsq(memories.T, said.T, driver="gelsd").solution  # gelsy: pytorch issue 187411
        assert torch.allclose(memories.T @ weights, said.T, atol=1e-4) and (weights > -1e-4).all()


def test_foreign_pictures_are_painted_anew_and_the_others_keep_their_colours():
    rng = torch.Generator().manual_seed(0)
    pictures = torch.rand(64, 3, 32, 32, generator=rng) * torch.tensor([1.0, 0.1, 0.1]).view(3, 1, 1)  # all reds
    for part, few, many in ((0.0, 0, 0), (0.5, 16, 48), (1.0, 64, 64)):
        look = augmented(pictures, torch.Generator().manual_seed(1), foreign_part=part)
        red = look.pictures[:, 0].mean((1, 2)) - look.pictures[:, 1:].mean((1, 2, 3))
        assert few <= int((~look.own).sum()) <= many
        assert (red[look.own] > 0.2).all()
        assert not (~look.own).any() or (red[~look.own] < 0.2).float().mean() > 0.5


def test_damage_befalls_a_quarter_and_their_meaning_stays():
    pictures = torch.full((200, 3, 32, 32), 0.5)
    look = augmented(pictures, torch.Generator().manual_seed(0), lambda x, rng: torch.zeros_like(x), foreign_part=0.0)
    hurt = look.pictures.mean((1, 2, 3)) < 0.3
    assert 0.15 < hurt.float().mean() < 0.35 and look.own.all()


@pytest.mark.parametrize("row", ["full", "enhanced"])
def test_the_occasion_changes_the_meaning_and_leaves_the_form_bit_for_bit(row):
    model, pictures = fresh(row), torch.rand(4, 3, 48, 48)
    here, there = model(pictures, torch.zeros(4).long()), model(pictures, torch.tensor([1, 2, 1, 2]))
    assert torch.equal(here.visual, there.visual) and torch.equal(here.form, there.form)
    assert not torch.allclose(here.semantic, there.semantic)


def test_none_said_is_what_is_meant_where_no_occasion_is_given():
    model, pictures = fresh("full"), torch.rand(2, 3, 48, 48)
    assert torch.equal(model(pictures).concept, model(pictures, torch.zeros(2).long()).concept)


def test_fusion_is_the_sum_of_both_answers_and_the_gate_weighs_them():
    bank = torch.eye(3)
    torch.manual_seed(0)
    fusion = Fusion(3, True, True, gated=False)
    w_v, w_s = torch.tensor([[0.2, 0.3, 0.5]]), torch.tensor([[1.0, 0.0, 0.0]])
    fused, share = fusion(w_v @ bank, w_s @ bank, None, w_v, w_s)
    by_hand = fusion.from_visual.weight @ w_v[0] + fusion.from_semantic.weight @ w_s[0]
    assert torch.allclose(fused[0], by_hand) and share.tolist() == [[1, 1]]


def test_the_gate_trusts_the_surer_channel():
    sure, unsure = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.4, 0.3, 0.3]])
    assert trust(sure, sure)[0].tolist() == pytest.approx([1, 1])
    visual, semantic = trust(sure, unsure)[0].tolist()
    assert visual > 1 > semantic and visual + semantic == pytest.approx(2)


def test_the_encoder_takes_maps_of_any_size():
    encoder = ContextEncoder(8, 16, 2, 12, occasions=3).eval()
    assert encoder(torch.rand(2, 8, 3, 5), torch.tensor([0, 3])).shape == (2, 12)


def test_the_small_model_is_small_and_asks_little_work():
    """Work is counted, so that a busy machine does not matter; the time itself is in benchmarks/results/memory.json."""
    model = DualMemory(ModelConfig("enhanced", forms=40, concepts=36, occasions=26)).eval()
    assert parameters_m(model) < 10 and milliseconds(model, 3) > 0
    with FlopCounterMode(display=False) as work, torch.inference_mode():
        model(torch.rand(1, 3, 128, 128))
    assert 0 < work.get_total_flops() < 0.5e9


def test_resnet50_bears_torchvisions_names_and_sizes():
    backbone = Backbone(backbone_config("resnet50"))
    names = set(backbone.state_dict())
    assert {"conv1.weight", "layer1.0.downsample.1.running_var", "layer3.5.conv3.weight", "layer4.2.bn3.bias"} <= names
    assert parameters_m(backbone) == pytest.approx(23.508, abs=0.001)  # torchvision's 25.557 without its classifier


def test_weights_of_torchvisions_kind_load_without_their_classifier(tmp_path):
    source, target = Backbone(BACKBONES["resnet18"]), Backbone(BACKBONES["resnet18"])
    tensors = {**source.state_dict(), "fc.weight": torch.zeros(10, 512), "fc.bias": torch.zeros(10)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, tmp_path / "r18.safetensors")
    assert target.load_pretrained(tmp_path / "r18.safetensors") == ["fc.bias", "fc.weight"]
    assert torch.equal(source.layer2[0].conv1.weight, target.layer2[0].conv1.weight)
    with pytest.raises(BadInput, match="does not fit this backbone"):
        Backbone(BACKBONES["small"]).load_pretrained(tmp_path / "r18.safetensors")


def test_pretrained_files_that_are_none_are_refused(tmp_path):
    (tmp_path / "odd.safetensors").write_bytes(b"PK\x03\x04 a pickle")
    for name, said in (("none.safetensors", "There are no weights"), ("odd.safetensors", "is no safetensors file")):
        with pytest.raises(BadInput, match=said):
            Backbone(BACKBONES["small"]).load_pretrained(tmp_path / name)


def test_weights_of_the_hub_are_taken_from_its_cache_and_what_is_not_there_is_said(tmp_path):
    source = Backbone(BACKBONES["resnet18"])
    folder, commit = tmp_path / "models--some--net", "a" * 40
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    (folder / "snapshots" / commit).mkdir(parents=True)
    tensors = {name: tensor.contiguous() for name, tensor in source.state_dict().items()}
    save_file(tensors, folder / "snapshots" / commit / "model.safetensors")
    code = """if True:
        from ritual.errors import BadInput
        from ritual.memory.backbone import BACKBONES, Backbone
        backbone = Backbone(BACKBONES["resnet18"])
        backbone.load_pretrained("hub:some/net")
        print(float(backbone.conv1.weight.sum()))
        try:
            backbone.load_pretrained("hub:some/other")
        except BadInput as error:
            print(error)
    """
    offline = {**os.environ, "HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    told = subprocess.run([sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True).stdout
    total, said = told.splitlines()[:2]
    assert float(total) == pytest.approx(float(source.conv1.weight.detach().sum()), rel=1e-4)
    assert said.startswith("'hub:some/other' gave no model.safetensors")


def test_training_learns_form_and_meaning(material, trained):
    model, test = trained[0].model, material.splits["test"]
    seen = features_of(model, material.pictures[test], material.occasion[test])
    form = float((seen.form.argmax(1) == material.form[test]).float().mean())
    chance = best_guess(material.form[material.splits["train"]].numpy(), material.form[test].numpy())
    assert form > chance + 0.3
    first, last = trained[0].history[0], trained[0].history[-1]
    assert last["form_head"] < first["form_head"] and last["visual"] < first["visual"]


def test_the_same_seed_gives_the_same_weights(material, trained, tmp_path):
    config = replace(trained[1], epochs=1)
    first, second = (train(config, material).model.state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    other = train(replace(config, seed=2), material).model.state_dict()
    assert not torch.equal(first["backbone.conv1.weight"], other["backbone.conv1.weight"])


def test_every_prototype_stands_for_one_form_and_every_form_has_some(material, trained):
    bank = trained[0].model.visual_bank
    assert set(bank.form.tolist()) == set(range(5)) and bank.counts.sum() == len(material.splits["train"])


def test_a_memory_comes_back_from_disk_as_it_was_but_for_half_precision(material, trained, tmp_path):
    model = trained[0].model
    model.visual_bank.grow(torch.randn(128), 0, 0, torch.zeros(2))
    path = write_memory(tmp_path / "m.safetensors", Memory(model, material.names, {"a": 1}, [{"name": "P1"}], 32))
    back = read_memory(path)
    assert (back.names, back.facts, back.prototypes, back.size) == (material.names, {"a": 1}, [{"name": "P1"}], 32)
    assert path.stat().st_size < 12e6 and len(back.model.visual_bank.vectors) == 129
    pictures = material.pictures[:8]
    assert torch.allclose(features_of(back.model, pictures).visual, features_of(model, pictures).visual, atol=5e-3)


def test_what_is_no_memory_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors", {"format": '"ritual-motion-mdn/1"'})
    (tmp_path / "b.safetensors").write_bytes(b"nothing")
    for name, said in (("a", "not 'ritual-memory/1'"), ("b", "is not a safetensors file"), ("c", "There is no memory")):
        with pytest.raises(BadInput, match=said):
            read_memory(tmp_path / f"{name}.safetensors")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"row": "fuller"}, "Table 2 has no row"),
        ({"backbone": "resnet5"}, "There is no backbone"),
        ({"epochs": 0}, "at least 1 epoch"),
        ({"precision": "half"}, "There is no precision"),
        ({"device": "tpu"}, "There is no device"),
    ],
)
def test_what_cannot_be_trained_with_is_said(tmp_path, change, said):
    with pytest.raises(BadInput, match=said):
        config_of("quick", **{"out": tmp_path, **change})
    with pytest.raises(BadInput, match="There is no budget"):
        config_of("short", out=tmp_path)

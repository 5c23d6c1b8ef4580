"""Trainings side by side and kept on disk, the backbone that they start from, and what pictures mean elsewhere."""

from dataclasses import replace

import pytest
import torch

from ritual.memory.elsewhere import concepts_elsewhere
from ritual.memory.labels import Names
from ritual.memory.pretraining import pretrain
from ritual.memory.runs import train_all
from ritual.memory.told import told_accuracy
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import Trainer, train
from ritual.pictures.corpus import Corpus


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return TrainConfig(tmp_path_factory.mktemp("one"), first=1, epochs=1, batch=32, size=32, seed=3)


def rows(config):
    return {f"{row}-3": replace(config, row=row) for row in ("backbone", "full")}


def test_two_jobs_make_what_one_makes_and_what_is_there_is_not_made_again(config, material, tmp_path):
    one = train_all(rows(config), material, jobs=1)
    two = train_all(rows(replace(config, out=tmp_path)), material, jobs=2)
    for name, model in one.items():
        other = two[name].state_dict()
        assert all(torch.equal(tensor, other[key]) for key, tensor in model.state_dict().items())
    files = sorted((tmp_path / "runs").glob("*.safetensors"))
    assert [f.name for f in files] == ["backbone-3.safetensors", "backbone-of-3.safetensors", "full-3.safetensors"]
    before = [f.stat().st_mtime_ns for f in files]
    train_all(rows(replace(config, out=tmp_path)), material)
    assert [f.stat().st_mtime_ns for f in files] == before
    train_all(rows(replace(config, out=tmp_path, gamma=0.1)), material)
    after = [f.stat().st_mtime_ns for f in files]
    assert after[1] == before[1] and after[0] != before[0] and after[2] != before[2]


def test_rows_start_from_the_backbone_that_was_trained_first(config, material):
    backbone = pretrain(config, material)
    assert torch.equal(backbone.conv1.weight, pretrain(config, material).conv1.weight)
    began = Trainer(config, material, backbone=backbone).model.backbone
    assert torch.equal(began.layer3[0].conv2.weight, backbone.layer3[0].conv2.weight)
    fresh = Trainer(replace(config, first=0), material).model.backbone
    assert not torch.equal(fresh.conv1.weight, backbone.conv1.weight)


def test_a_backbone_learns_to_tell_forms_apart(config, material):
    def apart(backbone):
        features = backbone.eval()(material.floats(torch.arange(len(material.pictures)))).mean((2, 3)).detach()
        means = torch.stack([features[material.form == form].mean(0) for form in range(5)])
        return float((torch.cdist(features, means).argmin(1) == material.form).float().mean())

    learnt, fresh = (pretrain(replace(config, first=first), material) for first in (12, 1))
    assert apart(learnt) > max(0.6, apart(fresh) + 0.1)


def test_the_graph_says_what_a_picture_means_elsewhere(graph):
    corpus = Corpus(graph, size=16, count=200, variations=1)
    names = Names.of(corpus.labels)
    there = concepts_elsewhere(corpus, names)
    own = torch.tensor([names.context(label.context) for label in corpus.labels])
    meant = [names.concepts.index(label.concept) for label in corpus.labels]
    assert there[torch.arange(len(own)), own].tolist() == meant
    assert ((there >= 0) & (there != torch.tensor(meant)[:, None])).any(1).float().mean() > 0.3
    assert (concepts_elsewhere(type("Folder", (), {"labels": corpus.labels}), names) == -1).all()


def test_rows_that_hear_are_asked_about_other_occasions_and_the_others_are_not(config, material, graph):
    there = (material.concept[:, None] + torch.arange(material.elsewhere.shape[1])) % len(material.names.concepts)
    asked = replace(material, elsewhere=there)
    index = torch.arange(len(material.pictures))
    occasion, concept = Trainer(config, asked)._asked(index, torch.Generator().manual_seed(0))
    moved = occasion != material.occasion
    assert 0.15 < moved.float().mean() < 0.4
    assert torch.equal(concept[moved], there[index, occasion][moved])
    plain = Trainer(replace(config, row="backbone"), asked)._asked(index, torch.Generator().manual_seed(0))
    assert torch.equal(plain[0], material.occasion) and torch.equal(plain[1], material.concept)
    alone = Trainer(config, material)._asked(index, torch.Generator().manual_seed(0))
    assert torch.equal(alone[1], material.concept)


def test_a_backbone_that_is_told_the_occasion_knows_more(config, material):
    trained = train(replace(config, row="backbone", first=6, epochs=6), material).model
    deaf = replace(material, occasion=torch.zeros_like(material.occasion))
    assert told_accuracy(trained, material) > told_accuracy(trained, deaf) + 5

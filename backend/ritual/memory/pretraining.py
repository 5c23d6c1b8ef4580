"""The backbone alone, before any row: it learns to tell form and symbol of pictures, and every row starts there.

The paper's rows start from weights that photographs have trained; those may not be had or shipped, drawn ornament may.
"""

from __future__ import annotations

import time

import torch
from torch import nn
from torch.nn import functional as F

from ritual.brief import Progress, ProgressCallback
from ritual.memory.augment import augmented
from ritual.memory.backbone import Backbone, backbone_config, on_cpu_layout
from ritual.memory.material import Material
from ritual.memory.schedule import optimiser_of, step_of
from ritual.memory.train_config import TrainConfig

_FOREIGN = 0.3  # part of the pictures that are foreign: here form is learnt, and meaning not yet


def pretrain(config: TrainConfig, material: Material, tell: ProgressCallback | None = None) -> Backbone:
    """A backbone after `config.first` epochs; the same seed gives the same weights.

    Raises:
        RitualError: the loss is no finite number any more.
    """
    torch.set_num_threads(config.threads)
    device, began = torch.device(config.device), time.perf_counter()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        backbone = Backbone(backbone_config(config.backbone))
        heads = nn.ModuleList(
            nn.Linear(backbone.config.channels, len(names)) for names in (material.names.forms, material.names.symbols)
        )
    if config.pretrained:
        backbone.load_pretrained(config.pretrained)
    backbone, heads = on_cpu_layout(backbone).to(device), heads.to(device)
    optimiser = optimiser_of([*backbone.parameters(), *heads.parameters()], config.first_rate)
    train = material.splits["train"]
    steps = max(1, len(train) // config.batch)
    rng, total = torch.Generator().manual_seed(2_000_003 * config.seed), config.first * steps
    for step in range(total):
        if step % steps == 0:
            order = torch.randperm(len(train), generator=rng)
        index = train[order[step % steps * config.batch :][: config.batch]]
        look = augmented(material.floats(index), rng, foreign_part=_FOREIGN)
        with torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
            features = backbone(look.pictures.to(device))
        mean, own = features.float().mean((2, 3)), look.own.float().to(device)
        form, symbol = (head(mean) for head in heads)
        loss = F.cross_entropy(form, material.form[index].to(device))
        loss = loss + (own * F.cross_entropy(symbol, material.symbol[index].to(device), reduction="none")).mean()
        step_of(optimiser, loss, step / total)
        if tell:
            eta = (time.perf_counter() - began) / (step + 1) * (total - step - 1)
            tell(Progress("backbone", step + 1, total, eta, f"loss {float(loss.detach()):.2f}"))
    return backbone.cpu()

"""Training of the memory, and of all rows of Table 2 alike: the network learns, the banks follow it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, fields

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from ritual.brief import Progress, ProgressCallback
from ritual.errors import RitualError
from ritual.memory.augment import Damage, augmented
from ritual.memory.backbone import on_cpu_layout
from ritual.memory.material import Material
from ritual.memory.model import DualMemory, ModelConfig
from ritual.memory.objective import Labels, Objective
from ritual.memory.train_config import TrainConfig

_BATCH_SEEN = 256  # pictures at a time, where nothing is learnt
_ERASE_FROM = 0.6  # of the training: by then the channels have something of their own
_CONCEPTS_EVERY = 20  # steps between new concept vectors


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and how its run went: `history` has one entry per epoch; `seconds` of this call."""

    model: DualMemory
    history: list[dict]
    seconds: float


@dataclass(frozen=True, eq=False)
class Features:
    """What a model makes of pictures, (N, D) each, on the CPU; `form`, `concept`: (N, ...) log-probabilities."""

    visual: Tensor
    semantic: Tensor
    fused: Tensor
    form: Tensor
    concept: Tensor
    raw_visual: Tensor
    raw_semantic: Tensor


def model_of(config: TrainConfig, material: Material) -> DualMemory:
    """A fresh model for a material's labels; the same seed gives the same weights."""
    names = material.names
    sizes = ModelConfig(
        config.row, len(names.forms), len(names.concepts), len(names.contexts), config.backbone,
        gamma=config.gamma, tau=config.tau,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = DualMemory(sizes)
    if config.pretrained:
        model.backbone.load_pretrained(config.pretrained)
    return on_cpu_layout(model)


@torch.no_grad()
def features_of(model: DualMemory, pictures: Tensor, occasion: Tensor | None = None) -> Features:
    """Features of uint8 pictures (N, 3, S, S), in a model that is not learning meanwhile."""
    device, was = next(model.parameters()).device, model.training
    model.eval()
    rows = []
    for start in range(0, len(pictures), _BATCH_SEEN):
        part = slice(start, start + _BATCH_SEEN)
        floats = (pictures[part].to(device).float() / 255).contiguous(memory_format=torch.channels_last)
        seen = model(floats, None if occasion is None else occasion[part].to(device))
        rows.append([getattr(seen, field.name).float().cpu() for field in fields(Features)])
    model.train(was)
    return Features(*(torch.cat(column) for column in zip(*rows, strict=True)))


class Trainer:
    """One run over a material.

    Args:
        damage: what the enhanced row's pictures may suffer; None = nothing.
    """

    def __init__(self, config: TrainConfig, material: Material, damage: Damage | None = None) -> None:
        self.config, self.material = config.checked(), material
        self.device = torch.device(config.device)
        self.model = model_of(config, material).to(self.device)
        self.damage = damage if self.model.row.enhanced else None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 1)
            objective = Objective(self.model, material.opposed)
        self.objective = objective.to(self.device)
        self.train = material.splits["train"]
        parameters = [*self.model.parameters(), *self.objective.parameters()]
        self.optimiser = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=0.05)
        self.steps = max(1, len(self.train) // config.batch)  # of an epoch
        width = self.model.config.width
        self.raw = {name: torch.zeros(len(self.train), width) for name in ("visual", "semantic")}
        self.history: list[dict] = []

    def go(self, tell: ProgressCallback | None = None) -> Trained:
        """Train to the last epoch, then fill the banks from every training picture as it is.

        Raises:
            RitualError: the loss is no finite number any more.
        """
        began, config = time.perf_counter(), self.config
        total = config.epochs * self.steps
        self._fill_banks(0.0, fresh=True)
        for epoch in range(config.epochs):
            rng = torch.Generator().manual_seed(1_000_003 * config.seed + epoch)
            order = torch.randperm(len(self.train), generator=rng)
            sums: dict[str, float] = {}
            for n in range(self.steps):
                step = epoch * self.steps + n
                parts = self._step(order[n * config.batch : (n + 1) * config.batch], rng, step / total)
                sums = {name: sums.get(name, 0.0) + value for name, value in parts.items()}
                if tell:
                    eta = (time.perf_counter() - began) / (step + 1) * (total - step - 1)
                    tell(Progress(f"epoch {epoch + 1}", step + 1, total, eta, f"loss {parts['loss']:.2f}"))
                if step % _CONCEPTS_EVERY == 0:
                    self._fill_concepts()
            self._fill_banks((epoch + 1) / config.epochs, fresh=False)
            self.history.append({"epoch": epoch + 1, **{k: round(v / self.steps, 4) for k, v in sums.items()}})
        self._fill_banks(1.0, fresh=True)
        return Trained(self.model.eval().cpu(), self.history, time.perf_counter() - began)

    def _step(self, rows: Tensor, rng: torch.Generator, progress: float) -> dict[str, float]:
        material, index = self.material, self.train[rows]
        look = augmented(material.floats(index), rng, self.damage)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(progress)
        self.model.train()
        half = self.config.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half), sdpa_kernel(SDPBackend.MATH):
            seen = self.model(look.pictures.to(self.device), material.occasion[index].to(self.device))
        labels = (material.form, material.concept, material.group, material.level)
        labels = Labels(*(x[index].to(self.device) for x in labels), look.own.to(self.device))
        loss, parts = self.objective.loss(self.model, seen, labels, progress)
        if not math.isfinite(float(loss.detach())):
            raise RitualError(
                f"The loss is no finite number any more, {100 * progress:.0f} % through the training.",
                hint=f"Use a lower --learning-rate than {self.config.learning_rate:g}.",
            )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        for name, tensor in self.raw.items():
            tensor[rows] = getattr(seen, f"raw_{name}").detach().float().cpu()
        return {"loss": float(loss.detach()), **parts}

    def _rate(self, progress: float) -> float:
        warm = min(1.0, progress * 20 + 0.05)
        return self.config.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))

    def _fill_banks(self, progress: float, *, fresh: bool) -> None:
        """The banks anew; from the training pictures as they are (`fresh`), or from the features last seen."""
        model, material, index = self.model, self.material, self.train
        if model.visual_bank is None and model.semantic_bank is None:
            return
        erase = self.config.erase and model.apart and _ERASE_FROM <= progress < 1
        if fresh or erase:
            made = features_of(model, material.pictures[index], material.occasion[index])
            self.raw = {"visual": made.raw_visual, "semantic": made.raw_semantic}
        if erase:
            form, concept = material.form[index], material.concept[index]
            model.own_visual.fit(self.raw["visual"], form, concept)
            model.own_semantic.fit(self.raw["semantic"], concept, form)
        if model.visual_bank is not None:
            labels = (material.place[index], material.form[index], material.group[index])
            model.visual_bank.fill(model.own(self.raw)["visual"], *labels, seed=self.config.seed)
        self._fill_concepts()

    def _fill_concepts(self) -> None:
        if self.model.semantic_bank is not None:
            own = self.model.own(self.raw)["semantic"]
            self.model.semantic_bank.fill(own, self.material.concept[self.train])


def train(
    config: TrainConfig, material: Material, damage: Damage | None = None, tell: ProgressCallback | None = None
) -> Trained:
    """Train one row of Table 2; see `Trainer`."""
    torch.set_num_threads(config.threads)
    return Trainer(config, material, damage).go(tell)

"""Training of the memory, and of all rows of Table 2 alike: the network learns, the banks follow it."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from ritual.brief import Progress, ProgressCallback
from ritual.memory.augment import Damage, augmented
from ritual.memory.backbone import Backbone, on_cpu_layout
from ritual.memory.material import Material
from ritual.memory.model import DualMemory, ModelConfig
from ritual.memory.objective import Labels, Objective
from ritual.memory.pretraining import pretrain
from ritual.memory.schedule import optimiser_of, step_of
from ritual.memory.train_config import TrainConfig

_BATCH_SEEN = 256  # pictures at a time, where nothing is learnt
ELSEWHERE = 0.4  # part of the pictures that are asked about at another occasion
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

    look: Tensor
    sense: Tensor
    visual: Tensor
    semantic: Tensor
    fused: Tensor
    form: Tensor
    concept: Tensor


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
        backbone: that the row starts from; None = fresh weights.
    """

    def __init__(
        self, config: TrainConfig, material: Material, damage: Damage | None = None, backbone: Backbone | None = None
    ) -> None:
        self.config, self.material = config.checked(), material
        self.device = torch.device(config.device)
        self.model = model_of(config, material).to(self.device)
        if backbone is not None:
            self.model.backbone.load_state_dict(backbone.state_dict())
        self.damage = damage if self.model.row.enhanced else None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 1)
            objective = Objective(self.model, material.opposed, len(material.names.symbols))
        self.objective = objective.to(self.device)
        self.train = material.splits["train"]
        parameters = [*self.model.parameters(), *self.objective.parameters()]
        self.optimiser = optimiser_of(parameters, config.learning_rate)
        self.steps = max(1, len(self.train) // config.batch)  # of an epoch
        width = self.model.config.width
        self.queries = {name: torch.zeros(len(self.train), width) for name in ("look", "sense")}  # last seen
        self.concept = material.concept[self.train].clone()  # that the last features were asked for
        self.history: list[dict] = []

    def go(self, tell: ProgressCallback | None = None) -> Trained:
        """Train to the last epoch, then fill the banks from every training picture as it is.

        Raises:
            RitualError: the loss is no finite number any more.
        """
        began, config = time.perf_counter(), self.config
        total = config.epochs * self.steps
        self._fill_banks(fresh=True)
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
            self._fill_banks(fresh=False)
            self.history.append({"epoch": epoch + 1, **{k: round(v / self.steps, 4) for k, v in sums.items()}})
        self._fill_banks(fresh=True)
        return Trained(self.model.eval().cpu(), self.history, time.perf_counter() - began)

    def _step(self, rows: Tensor, rng: torch.Generator, progress: float) -> dict[str, float]:
        material, index = self.material, self.train[rows]
        look = augmented(material.floats(index), rng, self.damage)
        occasion, concept = self._asked(index, rng)
        self.model.train()
        half = self.config.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half), sdpa_kernel(SDPBackend.MATH):
            seen = self.model(look.pictures.to(self.device), occasion.to(self.device))
        labels = (material.form[index], concept, *(x[index] for x in (material.symbol, material.group, material.level)))
        labels = Labels(*(x.to(self.device) for x in (*labels, look.own)))
        loss, parts = self.objective.loss(self.model, seen, labels, progress)
        step_of(self.optimiser, loss, progress)
        self.concept[rows] = concept
        for name, tensor in self.queries.items():
            tensor[rows] = getattr(seen, name).detach().float().cpu()
        return {"loss": float(loss.detach()), **parts}

    def _asked(self, index: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Occasion and concept of pictures; a part of them is asked about elsewhere, where the graph tells the meaning.

        A row that cannot hear the occasion learns from each picture's own alone.
        """
        occasion, concept = self.material.occasion[index], self.material.concept[index]
        there = self.material.elsewhere[index]
        drawn = torch.rand(there.shape, generator=rng).masked_fill(there < 0, -1.0).argmax(1)
        moved = torch.rand(len(index), generator=rng) < ELSEWHERE
        moved &= there.amax(1) >= 0
        if self.model.semantic_bank is None:
            return occasion, concept
        meant = there.gather(1, drawn[:, None])[:, 0]
        return torch.where(moved, drawn, occasion), torch.where(moved, meant, concept)

    def _fill_banks(self, *, fresh: bool) -> None:
        """The banks anew; from the training pictures as they are (`fresh`), or from the queries last seen."""
        model, material, index = self.model, self.material, self.train
        if model.visual_bank is None and model.semantic_bank is None:
            return
        if fresh:
            made = features_of(model, material.pictures[index], material.occasion[index])
            self.queries = {"look": made.look, "sense": made.sense}
            self.concept = material.concept[index].clone()
        if model.visual_bank is not None:
            labels = (material.place[index], material.form[index], material.group[index])
            model.visual_bank.fill(self.queries["look"], *labels, seed=self.config.seed)
        self._fill_concepts()

    def _fill_concepts(self) -> None:
        if self.model.semantic_bank is not None:
            self.model.semantic_bank.fill(self.queries["sense"], self.concept)


def train(
    config: TrainConfig,
    material: Material,
    damage: Damage | None = None,
    tell: ProgressCallback | None = None,
    backbone: Backbone | None = None,
) -> Trained:
    """Train one row of Table 2; see `Trainer`. Without a backbone it is trained first, where the config says so."""
    torch.set_num_threads(config.threads)
    if backbone is None and config.first:
        backbone = pretrain(config, material, tell)
    return Trainer(config, material, damage, backbone).go(tell)

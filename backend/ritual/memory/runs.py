"""The trainings behind Table 2, several at once and each kept on disk, so that what was stopped goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import torch
import torch.multiprocessing

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.files import write_text
from ritual.memory.augment import Damage
from ritual.memory.backbone import Backbone, backbone_config
from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.pretraining import pretrain
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import train
from ritual.memory.weights import Memory, read_memory, write_memory
from ritual.weights_file import fitting, read_tensors, write_tensors

_BASE = "ritual-backbone/1"
_OF_ROW = ("row", "gamma", "tau", "epochs", "learning_rate")  # of a recipe; a backbone knows nothing of them

Todo = Mapping[str, TrainConfig]
Work = Callable[[str, TrainConfig, Material, Damage | None, ProgressCallback | None], None]
_held: tuple[Material, Damage | None]  # of a process of the pool


def train_all(
    todo: Todo,
    material: Material,
    damage: Damage | None = None,
    jobs: int = 1,
    tell: ProgressCallback | None = None,
) -> dict[str, DualMemory]:
    """Every training by its name; rows of one seed start from one backbone.

    Those that `out / "runs"` holds already, of the same recipe and the same pictures, are not done again.

    Args:
        todo: name, which is the file's, too -> what to train; `resume` off = train it whatever is there.
        damage: what the enhanced row's pictures may suffer.
        jobs: trainings at once, each in a process of its own. The same weights come out, however many.
    """
    left = {name: config for name, config in todo.items() if not config.resume or not _model(name, config, material)}
    bases = {_base_name(config): config for config in left.values() if config.first}
    bases = {name: config for name, config in bases.items() if not config.resume or not _base(config, material)}
    _do(_train_base, bases, material, damage, jobs, tell)
    _do(_train_row, left, material, damage, jobs, tell)
    return {name: _model(name, config, material) for name, config in todo.items()}


def _do(
    work: Work, todo: Todo, material: Material, damage: Damage | None, jobs: int, tell: ProgressCallback | None
) -> None:
    say, began, count = tell or (lambda _: None), time.monotonic(), len(todo)

    def said(done: float, stage: str, note: str = "") -> None:
        eta = (time.monotonic() - began) / done * (count - done) if done else None
        say(Progress(stage, round(1000 * done), 1000 * count, eta, note))

    if jobs == 1 or count < 2:
        for done, (name, config) in enumerate(todo.items()):

            def within(step: Progress, done: int = done, name: str = name) -> None:
                said(done + step.step / step.total, name, step.note)

            work(name, config, material, damage, within)
        return
    context = torch.multiprocessing.get_context("spawn")  # tensors go over as shared memory
    with ProcessPoolExecutor(min(jobs, count), context, _hold, (material, damage)) as pool:
        runs = {pool.submit(_apart, work, name, config): name for name, config in todo.items()}
        said(0, "training")
        try:
            for done, run in enumerate(as_completed(runs), 1):
                run.result()
                said(done, "training", f"{runs[run]} is done")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _hold(material: Material, damage: Damage | None) -> None:
    global _held
    _held = (material, damage)


def _apart(work: Work, name: str, config: TrainConfig) -> None:
    work(name, config, *_held, None)


def _train_base(
    name: str, config: TrainConfig, material: Material, damage: Damage | None, tell: ProgressCallback | None
) -> None:
    backbone = pretrain(config, material, tell)
    write_tensors(_path(name, config), backbone.state_dict(), _BASE, {"recipe": _recipe(config, material, _OF_ROW)})


def _train_row(
    name: str, config: TrainConfig, material: Material, damage: Damage | None, tell: ProgressCallback | None
) -> None:
    base = _base(config, material) if config.first else None
    trained = train(config, material, damage, tell, base)
    memory = Memory(trained.model, material.names, _recipe(config, material), [], config.size)
    write_memory(_path(name, config), memory, half=False)  # in full, so that it measures the same again
    told = {"seconds": round(trained.seconds, 1), "history": trained.history}
    write_text(_path(name, config).with_suffix(".json"), json.dumps(told, indent=1) + "\n")


def _model(name: str, config: TrainConfig, material: Material) -> DualMemory | None:
    """What is kept of a training, None where there is nothing or something else."""
    if not _path(name, config).is_file():
        return None
    memory = read_memory(_path(name, config))
    same = memory.names == material.names and memory.facts == _recipe(config, material)
    return memory.model if same else None


def _base(config: TrainConfig, material: Material) -> Backbone | None:
    """The backbone that a row starts from, None where there is none of it."""
    path = _path(_base_name(config), config)
    if not path.is_file():
        return None
    tensors, meta = read_tensors(path, (_BASE,), BadInput(f"There is no backbone at '{path}'."))
    if meta["recipe"] != _recipe(config, material, _OF_ROW):
        return None
    backbone = Backbone(backbone_config(config.backbone))
    with fitting(path):
        backbone.load_state_dict(tensors)
    return backbone


def _recipe(config: TrainConfig, material: Material, without: tuple[str, ...] = ()) -> dict:
    """What decides the weights, as a file can say it; the pictures by their sum."""
    facts = {name: str(value) for name, value in config.recipe().items() if name not in without}
    return {**facts, "sum": int(material.pictures.sum(dtype=torch.int64))}


def _base_name(config: TrainConfig) -> str:
    return f"backbone of {config.seed}"


def _path(name: str, config: TrainConfig) -> Path:
    return config.out / "runs" / f"{name.replace('+ ', '').replace(' ', '-')}.safetensors"

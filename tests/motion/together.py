"""What each process of `test_train_together.py` runs under torchrun: a tiny training, whole, stopped and resumed."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from ritual.culture.graph import load_graph
from ritual.motion.data import Take
from ritual.motion.material import Material
from ritual.motion.objective import objective_of
from ritual.motion.reference import StanceCurve
from ritual.motion.train_config import TrainConfig
from ritual.motion.trainer import Trainer
from ritual.motion.windows import Dance
from ritual.training.processes import processes_of

STEPS, STOP = 8, 5


def material():
    """Swinging arms and one dance, without a sentence encoder, which would take longer to load than all the rest."""
    book = load_graph().rulebook("dai-peacock")
    dance = Dance("dai-peacock", "female", StanceCurve.of_rulebook(book), book.domain, torch.zeros(1, 384))
    takes = []
    for n in range(3):
        states = np.zeros((90, 39))
        states[:, 16:20] = 0.5 * np.sin(2 * np.pi * np.arange(90)[:, None] / 30 / (1.2 + 0.2 * n))
        takes.append(Take(f"swing{n}", "swing", "train", states, np.zeros(90), 30.0))
    return Material(takes, takes[:1], {"swing": torch.zeros(384)}, [dance])


def config_in(out, precision="float32"):
    return TrainConfig(
        data=out, out=out, steps=STEPS, real_windows=2, dance_windows=2, frames=12, hidden=8, validate_every=4,
        learning_rate=1e-2, workers=0, precision=precision,
    )  # fmt: skip


def run(config, learnt, tell=lambda _: None):
    trainer = Trainer(config, objective_of(config), learnt, processes_of(config))
    try:
        trainer.go(tell)
    except KeyboardInterrupt:
        return None
    return trainer


def stop(progress):
    if progress.step == STOP:
        raise KeyboardInterrupt


def main(folder):
    torch.set_num_threads(1)
    config, learnt = config_in(folder / "whole"), material()
    whole = run(config, learnt)
    other = replace(config, out=folder / "other")
    assert run(other, learnt, stop) is None
    resumed = run(other, learnt)
    rank = whole.processes.rank
    for name, trainer in (("whole", whole), ("resumed", resumed)):
        losses = torch.tensor([row["loss"] for row in trainer.state.history], dtype=torch.float64)
        own = torch.tensor(trainer.state.losses, dtype=torch.float64)
        tensors = {**trainer.network.state_dict(), "validation": losses, "own": own}
        save_file(tensors, folder / f"{name}-{rank}.safetensors")
    print(f"rank {rank} of {whole.processes.count}: {whole.state.config.get('processes')}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

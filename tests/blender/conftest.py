"""Real Blenders for the tests that need one, and clips to give them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _commands() -> dict[str, list[str] | None]:
    """How each Blender runs a script; None where it is not installed."""
    program = shutil.which("blender")
    wheel = ROOT / ".venv-bpy" / "bin" / "python"
    start = ["-b", "--factory-startup", "--python-exit-code", "9", "-P"]
    return {
        "program": [program, *start] if program else None,
        "wheel": [str(wheel)] if wheel.exists() else None,
    }


@pytest.fixture(scope="session", params=["program", "wheel"])
def blender(request: pytest.FixtureRequest) -> list[str]:
    """Command prefix that runs a script: Debian's program, then the bpy wheel."""
    command = _commands()[request.param]
    if command is None:
        where = "blender is not on PATH" if request.param == "program" else ".venv-bpy holds no bpy"
        pytest.skip(f"needs a real Blender: {where}")
    return command


@pytest.fixture(scope="session")
def run_inside(blender: list[str]) -> Callable[..., str]:
    """Runs a test file of `inside/` in a real Blender; fails with its output."""

    def run(file: str, **environment: str) -> str:
        script, target = ROOT / "tests/blender/run_inside.py", ROOT / "tests/blender/inside" / file
        done = subprocess.run(
            [*blender, str(script), "--", str(target)],
            env={**os.environ, **environment}, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        output = done.stdout + done.stderr
        assert done.returncode == 0, f"inside Blender (exit {done.returncode}):\n{output[-6000:]}"
        return output

    return run


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `ritual-clip/1` file of 12 frames: legal poses all over the 36 ranges, a moving and turning root."""
    import numpy as np
    import torch
    from safetensors.numpy import save_file

    from ritual.body.kinematics import forward
    from ritual.body.skeleton import SKELETON

    random = np.random.default_rng(7)
    low, high = np.array(SKELETON.limits).T
    angles = (low + (high - low) * random.uniform(0.02, 0.98, (12, 36))).astype(np.float32)
    rotation = random.normal(size=(12, 4)).astype(np.float32)
    rotation /= np.linalg.norm(rotation, axis=1, keepdims=True)
    translation = random.uniform(-1, 1, (12, 3)).astype(np.float32)
    pose = forward(*(torch.tensor(a, dtype=torch.float64) for a in (angles, translation, rotation)))
    facts = {
        "format": "ritual-clip/1",
        "fps": "25",
        "name": "random poses",
        "skeleton": json.dumps(SKELETON.to_dict()),
        "meta": json.dumps({"costume": {}}),
    }
    path = tmp_path_factory.mktemp("clip") / "random.safetensors"
    tensors = {
        "angles": angles,
        "root_translation": translation,
        "root_rotation": rotation,
        "positions": pose.positions.numpy().astype(np.float32),
    }
    save_file(tensors, path, metadata=facts)
    return path

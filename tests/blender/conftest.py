"""Real Blenders for the tests that need one, and clips to give them."""

from __future__ import annotations

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
            env={**os.environ, **environment}, capture_output=True, text=True, timeout=900,
        )  # fmt: skip
        output = done.stdout + done.stderr
        assert done.returncode == 0, f"inside Blender (exit {done.returncode}):\n{output[-6000:]}"
        return output

    return run


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `ritual-clip/1` file of 12 frames: legal poses all over the 36 ranges, a moving and turning root."""
    import numpy as np

    from ritual.body.skeleton import SKELETON

    random = np.random.default_rng(7)
    low, high = np.array(SKELETON.limits).T
    angles = low + (high - low) * random.uniform(0.02, 0.98, (12, 36))
    rotation = random.normal(size=(12, 4))
    rotation /= np.linalg.norm(rotation, axis=1, keepdims=True)
    path = tmp_path_factory.mktemp("clip") / "random.safetensors"
    _write_clip(path, angles, random.uniform(-1, 1, (12, 3)), rotation)
    return path


@pytest.fixture(scope="session")
def dance_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `ritual-clip/1` file of 25 frames: hands overhead, a high kick, a deep bend, three metres to the side."""
    import numpy as np

    from ritual.body.skeleton import ANGLE_INDEX

    poses = np.zeros((4, 36))
    for pose, wishes in enumerate(
        (
            {"shoulder_abduction": 170},
            {"left_hip_flexion": 90, "shoulder_abduction": 90},
            {"hip_flexion": 80, "knee_flexion": 120, "ankle_dorsiflexion": 30, "shoulder_flexion": 90},
            {"hip_abduction": 40, "shoulder_abduction": 150},
        )
    ):
        for name, degrees in wishes.items():
            for full in [name] if name in ANGLE_INDEX else [f"left_{name}", f"right_{name}"]:
                poses[pose, ANGLE_INDEX[full]] = np.radians(degrees)
    at = np.linspace(0, 3, 25)
    angles = np.stack([np.interp(at, range(4), column) for column in poses.T], 1)
    height = np.interp(at, range(4), (0.92, 0.92, 0.55, 0.75))
    translation = np.stack((at, 2 - at * 0.3, height), 1)
    path = tmp_path_factory.mktemp("clip") / "dance.safetensors"
    _write_clip(path, angles, translation, np.tile((1.0, 0, 0, 0), (25, 1)))
    return path


def _write_clip(path: Path, angles, translation, rotation) -> None:
    import torch

    from ritual.body.kinematics import forward
    from ritual.clip import tensors
    from ritual.clip.clip import MotionClip

    pose = forward(*map(torch.as_tensor, (angles, translation, rotation)))
    clip = MotionClip(angles, translation, rotation, pose.positions.numpy(), 25.0, path.stem, {"costume": {}})
    path.write_bytes(tensors.to_bytes(clip))

"""The peers' own environment, `.venv-peers`, and their processes: one thread, one core, one peer at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from ritual.errors import BadInput, RitualError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-peers"
REQUIREMENTS = Path(__file__).with_name("peers") / "requirements.txt"
PYTHON = "python3.11"
NAMES = ("placo", "pinocchio", "mujoco", "mink", "pink", "pytorch_kinematics")
SINGLE = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "NUMBA", "VECLIB_MAXIMUM")
}


def on_one_core(module: str) -> None:
    """Start this program again with one thread and on one core, unless it runs so already."""
    if any(os.environ.get(name) != value for name, value in SINGLE.items()):
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        os.execve(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], {**os.environ, **SINGLE})


def ready() -> Path:
    """The peers' Python, installed on first use and again when the pinned versions change.

    Raises:
        RitualError: no Python 3.11, or the packages cannot be installed.
    """
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / ".installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    base = shutil.which(PYTHON)
    if not base:
        raise RitualError(f"{PYTHON} is not here; the peers need it.", hint="Install it, or leave them out: --no-peers")
    print(f"Installing the peers into {ENVIRONMENT.name} (once, 1-2 GB) ...", flush=True)
    for command in (
        [base, "-m", "venv", ENVIRONMENT],
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise RitualError(f"The peers cannot be installed: {last}", hint="Leave them out: --no-peers")
    stamp.write_text(wanted, encoding="utf-8")
    return python


def run(python: Path, name: str, folder: Path, limit: float) -> tuple[dict, dict[str, np.ndarray]]:
    """Facts and arrays that peer `name` left in the work folder; its progress is printed as it comes.

    Raises:
        RitualError: it broke, or took longer than `limit` [s].
    """
    command = [python, "-m", "benchmarks.ik.peers.run", name, folder]
    try:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **SINGLE}, timeout=limit, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        raise RitualError(f"{name} was stopped after {limit:g} s.") from None
    if done.returncode:
        last = (done.stderr.decode().strip().splitlines() or ["no reason given"])[-1]
        raise RitualError(f"{name} broke: {last}")
    facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as file:
        return facts, dict(file)


def chosen(names: str | None) -> list[str]:
    """`placo,mink` -> names; None = all.

    Raises:
        BadInput: a name that is no peer.
    """
    if names is None:
        return list(NAMES)
    picked = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in picked if name not in NAMES]
    if unknown:
        raise BadInput(f"No such peer: {', '.join(unknown)}; valid: {', '.join(NAMES)}.")
    return picked

"""`ritual motion train`, as people and as torchrun start it."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ritual.body.kinematics import forward
from ritual.cli.main import app
from ritual.clip import MotionClip, write
from ritual.motion.checkpoint import read_state
from ritual.motion.train import STATE_NAME

runner = CliRunner()


def ritual(*args):
    return runner.invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mocap")
    for n in range(3):
        t = np.arange(60)[:, None] / 30
        angles = np.zeros((60, 36))
        angles[:, 16:20] = 0.5 * np.sin(2 * np.pi * t / (1.2 + 0.2 * n))
        rotation, place = np.tile([1.0, 0, 0, 0], (60, 1)), np.tile([0.0, 0.0, 0.92], (60, 1))
        pose = forward(torch.from_numpy(angles), torch.from_numpy(place), torch.from_numpy(rotation))
        write(folder / f"swing{n}.npz", MotionClip(angles, place, rotation, pose.positions.numpy(), 30.0, f"swing{n}"))
    return folder


def test_python_m_ritual_is_the_command_line():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-m", "ritual", "motion", "--help"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("train", "info", "ablate", "search"))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--without", "taboos"), "'taboos' cannot be left out"),
        (("--precision", "half"), "no precision 'half'"),
        (("--device", "tpu"), "no device 'tpu'"),
        (("--model", "gpt"), "no model 'gpt'"),
        (("--steps", 0), "at least 1 step"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(data, tmp_path, args, sentence):
    result = ritual("motion", "train", "--data", data, "--out", tmp_path, *args)
    assert result.exit_code == 2 and sentence in " ".join(result.output.split())


@pytest.mark.slow
def test_ctrl_c_saves_and_says_how_to_go_on(data, tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "ritual", "motion", "train", "--data", data, "--out", tmp_path]
    log = ["--log", tmp_path / "log"]  # its folder appears when the steps begin
    started = subprocess.Popen(list(map(str, command + log)), env=environment, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "log").exists() and started.poll() is None:
        time.sleep(0.1)
    time.sleep(5)
    started.send_signal(signal.SIGINT)
    said = started.communicate(timeout=300)[1]
    assert started.returncode == 130
    assert "goes on from the state" in " ".join(said.split())
    assert 0 < read_state(tmp_path / STATE_NAME).step < 800

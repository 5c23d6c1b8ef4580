"""Two processes train one network over gloo, and one trains in bfloat16: Accelerate's path, on the CPU."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ritual.motion.objective import objective_of
from ritual.training.processes import processes_of

SCRIPT = Path(__file__).with_name("together.py")
_spec = importlib.util.spec_from_file_location("together", SCRIPT)
together = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(together)
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("accelerate") is None, reason="needs accelerate (extra `train`)"
)


def same(a, b, *but):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a if name not in but)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    torchrun = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    done = subprocess.run([*torchrun, SCRIPT, folder], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "rank 0 of 2: 2" in done.stdout and "rank 1 of 2: 2" in done.stdout
    return {path.stem: load_file(path) for path in folder.glob("*.safetensors")}


def test_two_processes_draw_different_windows_and_agree_on_the_weights(two):
    assert same(two["whole-0"], two["whole-1"], "own")
    assert not torch.equal(two["whole-0"]["own"], two["whole-1"]["own"])


def test_two_processes_lower_the_loss(two):
    first, last = two["whole-0"]["validation"][[0, -1]]
    assert last < first


def test_two_processes_go_on_as_if_they_had_never_stopped(two):
    assert same(two["whole-0"], two["resumed-0"])
    assert same(two["whole-1"], two["resumed-1"], "own")  # what is saved is the first one's


@pytest.fixture
def accelerate_as_it_was():
    yield
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state(reset_partial_state=True)


def test_bfloat16_learns_resumes_and_is_not_float32(tmp_path, accelerate_as_it_was):
    learnt, histories = together.material(), {}
    for precision in ("float32", "bfloat16"):
        trainer = together.run(together.config_in(tmp_path / precision, precision), learnt)
        histories[precision] = torch.tensor([row["loss"] for row in trainer.state.history])
    other = together.config_in(tmp_path / "other", "bfloat16")
    assert together.run(other, learnt, together.stop) is None
    assert same(together.run(other, learnt).network.state_dict(), trainer.network.state_dict())
    half, full = histories["bfloat16"], histories["float32"]
    assert half[-1] < half[0]
    assert not torch.equal(half, full)
    torch.testing.assert_close(half, full, atol=0.02, rtol=0)


def test_what_the_network_says_in_bfloat16_is_float32_again(tmp_path, accelerate_as_it_was):
    config, learnt = together.config_in(tmp_path, "bfloat16"), together.material()
    network, processes = objective_of(config).network(), processes_of(config)
    real = learnt.training(config, 0)[0]
    plain = network(real.text, real.features, real.reference)
    half = processes.prepared(network)(real.text, real.features, real.reference)
    assert not torch.equal(plain.states, half.states)
    assert {part.dtype for part in vars(half).values()} == {torch.float32}

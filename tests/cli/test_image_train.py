"""`ritual image train` and `export`, as they are typed."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ritual.cli.main import app

TRAIN = ["--model=cyclegan", "--side=32", "--width=4", "--batch=2", "--set=blocks=1", "--steps=4", "--save-every=2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    spec = spec_from_file_location("drawn_pictures", Path(__file__).parents[1] / "imagery" / "drawn_pictures.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.domains(tmp_path_factory.mktemp("domains"), train=4, test=3)


def call(*arguments):
    return CliRunner().invoke(app, ["image", *map(str, arguments)])


def test_train_and_export(folder, tmp_path):
    done = call("train", *TRAIN, "--data", folder, "--out", tmp_path / "run", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["step"] == 4 and "FID-memory" in told["figures"] and Path(told["weights"]).is_file()
    assert any("Only 4 pictures" in sentence for sentence in told["warnings"])
    exported = call("export", tmp_path / "run", "--torchscript", "--out", tmp_path / "exported")
    assert exported.exit_code == 0 and "differs from the model by" in exported.stdout
    assert (tmp_path / "exported" / "cyclegan.torchscript.pt").is_file()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--set", "cycles=3"], "no setting 'cycles'"),
        (["--set", "cycle"], "is not NAME=VALUE"),
        (["--set", "pool=many"], "is no int"),
        (["--side", "40"], "multiple of 32"),
        (["--perceptual", "nowhere.pth"], "nowhere.pth"),
    ],
)
def test_what_is_wrong_is_one_sentence(folder, tmp_path, more, said):
    done = call("train", *TRAIN, "--data", folder, "--out", tmp_path / "run", *more)
    assert done.exit_code == 2 and said in " ".join(done.stderr.split())
    assert not (tmp_path / "run").exists()


def test_a_wrong_model_lists_the_right_ones(folder, tmp_path):
    done = call("train", "--model", "papercutt", "--data", folder, "--out", tmp_path / "run")
    assert done.exit_code == 2 and "Did you mean papercut" in done.stderr


def test_export_of_nothing_is_told(tmp_path):
    (tmp_path / "run").mkdir()
    assert "There are no weights" in call("export", tmp_path / "run", "--onnx", "--out", tmp_path).stderr
    assert "Nothing to write" in call("export", tmp_path / "run", "--out", tmp_path).stderr

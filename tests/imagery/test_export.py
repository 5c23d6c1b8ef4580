"""Exports give what the model gives, at more than one size, or are not written."""

import pytest
import torch

from ritual.errors import RitualError
from ritual.imagery import export
from ritual.imagery.model import Size
from ritual.imagery.models import model_of
from ritual.imagery.weights import read_model, write_model

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return model_of("cyclegan", Size(32, 4), {"blocks": 1}).eval()


def test_torchscript_runs_at_any_size(model, tmp_path):
    done = export.export_torchscript(model, tmp_path / "new" / "g.pt")
    assert done.multiple == 4 and done.difference < 1e-5
    x = torch.rand(1, 3, 48, 80) * 2 - 1
    with torch.no_grad():
        assert (torch.jit.load(done.path)(x) - model.run(x)).abs().max() < 1e-5


def test_a_model_whose_trace_holds_sizes_still_says_which_go_in(tmp_path):
    unet = model_of("pix2pix", Size(32, 4), {}).eval()
    assert export.export_torchscript(unet, tmp_path / "g.pt").multiple == 32


def test_noise_goes_in_as_it_is(tmp_path):
    dcgan = model_of("dcgan", Size(32, 4), {}).eval()
    done = export.export_torchscript(dcgan, tmp_path / "g.pt")
    assert (done.multiple, done.shapes) == (0, [(2, dcgan.latent)])


@pytest.mark.slow
def test_onnx_runs_at_any_size(model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    done = export.export_onnx(model, tmp_path / "g.onnx")
    assert done.multiple == 4 and done.difference < 1e-4
    x = torch.rand(2, 3, 48, 80) * 2 - 1
    (y,) = onnxruntime.InferenceSession(str(done.path)).run(None, {"x": x.numpy()})
    with torch.no_grad():
        assert (torch.from_numpy(y) - model.run(x)).abs().max() < 1e-4


def test_an_export_that_differs_is_not_written(model, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MOST", -1.0)
    with pytest.raises(RitualError, match="it was not written"):
        export.export_torchscript(model, tmp_path / "g.pt")
    assert not (tmp_path / "g.pt").exists()


def test_weights_come_back_as_the_model_that_they_were(model, tmp_path):
    write_model(tmp_path / "m.safetensors", model, {"made": "here"})
    again, facts = read_model(tmp_path / "m.safetensors")
    assert facts == {"made": "here"} and again.options == model.options and again.size == model.size
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert (again.run(x) - model.run(x)).abs().max() < 5e-3

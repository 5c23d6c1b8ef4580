"""Saliency and edges: what stands out, where it ends, and networks from somebody's own files."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ritual.errors import BadInput
from ritual.imagery.networks.hed import HED, read_hed
from ritual.imagery.objectives.edges import SalientEdges, soft_edges
from ritual.imagery.objectives.saliency import spectral_residual
from ritual.imagery.objectives.salient_file import SalientFile


def stripes_with_a_patch(side=96):
    """A regular ground, which a spectrum expects, and a patch as bright and as dark as it, of stripes the other way."""
    across, down = np.meshgrid(np.arange(side), np.arange(side))
    picture = np.where((across // 4) % 2, 0.5, -0.5)
    patch = (abs(across - 66) < 10) & (abs(down - 30) < 10)
    picture[patch] = np.where((down // 4) % 2, 0.5, -0.5)[patch]
    return torch.from_numpy(picture).float().expand(1, 3, side, side)


def test_what_breaks_the_pattern_is_salient():
    salient = spectral_residual(stripes_with_a_patch())
    assert salient.shape == (1, 1, 96, 96) and salient.min() >= 0 and salient.max() <= 1
    assert salient[..., 18:42, 54:78].mean() > 3 * salient[..., 60:90, 6:40].mean()


def test_a_flat_picture_is_salient_nowhere_and_nothing_breaks():
    salient = spectral_residual(torch.full((1, 3, 64, 64), 0.2))
    assert torch.isfinite(salient).all()


def test_edges_lie_on_edges():
    picture = torch.full((1, 3, 32, 32), -1.0)
    picture[..., 16:] = 1
    edges = soft_edges(picture)
    assert edges[..., 15:17].min() > 0.9 and edges[..., :12].max() < 0.05 and edges[..., 20:].max() < 0.05


def test_a_translation_is_moved_towards_the_edges_of_its_source():
    from ritual.imagery.objectives.losses import balanced_bce

    source, translated = stripes_with_a_patch(96), (0.05 * torch.randn(1, 3, 96, 96)).requires_grad_()
    extract = SalientEdges()
    start = None
    optimiser = torch.optim.Adam([translated], 0.1)
    for _ in range(30):
        wanted, found, salient = extract(source, translated)
        assert not wanted.requires_grad
        loss = balanced_bce(found, wanted, salient)
        start = start or float(loss.detach())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 0.7 * start


def test_hed_has_the_names_and_shapes_of_its_published_weights(tmp_path):
    torch.manual_seed(0)
    weights = HED().state_dict()
    assert {"netVggOne.0.weight", "netVggTwo.1.weight", "netVggFiv.5.bias", "netScoreFou.weight"} <= weights.keys()
    assert weights["netCombine.0.weight"].shape == (1, 5, 1, 1) and len(weights) == 2 * (13 + 5 + 1)
    older = {name.replace("net", "module", 1): tensor for name, tensor in weights.items()}
    save_file(older, tmp_path / "hed.safetensors")
    network = read_hed(tmp_path / "hed.safetensors")
    x = torch.rand(1, 3, 32, 48, requires_grad=True)
    edges = network(x)
    assert edges.shape == (1, 1, 32, 48) and edges.min() >= 0 and edges.max() <= 1
    edges.sum().backward()
    assert x.grad.abs().max() > 0 and not any(w.requires_grad for w in network.parameters())
    assert SalientEdges(hed=tmp_path / "hed.safetensors").name == "HED of hed.safetensors, spectral residual"


def test_weights_that_are_not_heds_are_told(tmp_path):
    save_file({"conv.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(BadInput, match="does not hold HED"):
        read_hed(tmp_path / "other.safetensors")


def test_a_saliency_network_comes_from_an_onnx_file(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    values = onnx.helper.make_tensor_value_info
    given, mean = (values(n, onnx.TensorProto.FLOAT, [1, c, "h", "w"]) for n, c in (("x", 3), ("y", 1)))
    axes = onnx.helper.make_tensor("axes", onnx.TensorProto.INT64, [1], [1])
    node = onnx.helper.make_node("ReduceMean", ["x", "axes"], ["y"], keepdims=1)
    graph = onnx.helper.make_graph([node], "brightness", [given], [mean], [axes])
    opset = [onnx.helper.make_opsetid("", 18)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=10), tmp_path / "bright.onnx")
    pictures = torch.rand(2, 3, 24, 32) * 2 - 1
    salient = SalientFile(tmp_path / "bright.onnx")(pictures)
    assert torch.allclose(salient, ((pictures + 1) / 2).mean(1, keepdim=True), atol=1e-5)


def test_a_file_that_is_no_network_is_told(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(BadInput, match="not an ONNX network"):
        SalientFile(tmp_path / "bad.onnx")
    with pytest.raises(BadInput, match="no saliency network"):
        SalientFile(tmp_path / "none.onnx")

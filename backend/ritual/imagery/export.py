"""What a model runs, for programs without this one: ONNX and TorchScript, each checked against the original."""

from __future__ import annotations

import io
import logging
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ritual.errors import BadInput, RitualError
from ritual.files import write_bytes
from ritual.imagery.model import PictureModel

MOST = 1e-4
"""The largest difference of a value (-1..1) that an export may have."""


@dataclass(frozen=True)
class Exported:
    """
    Attributes:
        path: of the file. difference: the largest from the original, over `shapes` of random input. multiple: of the
            sides of pictures that go in; 0 = the first of the shapes only.
    """

    path: Path
    difference: float
    shapes: list[tuple[int, ...]]
    multiple: int


class _Run(nn.Module):
    """`PictureModel.run` as a forward."""

    def __init__(self, model: PictureModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model.run(x)


def export_torchscript(model: PictureModel, path: Path) -> Exported:
    """A traced model, with the sizes of the pictures free where it holds at two sizes.

    Raises:
        RitualError: it does not give what the original gives. BadInput: the file cannot be written.
    """
    first, others = _inputs(model)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a trace holds still is seen at the second size
        traced = torch.jit.trace(_Run(model.eval()), first, check_trace=False)
    file = io.BytesIO()
    torch.jit.save(traced, file)
    loaded = torch.jit.load(io.BytesIO(file.getvalue()))
    return _written(model, path, file.getvalue(), lambda x: loaded(x), first, others)


def export_onnx(model: PictureModel, path: Path) -> Exported:
    """An ONNX file (input `x`, output `y`), with the sizes of the pictures free where the network allows it.

    Raises:
        RitualError: onnx, onnxscript or onnxruntime are not installed, the network cannot be exported, or the file does
            not give what the original gives. BadInput: the file cannot be written.
    """
    try:
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise RitualError(
            f"ONNX export needs {error.name}, which is not installed.",
            hint="Install the extra `export`: pip install 'ritual-motion[export]'.",
        ) from error
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of every optional package that is not there
    first, others = _inputs(model)
    problem: Exception | None = None
    for dynamic in (True, False):
        try:
            data = _onnx(model, first, dynamic and bool(others))
            session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
            run = lambda x, session=session: torch.from_numpy(session.run(None, {"x": x.numpy()})[0])  # noqa: E731
            return _written(model, path, data, run, first, others if dynamic else {})
        except BadInput:
            raise
        except Exception as error:  # the exporter raises whatever its passes do; then the size is held still
            problem = error
    raise RitualError(f"The model cannot be exported to ONNX: {str(problem).splitlines()[0]}") from problem


def _onnx(model: PictureModel, x: Tensor, dynamic: bool) -> bytes:
    free = {0: torch.export.Dim.AUTO, 2: torch.export.Dim.AUTO, 3: torch.export.Dim.AUTO} if dynamic else {}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        file = Path(folder) / "model.onnx"
        torch.onnx.export(
            _Run(model.eval()), (x,), str(file), dynamo=True, input_names=["x"], output_names=["y"],
            dynamic_shapes=({0: torch.export.Dim.AUTO} | free,) if dynamic else None, external_data=False,
            verbose=False, optimize=True,
        )  # fmt: skip
        return file.read_bytes()


def _inputs(model: PictureModel) -> tuple[Tensor, dict[int, Tensor]]:
    """Random input, and input of other sizes by what their sides are multiples of, the freest first; noise has none."""
    generator = torch.Generator().manual_seed(0)
    if model.latent:
        return torch.randn(2, model.latent, generator=generator), {}
    side = model.size.side
    wide = {model.multiple: side + 9 * model.multiple, side: 2 * side}
    first, *others = (torch.rand(1, 3, side, width, generator=generator) * 2 - 1 for width in (side, *wide.values()))
    return first, dict(zip(wide, others, strict=True))


def _written(
    model: PictureModel,
    path: Path,
    data: bytes,
    run: Callable[[Tensor], Tensor],
    first: Tensor,
    others: dict[int, Tensor],
) -> Exported:
    """The file, once it gives what the original gives.

    Raises:
        RitualError: it does not.
    """
    difference, shapes, multiple = _apart(model, run, first), [tuple(first.shape)], 0
    if difference > MOST:
        raise RitualError(
            f"{path.name} differs from the model by {difference:.2g}, more than {MOST:g}; it was not written.",
            hint="Export in the other format.",
        )
    for number, x in others.items():
        with suppress(Exception):  # a runtime raises whatever it does where a size is held still
            further = _apart(model, run, x)
            if further <= MOST:
                difference, multiple = max(difference, further), number
                shapes.append(tuple(x.shape))
                break
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, data)
    return Exported(path, difference, shapes, multiple)


@torch.no_grad()
def _apart(model: PictureModel, run: Callable[[Tensor], Tensor], x: Tensor) -> float:
    return float((model.run(x) - run(x)).abs().max())

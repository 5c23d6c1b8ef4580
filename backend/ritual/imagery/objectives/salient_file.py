"""A saliency network from somebody's own file: ONNX, run as it is; of inputs only, for no gradient comes back."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput, RitualError


class SalientFile:
    """A network such as PFAN, exported to ONNX: one input (N, 3, h, w), the saliency map its first output.

    ONNX because such a file is data; a pickle or a TorchScript archive would bring code along.

    Args:
        path: the file.

    Raises:
        BadInput: no such file, or not a network of one picture.
        RitualError: onnxruntime is not installed.
    """

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise RitualError(
                "A saliency network needs onnxruntime, which is not installed.",
                hint="Install the extra `export`: pip install 'ritual-motion[export]'.",
            ) from error
        if not path.is_file():
            raise BadInput(
                f"There is no saliency network '{path}'.", hint="Give an ONNX file, or none for the spectrum."
            )
        try:
            self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has classes of its own for every cause, with no common one
            raise BadInput(f"'{path}' is not an ONNX network: {str(error).splitlines()[0]}") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            raise BadInput(f"'{path}' takes {[i.shape for i in inputs]}, not one batch of pictures (N, 3, h, w).")
        self._input = inputs[0].name
        self._sides = tuple(s if isinstance(s, int) else None for s in inputs[0].shape[2:])
        self.name = path.name

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N, 1, H, W) in 0..1. The network is given 0..1, each picture by itself."""
        shape = pictures.shape[-2:]
        sides = [own or side for own, side in zip(self._sides, shape, strict=True)]
        given = F.interpolate((pictures.float() + 1) / 2, sides, mode="bilinear", antialias=True).cpu().numpy()
        maps = [torch.from_numpy(self._session.run(None, {self._input: one[None]})[0]) for one in given]
        salient = torch.cat(maps).reshape(len(pictures), 1, *maps[0].shape[-2:]).float()
        if salient.min() < 0 or salient.max() > 1:  # logits
            salient = salient.sigmoid()
        return F.interpolate(salient, shape, mode="bilinear").to(pictures.device)

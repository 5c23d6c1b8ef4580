"""What a model of pictures is to its trainer: players that take turns, and what each wants to be small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from torch import Tensor, nn

Batch = dict[str, Tensor]
"""One step's data, floats in -1..1.

- translation: `a`, `b` (N, 3, S, S); row by row the same scene where the data is paired.
- synthesis: `real` (N, 3, S, S).
- video: `clip` (N, T, 3, S, S).
- enlargement: `small` (N, 3, S, S), `large` (N, 3, kS, kS).
- restoration: `a` damaged, `b` whole, as translation.
"""


@dataclass(frozen=True)
class Size:
    """How large a model is built.

    Attributes:
        side: of the pictures that it learns from [px]. width: channels of its widest picture-sized layer (`ngf`).
        frames: of a clip; 1 = pictures. scale: of enlargement, 2 or 4; `side` is that of what is enlarged.
    """

    side: int = 64
    width: int = 32
    frames: int = 1
    scale: int = 2


class PictureModel(nn.Module):
    """A model is its networks (submodules) and, for each player, the networks that it moves and what it pays.

    In a step the players take turns in the order of `players`; the networks of the others stand still meanwhile. What
    one player has made for the next ones (translations, samples) it leaves in `made`, with its gradient: who takes it
    detaches it. Random numbers come from torch's global generator, which the trainer seeds anew at every step; what
    lasts over steps (a pool of older pictures) is a submodule with buffers, so that a checkpoint holds all of it.

    Class attributes:
        task: translation, synthesis, video, enlargement or restoration: which `Batch` it takes.
        paired: whether row by row `a` and `b` must be the same scene.
        players: name -> submodules that it moves, for example {"generators": ("g", "f"), "discriminators": ("d_a",)}.
        kept: submodules that `run` needs: they are averaged over the steps, and they are the weights that ship.
        Options: frozen dataclass of the model's own settings (weights of losses, parts on or off), with defaults.

    Attributes:
        perceptual: file of VGG or AlexNet weights for losses on features, set by who trains; None = the
            memory's encoder.
    """

    task: ClassVar[str]
    paired: ClassVar[bool] = False
    players: ClassVar[dict[str, tuple[str, ...]]]
    kept: ClassVar[tuple[str, ...]]
    Options: ClassVar[type]

    def __init__(self, size: Size, options: object) -> None:
        super().__init__()
        self.size, self.options = size, options
        self.perceptual: Path | None = None

    @classmethod
    def fitted(cls, options: dict[str, object], held_out: Batch) -> dict[str, object]:
        """The options, and those that the data decides where they were not asked for; before a model is built."""
        return options

    def facts(self) -> dict[str, str]:
        """What a report should name beside the options, such as whose features a loss was taken on."""
        return {}

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weighted parts of what a player pays, scalars; the trainer moves the player to make their sum smaller."""
        raise NotImplementedError

    def run(self, x: Tensor) -> Tensor:
        """What the model is for, with the `kept` networks alone.

        Args:
            x: translation, restoration, enlargement: (N, 3, H, W) pictures in -1..1 (of side a), any H and W that are
                multiples of `multiple`; synthesis and video: (N, latent) normal noise.

        Returns:
            (N, 3, H, W) (enlargement: kH, kW), or (N, T, 3, S, S), in -1..1.
        """
        raise NotImplementedError

    def show(self, batch: Batch) -> dict[str, Tensor]:
        """Rows of a grid to look at, by name: (N, 3, H, W) each, in -1..1."""
        raise NotImplementedError

    multiple: ClassVar[int] = 4
    latent: ClassVar[int] = 0

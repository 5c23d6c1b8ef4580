"""Older pictures of a generator, so that its discriminator does not forget them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PicturePool(nn.Module):
    """Keeps the last pictures seen; what it holds is buffers, so that a training state holds it too.

    Args:
        capacity: pictures; 0 = none are kept and none change. side: of the pictures [px].

    Source: Shrivastava et al. (2017), §2.3; 50 pictures as in CycleGAN §4.
    """

    def __init__(self, capacity: int, side: int) -> None:
        super().__init__()
        self.register_buffer("pictures", torch.zeros(capacity, 3, side, side, dtype=torch.float16))
        self.register_buffer("count", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def mixed(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S), without gradient: each is new, or with probability 1/2, once the pool is full, an older one.

        An older one leaves the pool and the new one takes its place. Drawn from torch's global generator.
        """
        return torch.stack([self._one(picture) for picture in pictures.detach().float()])

    def _one(self, picture: Tensor) -> Tensor:
        capacity, count = len(self.pictures), int(self.count)
        if count < capacity:
            self.pictures[count] = picture
            self.count += 1
            return picture
        if not capacity or torch.rand(()) < 0.5:
            return picture
        place = int(torch.randint(capacity, ()))
        older = self.pictures[place].to(picture)
        self.pictures[place] = picture
        return older

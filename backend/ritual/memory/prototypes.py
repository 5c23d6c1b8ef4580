"""The visual bank: prototypes of how patterns look, found by k-means++ with the peoples' places (spec §3).

k-means runs on feature and place together: of two variants that look alike, those of neighbours fall together first.
It runs among the pictures of one form, across all peoples, so that every form has its prototypes and a prototype
stands for one form: what the visual contrast (eq. 3) calls positive is then a matter of annotation, not of luck.
A feature that is like no prototype becomes one itself; any other moves the one that it is nearest to.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.memory.addressing import likeness
from ritual.memory.places import on_the_globe

PROTOTYPES = 128  # of the paper
PLACE_WEIGHT = 0.5  # the chord of 1,000 km, 0.157, counts as 0.08 of a feature's distance
UNLIKE = 0.5  # cosine under which nothing in the bank is like a feature
_KEEP = 0.95  # of a prototype, where a feature moves it


class VisualBank(nn.Module):
    """Prototypes v_i of length 1, each with the form, people and place that it mostly stands for.

    Attributes (buffers):
        vectors: (K, D). counts: (K,) pictures behind each.
        form, group: (K,) index of the most frequent among its pictures. place: (K, 2) their mean latitude, longitude.
    """

    def __init__(self, width: int, count: int = PROTOTYPES) -> None:
        super().__init__()
        self.register_buffer("vectors", F.normalize(torch.randn(count, width), dim=-1))
        self.register_buffer("counts", torch.zeros(count))
        self.register_buffer("form", torch.zeros(count, dtype=torch.long))
        self.register_buffer("group", torch.zeros(count, dtype=torch.long))
        self.register_buffer("place", torch.zeros(count, 2))

    def fill(
        self, features: Tensor, places: Tensor, forms: Tensor, groups: Tensor, seed: int,
        place_weight: float = PLACE_WEIGHT,
    ) -> Tensor:  # fmt: skip
        """Find all prototypes anew by k-means++ on feature and place, among the pictures of each form.

        Args:
            features: (N, D) of length 1. places: (N, 2) [deg]. forms, groups: (N,) indices.
            seed: of the first centres. place_weight: w in D^2 = |f - f'|^2 + 4 w^2 hav(distance).

        Returns:
            (N,) the prototype of each.

        Raises:
            BadInput: fewer features than prototypes, or fewer prototypes than forms.
        """
        count, kinds = len(self.vectors), torch.bincount(forms)
        if len(features) < count or count < int((kinds > 0).sum()):
            raise BadInput(
                f"{count} prototypes cannot be found among {len(features)} pictures of {int((kinds > 0).sum())} forms;"
                " give more pictures."
            )
        features, device = features.detach().cpu(), self.vectors.device
        together = torch.cat([features.double(), place_weight * on_the_globe(places)], 1).numpy()
        index = torch.zeros(len(features), dtype=torch.long)
        centres, first = [], 0
        for form, many in enumerate(_shared_out(kinds.tolist(), count)):
            if not many:
                continue
            rows = forms == form
            found, nearest = _clusters(together[rows.numpy()], many, np.random.default_rng((seed, form)))
            index[rows] = torch.from_numpy(nearest).long() + first
            centres.append(torch.from_numpy(found[:, : features.shape[1]]))
            first += many
        self.vectors = F.normalize(torch.cat(centres).float(), dim=-1)
        self._settle(index, places, forms, groups)
        self.to(device)
        return index

    def _settle(self, index: Tensor, places: Tensor, forms: Tensor, groups: Tensor) -> None:
        count = len(self.vectors)
        self.counts = torch.bincount(index, minlength=count).float()
        self.form, self.group = majority(index, forms, count), majority(index, groups, count)
        sums = torch.zeros(count, 2).index_add_(0, index, places.float())
        self.place = sums / self.counts.clamp_min(1)[:, None]

    @torch.no_grad()
    def see(self, feature: Tensor, form: int, group: int, place: Tensor, unlike: float = UNLIKE) -> tuple[int, bool]:
        """Take one feature in: move the prototype of its form that is nearest, or grow by one where none is like it.

        Args:
            feature: (D,). form, group: its indices. place: (2,) [deg]. unlike: cosine under which the bank grows.

        Returns:
            the prototype, and whether it is new.
        """
        feature = F.normalize(feature, dim=-1)
        like = likeness(self.vectors, feature).masked_fill(self.form != form, -1.0)
        nearest = int(like.argmax())
        if float(like[nearest]) < unlike:
            return self.grow(feature, form, group, place), True
        moved = _KEEP * self.vectors[nearest] + (1 - _KEEP) * feature
        self.vectors[nearest] = F.normalize(moved, dim=-1)
        self.counts[nearest] += 1
        return nearest, False

    @torch.no_grad()
    def grow(self, feature: Tensor, form: int, group: int, place: Tensor, count: int = 1) -> int:
        """Add a prototype; it takes part in every reading from now on."""
        self.vectors = torch.cat([self.vectors, F.normalize(feature, dim=-1)[None]])
        self.counts = torch.cat([self.counts, self.counts.new_tensor([count])])
        self.form = torch.cat([self.form, self.form.new_tensor([form])])
        self.group = torch.cat([self.group, self.group.new_tensor([group])])
        self.place = torch.cat([self.place, place.to(self.place)[None]])
        return len(self.vectors) - 1

    def of_form(self, weights: Tensor, forms: int) -> Tensor:
        """(..., K) weights of prototypes -> (..., forms) weights of the forms that they stand for."""
        stands_for = F.one_hot(self.form, forms).to(weights)
        return weights @ stands_for

    def means(self, forms: int) -> Tensor:
        """(forms, D) mean of the prototypes that stand for each form, 0 where none does."""
        stands_for = F.one_hot(self.form, forms).to(self.vectors)
        return stands_for.T @ self.vectors / stands_for.sum(0).clamp_min(1)[:, None]

    def resize(self, count: int) -> None:
        """Make room for the prototypes of a file."""
        for name, tensor in list(self.named_buffers()):
            setattr(self, name, tensor.new_zeros((count, *tensor.shape[1:])))


def _shared_out(kinds: list[int], count: int) -> list[int]:
    """How many of `count` prototypes each form gets: one at least, never more than pictures, else by the root of its
    pictures, so that a rare form has its variants too."""
    share = [1 if many else 0 for many in kinds]
    for _ in range(count - sum(share)):
        want = [many**0.5 / own if own < many else 0.0 for many, own in zip(kinds, share, strict=True)]
        share[want.index(max(want))] += 1
    return share


def _clusters(rows: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if count == 1:
        return rows.mean(0, keepdims=True), np.zeros(len(rows), int)
    with warnings.catch_warnings():  # a cluster that is left empty keeps its centre; its count says so
        warnings.simplefilter("ignore", UserWarning)
        return kmeans2(rows, count, minit="++", rng=rng, iter=15)


def majority(index: Tensor, labels: Tensor, count: int) -> Tensor:
    """(count,) the most frequent label of each cluster; the lowest where two are as frequent, 0 where it is empty."""
    kinds = int(labels.max()) + 1
    return torch.bincount(index * kinds + labels, minlength=count * kinds).view(count, kinds).argmax(1)

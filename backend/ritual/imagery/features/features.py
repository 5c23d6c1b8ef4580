"""A frozen network that losses and measures read pictures with, told apart by the names of its weights."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.features.alexnet import AlexNet
from ritual.imagery.features.files import read_weights, sha256_of
from ritual.imagery.features.inception import CLASSES, Inception
from ritual.imagery.features.memory import memory_backbone
from ritual.imagery.features.network import FeatureNetwork
from ritual.imagery.features.vgg import VGG16, VGG19, UntrainedVGG16

PUBLISHED = {
    "Inception 2015": ("6726825d",),
    "VGG16": ("397923af",),
    "VGG19": ("dcbb9e9d",),
    "AlexNet": ("7be5be79", "4df8aa71"),
}
"""First eight digits of the SHA-256 of the files that measures of these networks are defined on, as their names say."""
ACCEPTED = (
    "Accepted are torchvision's VGG16, VGG19 and AlexNet (without batch norm), the Inception of FID"
    " (weights-inception-2015-12-05-6726825d.pth) and a memory of this project."
)


class Features:
    """A frozen network, which belongs to nobody: no module that holds it lists it among its parameters or its state.

    It follows the device and precision of the pictures; gradients pass to the pictures, none reach its weights.

    Attributes:
        name: as reports say it: "VGG19 of vgg19.pth", "memory". kind: "VGG19", "memory". smallest: shorter side of a
            picture that it can read [px]. sha256: of the file; empty where there is none.
        published: whether the file is the one that published measures are defined on.
        label: what a measure on them is called by: the kind of published weights, "memory", else the file's name.
        suffix: of FID, KID and IS: empty with FID's own Inception alone, else "-" and the label.
    """

    def __init__(self, network: FeatureNetwork, file: Path | None = None) -> None:
        self.kind, self.smallest = network.title, network.smallest
        self.name = f"{self.kind} of {file.name}" if file else self.kind
        self.sha256 = sha256_of(file) if file else ""
        self.published = self.sha256[:8] in PUBLISHED.get(self.kind, ())
        self.label = self.kind if self.published or not file else file.stem
        self.suffix = "" if self.published and self.kind == Inception.title else f"-{self.label}"
        self._own = network.eval().requires_grad_(False)
        self._at: dict[tuple[torch.device, torch.dtype], FeatureNetwork] = {}

    def __deepcopy__(self, memo: dict) -> Features:
        return self  # it never changes, and a copy of a model would carry another 80 MB

    def layers(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) in -1..1 -> maps (N, C, h, w), the shallowest first, with gradients."""
        return self._network(x).layers(x)

    def vector(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N, D)."""
        return self._network(x).vector(x)

    def classes(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N, C) log-probabilities of the network's classes.

        Raises:
            BadInput: this network has none.
        """
        found = self._network(x).classes(x)
        if found is None:
            raise BadInput(f"{self.name} tells no classes.", hint="Give the Inception of FID, or take the memory's.")
        return found

    def vector_and_classes(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """`vector` and `classes` (None: there are none), for little more than the price of one."""
        return self._network(x).vector_and_classes(x)

    def _network(self, x: Tensor) -> FeatureNetwork:
        if min(x.shape[-2:]) < self.smallest:
            raise BadInput(
                f"{self.name} cannot read pictures of {x.shape[-1]} x {x.shape[-2]} pixels.",
                hint=f"Both sides must be {self.smallest} or more.",
            )
        key = (x.device, x.dtype)
        if key not in self._at:
            self._at[key] = copy.deepcopy(self._own).to(x.device, x.dtype)
        return self._at[key]


def features_of(source: Path | None = None) -> Features:
    """Features by a local file of weights, told apart by their names; None = the memory that ships.

    Raises:
        BadInput: no such file, not weights, or of a network that is not known; names those that are accepted.
    """
    if source is None:
        return Features(memory_backbone())
    source = Path(source)
    weights = read_weights(source)
    if "backbone.conv1.weight" in weights:
        return Features(memory_backbone(source), source)
    network = _network_of(weights, source)
    own = network.state_dict()
    wrong = [name for name in own if name not in weights or weights[name].shape != own[name].shape]
    wrong = [name for name in wrong if not name.endswith("num_batches_tracked")]
    if wrong:
        raise BadInput(
            f"'{source}' looks like {network.title}, but {len(wrong)} of its weights are missing or of another shape,"
            f" such as {wrong[0]}.",
            hint=ACCEPTED,
        )
    network.load_state_dict({name: weights.get(name, own[name]) for name in own})
    return Features(network, source)


def untrained_features() -> Features:
    """The judge that favours nobody: features of a network that never learnt, whose figures end in `-untrained`."""
    with torch.random.fork_rng(devices=[]):
        return Features(UntrainedVGG16())


def _network_of(weights: dict[str, Tensor], source: Path) -> FeatureNetwork:
    """A network of random weights, its own generator's; the caller's is left as it was."""
    if "Mixed_7c.branch_pool.conv.weight" in weights and len(weights.get("fc.weight", ())) != CLASSES:
        raise BadInput(f"'{source}' is torchvision's Inception, on which FID is not defined.", hint=ACCEPTED)
    if "features.1.running_mean" in weights:
        raise BadInput(f"'{source}' is a VGG with batch norm.", hint=ACCEPTED)
    signs = {
        Inception: "Mixed_7c.branch_pool.conv.weight",
        VGG19: "features.34.weight",
        VGG16: "features.28.weight",
        AlexNet: "features.10.weight",
    }
    kind = next((kind for kind, name in signs.items() if name in weights), None)
    if kind is None:
        raise BadInput(f"'{source}' holds weights of a network that is not known: {', '.join(sorted(weights)[:3])}...",
                       hint=ACCEPTED)  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        return kind()

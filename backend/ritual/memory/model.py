"""The dual-channel memory: one model with switches, whose five settings are the rows of Table 2 (spec §3).

    picture -> backbone -> map of features -+-> mean -> look f -> visual bank (eq. 1) -> answer -+-> h_cul (eq. 6)
                        occasion -----------+-> encoder -> sense s -> semantic bank (eq. 1) -> answer -+

The occasion enters the encoder only, after the two have parted: no word about it can change the visual channel. A
channel says what its bank answers and nothing else: of a form its mean prototype, of a meaning its concept vector. What
a query held beside that does not pass (docs/decisions/0028).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.errors import BadInput, nearest
from ritual.memory.addressing import address, likeness, read_out, settled
from ritual.memory.backbone import Backbone, backbone_config
from ritual.memory.concepts import SemanticBank
from ritual.memory.encoder import ContextEncoder
from ritual.memory.fusion import Fusion
from ritual.memory.prototypes import PROTOTYPES, VisualBank

_HIDDEN = 512  # of phi and psi, the paper's


@dataclass(frozen=True)
class Row:
    """Which parts a model has; the five of Table 2 are in `ROWS`."""

    visual_bank: bool
    semantic_bank: bool
    enhanced: bool = False


ROWS = {
    "backbone": Row(False, False),
    "+ visual bank": Row(True, False),
    "+ semantic bank": Row(False, True),
    "full": Row(True, True),
    "enhanced": Row(True, True, True),
}


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of a model.

    Attributes:
        row: of Table 2, a key of `ROWS`. backbone: a key of `BACKBONES`.
        forms, concepts, occasions: how many labels there are of each.
        width: of the features of both channels and of h_cul. token, heads: of the encoder.
        prototypes: in the visual bank. tau: of eq. 1. gamma: of eq. 3.
    """

    row: str
    forms: int
    concepts: int
    occasions: int
    backbone: str = "small"
    width: int = 128
    token: int = 128
    heads: int = 4
    prototypes: int = PROTOTYPES
    tau: float = 0.07
    gamma: float = 0.07

    def to_dict(self) -> dict:
        return asdict(self)

    @property
    def switches(self) -> Row:
        """Raises: BadInput: no such row; names the valid ones."""
        if self.row not in ROWS:
            raise BadInput(f"Table 2 has no row '{self.row}'.", hint=nearest(self.row, ROWS))
        return ROWS[self.row]


@dataclass
class Channels:
    """What the model makes of a batch.

    Attributes:
        look: (B, D) visual feature of length 1, the query of the visual bank. sense: (B, D) f_theta of length 1, that
            of the semantic bank. Without a bank of its own either is the backbone's one feature, shared with the other.
        visual, semantic: (B, D) of length 1, what the banks answer: the two channels. Without a bank the query itself.
        w_v, w_s: (B, K) weights of eq. 1, None without the bank.
        fused: (B, D) h_cul. share: (B, 2) weights of the two channels in it.
        form, concept: (B, forms), (B, concepts) log-probabilities.
        seen: (B, C) mean of the backbone's map of features; None where only features were read.
    """

    look: Tensor
    sense: Tensor
    visual: Tensor
    semantic: Tensor
    w_v: Tensor | None
    w_s: Tensor | None
    fused: Tensor
    share: Tensor
    form: Tensor
    concept: Tensor
    seen: Tensor | None = None


class DualMemory(nn.Module):
    """See above. `phi`, `psi`: the two mappings of eq. 3, each two layers with 512 hidden units and ELU."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config, self.row = config, config.switches
        width = config.width
        self.backbone = Backbone(backbone_config(config.backbone))
        channels = self.backbone.config.channels
        self.shared = None
        if not (self.row.visual_bank and self.row.semantic_bank):
            self.shared = nn.Linear(channels, width)
            self.form_of_shared = nn.Linear(width, config.forms)
            self.concept_of_shared = nn.Linear(width, config.concepts)
        self.visual_bank = self.semantic_bank = self.fusion = None
        if self.row.visual_bank:
            self.look = nn.Sequential(nn.Linear(channels, width), nn.BatchNorm1d(width, affine=False))
            self.phi, self.psi = _mapping(width), _mapping(width)
            self.visual_bank = VisualBank(width, config.prototypes)
        if self.row.semantic_bank:
            self.f_theta = ContextEncoder(channels, config.token, config.heads, width, config.occasions)
            self.semantic_bank = SemanticBank(width, config.concepts)
        self.fusion = Fusion(width, self.row.visual_bank, self.row.semantic_bank, gated=self.row.enhanced)

    def forward(self, pictures: Tensor, occasion: Tensor | None = None) -> Channels:
        """
        Args:
            pictures: (B, 3, H, W) sRGB in 0..1. occasion: (B,) 0 = none said, else 1 + its index; None = none said.
        """
        features = self.backbone(pictures)
        meant = None
        if self.row.semantic_bank:
            said = (
                torch.zeros(len(pictures), dtype=torch.long, device=pictures.device) if occasion is None else occasion
            )
            meant = self.f_theta(features, said)
        with torch.autocast(pictures.device.type, enabled=False):  # banks and losses are float32 in any precision
            mean = features.float().mean((2, 3))
            common = F.normalize(self.shared(mean), dim=-1) if self.shared else None
            look = F.normalize(self.look(mean), dim=-1) if self.row.visual_bank else common
            sense = common if meant is None else F.normalize(meant.float(), dim=-1)
            return replace(self.read(look, sense, common), seen=mean)

    def read(self, look: Tensor, sense: Tensor, common: Tensor | None = None) -> Channels:
        """What the banks answer to the two queries, (B, D) each."""
        tau, forms = self.config.tau, self.config.forms
        w_v = w_s = visual = semantic = None
        if self.visual_bank is not None:
            bank = self.visual_bank
            w_v = address(bank.vectors, look, tau)
            form = bank.of_form(w_v, forms).clamp_min(1e-8).log()
            visual = read_out(bank.means(forms), bank.of_form(settled(bank.vectors, look, tau), forms))
        else:
            form = self.form_of_shared(common / tau).log_softmax(-1)
        if self.semantic_bank is not None:
            bank = self.semantic_bank
            w_s = address(bank.vectors, sense, tau)
            semantic = read_out(bank.vectors, settled(bank.vectors, sense, tau))
        fused, share = self.fusion(visual, semantic, common, w_v, w_s)
        if self.semantic_bank is not None:
            lying = self.fusion.from_semantic(self.semantic_bank.vectors)
            concept = (likeness(lying, fused) / tau).log_softmax(-1)
        else:
            concept = self.concept_of_shared(fused / tau).log_softmax(-1)
        said = (query if answer is None else F.normalize(answer, dim=-1)
                for query, answer in ((look, visual), (sense, semantic)))  # fmt: skip
        return Channels(look, sense, *said, w_v, w_s, fused, share, form, concept)

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device


def _mapping(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, _HIDDEN), nn.ELU(), nn.Linear(_HIDDEN, width))

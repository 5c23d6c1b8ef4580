"""What is compared: each paper's table as a list of models and the settings that all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ritual.errors import BadInput, nearest

BUDGETS = ("quick", "full")


@dataclass(frozen=True)
class Entry:
    """A row of a table: a model with its options, under the name that the table gives it.

    Attributes:
        ours: the row that a paper's claim is about. reference: what is possible today, no rival of the paper's: trained
            with the first seed alone.
    """

    name: str
    model: str
    options: Mapping[str, object] = field(default_factory=dict)
    ours: bool = False
    reference: bool = False


@dataclass(frozen=True)
class Table:
    """Models that are trained on one folder with one budget and measured by one rule.

    Attributes:
        task: translation, enlargement, synthesis or video: which rule measures it.
        folder: of the pictures, below the suite's data.
        entries: the rows. The settings of `TrainConfig` that all share are in `settings`, by budget.
        better: the figures that the paper's claim is about -> whether more is better.
        paper: what the paper printed, row -> figure -> value.
    """

    task: str
    folder: str
    entries: tuple[Entry, ...]
    settings: Mapping[str, Mapping[str, object]]
    better: Mapping[str, bool]
    paper: Mapping[str, Mapping[str, float]]


# Full is an hour or two of two cores a suite, with three seeds.
# At Adam's usual 2e-4 so few steps leave the most of them a blur.
_TRANSLATION = {
    "quick": {"side": 64, "width": 16, "batch": 2, "steps": 150, "precision": "bfloat16", "learning_rate": 1e-3},
    "full": {"side": 64, "width": 16, "batch": 2, "steps": 600, "precision": "bfloat16", "learning_rate": 1e-3},
}
_ENLARGEMENT = {
    "quick": {"side": 64, "width": 16, "batch": 4, "steps": 150},
    "full": {"side": 64, "width": 16, "batch": 4, "steps": 1000},
}
_SYNTHESIS = {
    "quick": {"side": 64, "width": 16, "batch": 16, "steps": 150},
    "full": {"side": 64, "width": 16, "batch": 16, "steps": 2000},
}
# At 64 px no model of clips shows anything after the steps that two cores have time for.
_VIDEO = {
    "quick": {"side": 32, "width": 16, "frames": 8, "batch": 4, "steps": 100},
    "full": {"side": 32, "width": 16, "frames": 8, "batch": 8, "steps": 1000},
}

_PAPERCUT = Table(
    "translation",
    "papercut",
    (
        Entry("Pix2pix", "pix2pix"),
        Entry("CycleGAN", "cyclegan"),
        Entry("U-GAT-IT", "ugatit"),
        Entry("U-GAT-IT light", "ugatit", {"light": True}),
        Entry("MUNIT", "munit"),
        Entry("P: attention, bilinear", "papercut", ours=True),
    ),
    _TRANSLATION,
    {"fid": False, "ssim": True, "lpips": False},
    {
        "Pix2pix": {"fid": 54.0804, "kid": 0.0285, "ssim": 0.6882, "psnr": 11.6847, "lpips": 0.2737, "nima": 4.64},
        "CycleGAN": {"fid": 106.0831, "kid": 0.0246, "ssim": 0.6009, "psnr": 11.2949, "lpips": 0.2948, "nima": 4.32},
        "U-GAT-IT": {"fid": 60.7261, "kid": 0.029, "ssim": 0.6799, "psnr": 11.479, "lpips": 0.2941, "nima": 4.87},
        "MUNIT": {"fid": 82.0306, "kid": 0.0704, "ssim": 0.6461, "psnr": 11.3083, "lpips": 0.2937, "nima": 4.5},
        "P: attention, bilinear": {
            "fid": 50.7911, "kid": 0.0208, "ssim": 0.7031, "psnr": 12.2032, "lpips": 0.2388, "nima": 5.03,
        },
    },
)  # fmt: skip

_LARGER = Table(
    "enlargement",
    "enlarge",
    (Entry("EDSR", "edsr"), Entry("P: enlargement", "papercut-enlarge", ours=True)),
    _ENLARGEMENT,
    {"ssim": True, "psnr": True},
    {
        "EDSR": {"ssim": 0.911, "psnr": 28.6573, "nima": 4.2875},
        "nearest": {"ssim": 0.9251, "psnr": 26.4425, "nima": 4.212},
        "bilinear": {"ssim": 0.922, "psnr": 28.0378, "nima": 4.2474},
        "bicubic": {"ssim": 0.942, "psnr": 29.5482, "nima": 4.2151},
        "P: enlargement": {"ssim": 0.9449, "psnr": 31.3665, "nima": 4.9247},
    },
)

# As the paper does with facades: a paired set, of which pix2pix is shown the pairs. A stands there twice, so that each
# rival is met by one that learns from what it learns from.
_ARTWORK = Table(
    "translation",
    "painting",
    (
        Entry("Pix2pix", "pix2pix"),
        Entry("CycleGAN", "cyclegan"),
        Entry("DualGAN", "dualgan"),
        Entry("StarGAN", "stargan"),
        Entry("A: asymmetric", "asymmetric", ours=True),
        Entry("A, shown the pairs", "asymmetric", {"paired": 100.0}, ours=True),
    ),
    _TRANSLATION,
    {"ssim": True, "cosine": True},
    {
        "Pix2pix": {"ssim": 0.422, "cosine": 0.96},
        "CycleGAN": {"ssim": 0.212, "cosine": 0.834},
        "DualGAN": {"ssim": 0.224, "cosine": 0.937},
        "A: asymmetric": {"ssim": 0.442, "cosine": 0.97},
    },
)

_HOUSES = Table(
    "synthesis",
    "rural",
    (
        Entry("SGM", "dcgan"),
        Entry("R: attention", "attention-dcgan", ours=True),
        Entry("R3GAN-style", "r3gan", reference=True),
    ),
    _SYNTHESIS,
    {"fid": False, "ssim": True},
    {"SGM": {"ssim": 0.72}, "T3DRM": {"ssim": 0.68}, "R: attention": {"ssim": 0.85, "fid": 24.7}},
)

_CLIPS = Table(
    "video",
    "folk",
    (
        Entry("SGM", "dcgan-clips"),
        Entry("TCVG", "temporal-cnn"),
        Entry("R: attention, BiLSTM", "attention-lstm", ours=True),
    ),
    _VIDEO,
    {"vqm": True, "fid": False},
    {"SGM": {"vqm": 0.7}, "CVRM": {"vqm": 0.65}, "R: attention, BiLSTM": {"vqm": 0.82}},
)


SUITES: dict[str, tuple[Table, ...]] = {
    "rural": (_HOUSES, _CLIPS),
    "papercut": (_PAPERCUT, _LARGER),
    "artwork": (_ARTWORK,),
}
"""The suites of the papers R, P and A."""


def _variants(table: Table, model: str, rows: Mapping[str, Mapping[str, object]]) -> Table:
    """A table of one model with other options; the first row is the model as it is."""
    entries = tuple(Entry(name, model, options, ours=not options) for name, options in rows.items())
    return replace(table, entries=entries, paper={})


ABLATIONS: dict[str, Table] = {
    "papercut": _variants(
        _PAPERCUT,
        "papercut",
        {
            "P": {},
            "without attention": {"attention": False},
            "transposed convolutions": {"bilinear": False},
            "without skip connections": {"skips": False},
            "encoder learnt, too": {"fixed_encoder": False},
            "batch normalisation": {"norm": "batch"},
            "without normalisation": {"norm": "none"},
            "without pairs": {"paired": 0.0, "perceptual": 0.0},
        },
    ),
    "artwork": _variants(
        _ARTWORK,
        "asymmetric",
        {
            "A": {},
            **{f"cycle on features {w:g}": {"cycle": w} for w in (0.1, 2.0, 5.0)},
            "cycle on pixels alone": {"cycle": 0.0},
            "cycle on features alone": {"cycle": 10.0, "pixel_cycle": 0.0},
            **{f"salient edges {w:g}": {"edges": w} for w in (0.0, 0.5, 5.0, 20.0)},
            "without identity": {"identity": 0.0},
        },
    ),
}
"""P's ablation and A's sweep of its weights: variants of one model each, trained and measured as the suites are."""


def suite(name: str) -> tuple[Table, ...]:
    """
    Raises:
        BadInput: there is no suite of that name.
    """
    if name not in SUITES:
        raise BadInput(f"There is no suite '{name}'.", hint=nearest(name, SUITES))
    return SUITES[name]

"""The evaluation of the memory as one page of HTML that needs nothing beside itself and runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ritual.errors import BadInput
from ritual.files import write_text
from ritual.memory.atlas import Atlas, png

_TEMPLATES = Environment(loader=PackageLoader("ritual.memory"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_PICTURE = 64  # px of a prototype's picture
_AIMS = (("visual_purity", 0.82, "{:.2f}"), ("semantic_purity", 0.79, "{:.2f}"), ("accuracy", 92.4, "{:.1f} %"))


@dataclass(frozen=True)
class Aim:
    """A figure of the enhanced row beside the paper's: in words, whether it is reached."""

    name: str
    ours: str
    paper: str
    plain: str
    met: bool


@dataclass(frozen=True)
class Cell:
    """A number of a heat map, its words, and how strong its colour is (-100..100 per cent)."""

    words: str
    strength: int


def write_page(result: Mapping, path: Path, atlas: Atlas | None = None) -> Path:
    """`page`, written whole or not at all."""
    return write_text(path, page(result, atlas))


def page(result: Mapping, atlas: Atlas | None = None) -> str:
    """What `ritual memory evaluate --json` wrote, as HTML; the same result gives the same bytes.

    Args:
        atlas: pictures of the prototypes; None = the table has none.

    Raises:
        BadInput: a part of the result is missing; names it.
    """
    missing = [key for key in ("rows", "chance", "confusion", "descriptors") if key not in result]
    if missing:
        raise BadInput(f"The evaluation lacks {' and '.join(missing)}.", hint="Give what `evaluate --json` wrote.")
    rows = {row["name"]: row for row in result["rows"]}
    return _TEMPLATES.get_template("memory.html").render(
        style=Markup(_TEMPLATES.get_template("memory.css").render()),
        result=result,
        rows=list(rows.values()),
        aims=_aims(rows),
        probes=_probes(result),
        motifs=_motifs(result.get("real_motifs") or {}),
        told=result.get("backbone_told") or {},
        swaps=result.get("swaps") or {},
        robust=_robust(result.get("robustness") or []),
        heat=_heat(result["descriptors"]["names"], result["descriptors"]["matrix"], "{:+.2f}", 1.0),
        confusion=_confusion(result["confusion"]),
        gamma=result.get("gamma") or [],
        prototypes=_prototypes(result.get("prototypes") or [], atlas),
    )


def _aims(rows: Mapping[str, Mapping]) -> list[Aim]:
    if "enhanced" not in rows:
        return []
    enhanced, plain = rows["enhanced"], rows.get("backbone", {})
    return [
        Aim(
            key.replace("_", " ").capitalize(), form.format(enhanced[key]), form.format(paper),
            form.format(plain[key]) if key in plain else "", enhanced[key] >= paper,
        )
        for key, paper, form in _AIMS
    ]  # fmt: skip


def _probes(result: Mapping) -> list[tuple[str, float, float, float]]:
    """(what is asked, accuracy, best guess without the channel, best guess from what the channel is there to hold)."""
    chance = result["chance"]
    told = (
        ("concept, on the visual channel", "probe_concept_on_visual", "concept", "concept_given_form"),
        ("form, on the semantic channel", "probe_form_on_semantic", "form", "form_given_concept"),
    )
    return [(words, result[key], chance[blind], chance[given]) for words, key, blind, given in told if key in result]


def _motifs(found: Mapping) -> list[tuple[str, Mapping]]:
    """(by what they are told apart, figures)."""
    said = (("by their labels", found), ("by what they show", found.get("kinds", {})))
    return [(words, figures) for words, figures in said if "map" in figures]


def _robust(rows: Sequence[Mapping]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Models as columns, kinds of damage as rows: `accuracy % / form accuracy %`."""
    models = list(dict.fromkeys(row["row"] for row in rows))
    table: dict[str, dict[str, str]] = {}
    for row in rows:
        table.setdefault(row["damage"], {})[row["row"]] = f"{row['accuracy']:.1f} / {row['form_accuracy']:.1f}"
    return models, [(kind, [cells.get(model, "") for model in models]) for kind, cells in table.items()]


def _heat(
    names: Sequence[str], matrix: Sequence[Sequence[float]], form: str, top: float
) -> list[tuple[str, list[Cell]]]:
    return [
        (name, [Cell(form.format(value), round(100 * value / top)) for value in row])
        for name, row in zip(names, matrix, strict=True)
    ]


def _confusion(data: Mapping) -> dict:
    """Rows in per cent of what they are; a cell under half a per cent stays empty."""
    rows = []
    for label, row in zip(data["labels"], data["matrix"], strict=True):
        total = sum(row) or 1
        cells = [Cell(f"{100 * n / total:.0f}" if 200 * n >= total else "", round(100 * n / total)) for n in row]
        rows.append((label, sum(row), cells))
    return {"labels": data["labels"], "rows": rows}


def _prototypes(rows: Sequence[Mapping], atlas: Atlas | None) -> list[dict]:
    shown = []
    for number, row in enumerate(rows):
        if not row["count"]:
            continue
        pictures = [] if atlas is None else [png(one, _PICTURE) for one in atlas.pictures[number]]
        shown.append({**row, "pictures": pictures})
    return sorted(shown, key=lambda row: (row["form"], -row["count"]))

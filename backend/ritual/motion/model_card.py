"""The model card: what the weights learnt from, how good they are on what they never saw, and what they cannot do."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from ritual.motion.data import Corpus
from ritual.motion.evaluate import Figure

ACKNOWLEDGEMENT = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. "
    "The database was created with funding from NSF EIA-0196217."
)
LIMITS = (
    "No motion capture of Chinese ethnic dance was available. What is particular to a dance comes from the "
    "knowledge graph's stances, which no expert has reviewed; what is natural in a body comes from this mocap: "
    "Western modern dance, salsa, Indian classical dance, martial forms and walking.",
    "The network corrects interpolated stances; it does not invent steps that the stances do not hold.",
    "The root's path is not modelled: a proposal dances in the heading frame, and ground contact moves it.",
    "Text shifts the manner a little; dances are told apart by their stances, not by the prompt. The default "
    "sentence encoder reads English; Chinese reaches it through the graph's labels.",
    "Compliance is measured before projection. After it every frame is inside the domain, by construction.",
)
MODELS = {
    "mixture": "culturally constrained mixture density network (spec eq. 7-8)",
    "flow": "culturally constrained rectified flow (spec eq. 8 on a flow in the place of eq. 7)",
}
SPLITS = ("train", "validation", "test")
_SPLIT_RULE = (
    "Split by person (`cmu`: subjects 08, 16 and 49 held out, 07 and two clips of 05 for early stopping), by take "
    "with both partners (salsa) and by clip where a collection has one person (Indian, martial). Held-out clips are "
    "seen by neither training nor early stopping. Left out: cartwheels (upside down) and the rebuilt 15 fps Indian "
    "clips (bone twist not reliable); tracks are cut where an angle jumps. The JSON beside this page lists the files."
)
_HELD_OUT_RULE = (
    "Windows of 3.8 s seen through their own disturbed key poses. Mean over batches of 16 windows and its standard "
    "deviation; `interpolation` is the same reference without the network."
)


def write_card(
    weights: Path,
    corpus: Corpus,
    recipe: dict,
    run: dict,
    held_out: dict[str, Figure],
    dances: dict[str, dict[str, Figure]],
    command: str,
    date: datetime.date | None = None,
) -> dict:
    """Write `NAME-card.json` and `NAME-card.md` beside weights `NAME.safetensors`; returns what the JSON holds."""
    card = {
        "model": MODELS[recipe["model"]],
        "date": (date or datetime.date.today()).isoformat(),
        "command": command,
        "recipe": recipe,
        "run": run,
        "data": _data(corpus),
        "held_out": {name: asdict(figure) for name, figure in held_out.items()},
        "dances": {slug: {n: asdict(f) for n, f in row.items()} for slug, row in dances.items()},
        "limits": list(LIMITS),
        "licence": "GPL-3.0-or-later; trained on CMU motion capture, free for research and commercial use",
        "acknowledgement": ACKNOWLEDGEMENT,
    }
    _write(card_of(weights, ".json"), json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    _write(card_of(weights, ".md"), _markdown(card))
    return card


def card_of(weights: Path, suffix: str = ".md") -> Path:
    """Where the card of some weights lies."""
    return weights.with_name(f"{weights.stem}-card{suffix}")


def _data(corpus: Corpus) -> dict:
    parts = {}
    for split in SPLITS:
        takes = corpus.of(split)
        parts[split] = {
            "clips": len({take.name for take in takes}),
            "minutes": round(sum(take.seconds for take in takes) / 60, 2),
            "by_folder": dict(Counter(name.rpartition("/")[0] for name in {take.name for take in takes})),
        }
    parts["held_out_files"] = sorted({take.name for take in corpus.of("test")})
    parts["left_out"] = [{"file": name, "why": why} for name, why in corpus.left_out]
    return parts


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _markdown(card: dict) -> str:
    data = card["data"]
    lines = [f"# Model card: {card['model']}", "", f"Trained and measured on {card['date']} by", ""]
    run = card["run"]
    lines += [f"    {card['command']}", "", f"{run['seconds']} s; best on validation at step {run['best_step']}."]
    lines += [run["note"]] if "note" in run else []
    lines += ["", "## Data", ""]
    lines += ["| part | clips | minutes |", "| --- | --- | --- |"]
    lines += [f"| {s} | {data[s]['clips']} | {data[s]['minutes']} |" for s in SPLITS]
    lines += [
        "",
        _SPLIT_RULE,
        "",
        card["acknowledgement"],
        "",
        "## Figures on held-out motion",
        "",
        _HELD_OUT_RULE,
        "",
        "| figure | value | spread | n | unit |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(name, figure) for name, figure in card["held_out"].items()]
    lines += ["", "## Figures on the dances", "", "8 s, 25 fps, 3 variants, per seed.", ""]
    names = list(next(iter(card["dances"].values()), {}))
    lines += [f"| dance/performer | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for slug, row in card["dances"].items():
        cells = [f"{row[n]['value']:.3g} +- {row[n]['spread']:.2g} {row[n]['unit']}" for n in names]
        lines.append(f"| {slug} | {' | '.join(cells)} |")
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in card["limits"])]
    lines += ["", "## Licence", "", f"{card['licence']}."]
    return "\n".join(lines) + "\n"


def _row(name: str, figure: dict) -> str:
    value = f"{figure['value']:.4g} | {figure['spread']:.2g} | {figure['n']} | {figure['unit']}"
    return f"| {name.replace('_', ' ')} | {value} |"

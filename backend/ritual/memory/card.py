"""The memory's card: what it learnt from, what it is worth on what it never saw, and what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from ritual.files import write_text

LIMITS = (
    "It learnt from ornament that is drawn from the knowledge graph, not from photographs of cloth; real motifs are "
    "only measured on, and the figures above say how little carries over.",
    "What a pattern means is the graph's opinion, mostly general knowledge that no curator has reviewed.",
    "It knows the forms, concepts and occasions that were in the graph when it was trained; `ritual memory add` "
    "teaches more without training.",
    "An answer is a likelihood, not permission: rules and taboos are the graph's, never the memory's.",
)


def write_card(weights: Path, result: Mapping) -> Path:
    """Write `NAME-card.json`, all that `ritual memory evaluate` found, and `NAME-card.md` beside weights."""
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    write_text(weights.with_name(f"{weights.stem}-card.json"), text)
    return write_text(weights.with_name(f"{weights.stem}-card.md"), "\n".join(_lines(result)) + "\n")


def _lines(result: Mapping) -> Iterator[str]:
    corpus, chance = result["corpus"], result["chance"]
    yield from ("# Model card: dual-channel memory of patterns", "")
    yield from (f"Trained and measured on {result['date']} ({result['device']}) by", "", f"    {result['command']}", "")
    yield (
        f"{corpus['pictures']} pictures of {corpus['size']} px drawn from the graph, of {corpus['symbols']} symbols in "
        f"{corpus['forms']} forms, with {corpus['concepts']} concepts; {corpus['train']} to learn from, "
        f"{corpus['test']} to be measured on. The weights are the enhanced row's of the first seed, in half precision."
    )
    yield from ("", "## Table 2", "", "Mean and spread over the seeds; the paper's figures in brackets.", "")
    yield "| row | visual purity | semantic purity | accuracy [%] | form accuracy [%] | parameters [M] | ms, one core |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in result["rows"]:
        yield "| " + " | ".join([row["name"], *(_cell(row, name) for name in _FIGURES)]) + " |"
    told = result["backbone_told"]["accuracy"]
    yield from ("", f"The plain backbone with a head that is told the occasion: {told:.1f} %.", "")
    yield from ("## Are the channels apart?", "", "| asked | probe | from the right label alone | blind |")
    yield "| --- | --- | --- | --- |"
    for words, key, given, blind in _PROBES:
        yield f"| {words} | {result[key]:.3f} | {chance[given]:.3f} | {chance[blind]:.3f} |"
    swaps = result["swaps"]
    if swaps.get("swaps"):
        yield ""
        yield (
            f"Another occasion said for the same picture ({swaps['swaps']:.0f} times): the meaning was the graph's in "
            f"{100 * swaps['swap_followed']:.1f} %, the look the same bit for bit in "
            f"{100 * swaps['swap_kept_form']:.0f} %."
        )
    real = result["real_motifs"]
    for words, figures in (("by their labels", real), ("by what they show", real.get("kinds", {}))):
        if "map" in figures:
            yield from ("", f"## Real motifs {words}", "")
            yield from (f"{figures['pictures']} pictures of {figures['types']} kinds.", "")
            yield from ("| features | mAP | linear probe |", "| --- | --- | --- |")
            for name, key, probe in _MOTIFS:
                yield f"| {name} | {figures[key]:.3f} | {figures[probe]:.3f} |"
            yield f"| Table 1 alone | {figures['map_descriptors']:.3f} | |"
    yield from ("", "## What it cannot do", "", *(f"- {sentence}" for sentence in LIMITS))


_FIGURES = ("visual_purity", "semantic_purity", "accuracy", "form_accuracy", "parameters_m", "ms")
_PROBES = (
    ("concept, on the visual channel", "probe_concept_on_visual", "concept_given_form", "concept"),
    ("form, on the semantic channel", "probe_form_on_semantic", "form_given_concept", "form"),
)
_MOTIFS = (
    ("trained", "map", "linear_probe"),
    ("untrained", "map_untrained", "linear_probe_untrained"),
    ("knowing nothing", "map_random", "linear_probe_chance"),
)


def _cell(row: Mapping, name: str) -> str:
    form = "{:.3f}" if name.endswith("purity") else "{:.2f}" if name == "parameters_m" else "{:.1f}"
    told = form.format(row[name])
    if row["seeds"] > 1 and name not in ("parameters_m", "ms"):
        told += " +- " + form.format(row["spread"][name])
    return told + (f" ({row['paper'][name]})" if name in row["paper"] else "")

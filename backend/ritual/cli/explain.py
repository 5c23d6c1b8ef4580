"""`ritual explain`: a dance's rules in words, or what a symbol means in a context and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json
from ritual.errors import BadInput

EXAMPLES = (
    "Examples:  [cyan]ritual explain dai-peacock --performer female[/cyan]   "
    "[cyan]ritual explain --symbol red --occasion funeral --group han[/cyan]   "
    "[cyan]ritual explain --symbol antler --measure tip-inclination=50[/cyan]"
)


@command
def explain_command(
    dance: Annotated[str | None, typer.Argument(help="Slug of a dance; `ritual dances` lists them.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", help="A symbol or a colour, by slug or by name.")] = None,
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    group: Annotated[str | None, typer.Option("--group", help="With --symbol: among whom; slug of a group.")] = None,
    worn_on: Annotated[
        str | None, typer.Option("--worn-on", help="With --symbol: on which part of dress; its slug.")
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", help="With --symbol: a measure of its drawn shape, NAME=VALUE; repeatable."),
    ] = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Say every rule that bears on a dance and the motion capture it points to, or what a symbol means in a context.

    Everything comes with its source and its review state.
    """
    from ritual.culture.graph import load_graph
    from ritual.culture.meaning import Context

    if (dance is None) == (symbol is None):
        raise BadInput("Name a dance or a --symbol, one of the two.", hint="See `ritual explain --help`.")
    if dance is not None:
        if group or worn_on or measure:
            raise BadInput("--group, --worn-on and --measure are about a symbol.", hint="Name one with --symbol.")
        loaded = load_graph(graph)
        motions = loaded.reference_motions(dance, performer)
        _show_dance(loaded.dance(dance), loaded.explain(dance, performer, occasion), motions, as_json)
    else:
        context = Context(occasion, performer, group, worn_on, dict(map(_measured, measure or [])))
        _show_meanings(load_graph(graph).meanings(symbol, context), as_json)


def _measured(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise BadInput(
            f"'{text}' is no measure; write it as NAME=VALUE, such as tip-inclination=50."
        ) from None


def _plain(rule) -> dict:
    return {**asdict(rule), "source": rule.source.citation}


def _plain_motion(motion) -> dict:
    """In the shape of a rule, so that a program reads one list."""
    return {
        "iri": motion.iri,
        "kind": "reference-motion",
        "text": _in_words(motion),
        "source": motion.source.citation,
        "review": motion.review,
        "allowed": "",
        "label": motion.name,
        "file": motion.file,
        "found": motion.path is not None,
        "licence": motion.licence,
    }


def _in_words(motion) -> str:
    who = f" of {' or '.join(motion.performers)} performers" if motion.performers else ""
    there = "" if motion.path else ", which is not there"
    licence = f"licence: {motion.licence}" if motion.licence else "its licence is not told"
    return f"Motion capture{who} in {motion.file}{there}; {licence}."


def _show_dance(dance, rules, motions, as_json: bool) -> None:
    if as_json:
        print_json([*map(_plain, rules), *map(_plain_motion, motions)])
        return
    out.print(f"[bold]{dance.label}[/bold]: {len(rules)} rules", highlight=False)
    for rule in rules:
        _show_rule(rule)
    for motion in motions:
        out.print(f"\n[bold]reference-motion[/bold]  {motion.name}. {_in_words(motion)}", highlight=False)
        out.print(f"  Source: {motion.source.citation}  ({motion.review})", style="dim", highlight=False)


def _show_meanings(meanings, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {**_plain(reading.rule), "symbol": m.iri, "meanings": reading.meanings, "decides": reading.decides}
                for m in meanings
                for reading in m.why
            ]
        )
        return
    for number, meaning in enumerate(meanings):
        if number:
            out.print()
        _show_meaning(meaning)


def _show_meaning(meaning) -> None:
    means = ", ".join(meaning.meanings) or "nothing that the graph knows of"
    out.print(f"[bold]{meaning.label}[/bold] {meaning.label_zh}: [bold]{means}[/bold]", highlight=False)
    if meaning.conflict:
        out.print("Rules of equal rank disagree here; all their meanings are told.", style="yellow")
    if meaning.overruled:
        out.print(f"Elsewhere also: {', '.join(meaning.overruled)}", style="dim", highlight=False)
    for reading in meaning.why:
        _show_rule(reading.rule)


def _show_rule(rule) -> None:
    out.print(f"\n[bold]{rule.kind}[/bold]  {rule.text}", highlight=False)
    out.print(f"  Source: {rule.source.citation}  ({rule.review})", style="dim", highlight=False)

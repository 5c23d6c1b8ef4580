"""`ritual memory`: how patterns look and what they mean; one file per command."""

from __future__ import annotations

import typer

from ritual.cli.memory import add, describe, evaluate, search, train

app = typer.Typer(
    help="The memory of patterns: what a picture is, what it means where, and what is like it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("describe", epilog=describe.EXAMPLES)(describe.describe_command)
app.command("search", epilog=search.EXAMPLES)(search.search_command)
app.command("add", epilog=add.EXAMPLES)(add.add_command)
app.command("train", epilog=train.EXAMPLES)(train.train_command)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate_command)

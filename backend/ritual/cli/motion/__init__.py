"""`ritual motion`: the motion network and what comes out of it; one file per command."""

from __future__ import annotations

import typer

from ritual.cli.motion import ablate, evaluate, info, search, show, train

app = typer.Typer(
    help="The motion network: train it, inspect its weights, look at what comes out.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("train", epilog=train.EXAMPLES)(train.train_command)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate_command)
app.command("info")(info.info_command)
app.command("search")(search.search_command)
app.command("ablate")(ablate.ablate_command)
app.command("show", epilog=show.EXAMPLES)(show.show_command)

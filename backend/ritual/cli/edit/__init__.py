"""`ritual edit`: change a motion that is there; one file per command, each with its EXAMPLES."""

from __future__ import annotations

import typer

from ritual.cli.edit import between, regenerate, through

app = typer.Typer(help="Dance a part of a clip anew, join two clips, lead a dance through poses.", no_args_is_help=True)
app.command("regenerate", epilog=regenerate.EXAMPLES)(regenerate.regenerate_command)
app.command("between", epilog=between.EXAMPLES)(between.between_command)
app.command("through", epilog=through.EXAMPLES)(through.through_command)

"""`ritual`: the command line. Every command is one call into floor 5; see the files beside this one."""

from __future__ import annotations

import typer

import ritual
from ritual.cli import (
    check,
    dances,
    doctor,
    edit,
    explain,
    generate,
    image,
    kg,
    memory,
    motion,
    render,
    retarget,
    serve,
)

app = typer.Typer(
    name="ritual",
    help="Ritual and ethnic dance for Blender: fast to make and true to the culture it shows.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(ritual.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Ritual Motion."""


app.command("generate", epilog=generate.EXAMPLES)(generate.generate_command)
app.command("dances")(dances.dances_command)
app.command("explain", epilog=explain.EXAMPLES)(explain.explain_command)
app.command("check", epilog=check.EXAMPLES)(check.check_command)
app.command("retarget", epilog=retarget.EXAMPLES)(retarget.retarget_command)
app.command("render", epilog=render.EXAMPLES)(render.render_command)
app.command("serve")(serve.serve_command)
app.command("doctor")(doctor.doctor_command)
app.add_typer(edit.app, name="edit")
app.add_typer(motion.app, name="motion")
app.add_typer(image.app, name="image")
app.add_typer(memory.app, name="memory")
app.add_typer(kg.app, name="kg")

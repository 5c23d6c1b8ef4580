"""`ritual image`: what is done to pictures; one file per command."""

from __future__ import annotations

import typer

from ritual.cli.image import damage, enlarge, ornament, restore, synthesise, train_damage, translate

app = typer.Typer(
    help="Pictures: draw patterns, translate, enlarge, restore and make pictures, damage them as time does.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("ornament", epilog=ornament.EXAMPLES)(ornament.ornament_command)
app.command("translate", epilog=translate.EXAMPLES)(translate.translate_command)
app.command("enlarge", epilog=enlarge.EXAMPLES)(enlarge.enlarge_command)
app.command("restore", epilog=restore.EXAMPLES)(restore.restore_command)
app.command("synthesise", epilog=synthesise.EXAMPLES)(synthesise.synthesise_command)
app.command("damage", epilog=damage.EXAMPLES)(damage.damage_command)
app.command("train-damage", epilog=train_damage.EXAMPLES)(train_damage.train_damage_command)

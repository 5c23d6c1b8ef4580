"""`ritual image`: what is done to pictures; one file per command."""

from __future__ import annotations

import typer

from ritual.cli.image import damage, ornament, scenes, train_damage

app = typer.Typer(
    help="Pictures of patterns: draw them, damage them as time does.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("ornament", epilog=ornament.EXAMPLES)(ornament.ornament_command)
app.command("damage", epilog=damage.EXAMPLES)(damage.damage_command)
app.command("train-damage", epilog=train_damage.EXAMPLES)(train_damage.train_damage_command)
app.command("scenes", epilog=scenes.EXAMPLES)(scenes.scenes_command)

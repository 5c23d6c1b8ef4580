"""`ritual image`: what is done to pictures; one file per command."""

from __future__ import annotations

import typer

from ritual.cli.image import (
    ablate,
    damage,
    enlarge,
    evaluate,
    export,
    folk_clips,
    ornament,
    photogrammetry,
    prepare,
    restore,
    scenes,
    synthesise,
    train,
    train_damage,
    translate,
)

app = typer.Typer(
    help="Pictures: draw patterns, damage, restore, translate, enlarge, make, measure; train models.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("ablate", epilog=ablate.EXAMPLES)(ablate.ablate_command)
app.command("damage", epilog=damage.EXAMPLES)(damage.damage_command)
app.command("enlarge", epilog=enlarge.EXAMPLES)(enlarge.enlarge_command)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate_command)
app.command("export", epilog=export.EXAMPLES)(export.export_command)
app.command("folk-clips", epilog=folk_clips.EXAMPLES)(folk_clips.folk_clips_command)
app.command("ornament", epilog=ornament.EXAMPLES)(ornament.ornament_command)
app.command("photogrammetry", epilog=photogrammetry.EXAMPLES)(photogrammetry.photogrammetry_command)
app.command("prepare", epilog=prepare.EXAMPLES)(prepare.prepare_command)
app.command("restore", epilog=restore.EXAMPLES)(restore.restore_command)
app.command("scenes", epilog=scenes.EXAMPLES)(scenes.scenes_command)
app.command("synthesise", epilog=synthesise.EXAMPLES)(synthesise.synthesise_command)
app.command("train", epilog=train.EXAMPLES)(train.train_command)
app.command("train-damage", epilog=train_damage.EXAMPLES)(train_damage.train_damage_command)
app.command("translate", epilog=translate.EXAMPLES)(translate.translate_command)

"""The performers: made once a process, posed and placed anew for every picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import bpy
from ritual_motion import action, clip_file, rig

from .shapes import PARTS


@dataclass(frozen=True)
class Performer:
    """A dancer in the file, unseen until a scene calls.

    Attributes:
        name: of the armature.
        frames: of its dance.
        meshes: names of what is seen of it.
    """

    name: str
    frames: int
    meshes: tuple[str, ...]


def company(clips: Sequence[Path]) -> list[Performer]:
    """One performer a clip, in the costume that the clip carries."""
    made = []
    for number, path in enumerate(clips):
        clip = clip_file.read(path)
        name = rig.make_performer(clip.skeleton, rig.costume_of(clip.meta), f"Performer {number}")
        action.apply_clip(name, clip, f"Dance {number}")
        meshes = tuple(child.name for child in bpy.data.objects[name].children)
        for mesh in meshes:
            bpy.data.objects[mesh].pass_index = PARTS.index("person")
        made.append(Performer(name, clip.frames, meshes))
    return made


def call(performers: Sequence[Performer], wanted: Sequence[int], rng: Random, camera: Sequence[float]) -> None:
    """Let those `wanted` stand between camera and house, in one moment of their dances; the others leave."""
    for number, performer in enumerate(performers):
        _show(performer, number in wanted)
    if not wanted:
        return
    scene = bpy.context.scene
    scene.frame_set(action.FIRST_FRAME + rng.randrange(min(performers[k].frames for k in wanted)))
    order = list(wanted)
    rng.shuffle(order)
    for place, number in enumerate(order):
        share = rng.uniform(0.52, 0.66) - 0.05 * (place % 2)
        across = (place - (len(order) - 1) / 2) * rng.uniform(0.95, 1.25) + rng.uniform(-0.9, 0.9) * (len(order) == 1)
        armature = bpy.data.objects[performers[number].name]
        armature.location = (camera[0] * share + across, camera[1] * share, 0.0)
        turn = math.atan2(camera[0], -camera[1])
        armature.rotation_euler = (0, 0, turn + rng.uniform(-0.6, 0.6))
    bpy.context.view_layer.update()


def _show(performer: Performer, seen: bool) -> None:
    for name in (performer.name, *performer.meshes):
        obj = bpy.data.objects[name]
        obj.hide_render = obj.hide_viewport = not seen

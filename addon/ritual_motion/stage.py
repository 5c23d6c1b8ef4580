"""A small lit stage: a round floor with a border, hills before a glowing backdrop, five lamps and a camera."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence

import bpy
from mathutils import Vector

from . import camera, compat, patterns
from .clip_file import Clip
from .costume import Costume, Rgb
from .loft import Cloth, around, steps
from .materials import Wardrobe, contrast, picture, principled
from .patterns import blend

_STAGE_KEY = "ritual_motion_stage"
_NIGHT: Rgb = (0.006, 0.007, 0.012)


def make_stage(clips: Sequence[Clip], costume: dict, aspect: float = 16 / 9) -> None:
    """Build floor, backdrop, lights and camera into the current scene; an earlier stage of ours is replaced.

    Args:
        clips: the motions that will be shown; the camera frames them all.
        costume: the performer's; its colours tint the stage.
        aspect: width / height of the picture.
    """
    clear_stage()
    look = Costume.from_table(costume)
    middle, radius = _ground_covered(clips)
    _floor(look, middle, max(2.2, radius + 0.9))
    _backdrop(look, middle, max(2.2, radius + 0.9))
    _hills(look, middle, max(2.2, radius + 0.9))
    _lights(look, middle)
    _put(camera.make_camera(clips, middle, radius, aspect))
    _world()
    compat.set_look(bpy.context.scene)


def clear_stage() -> None:
    """Remove what an earlier `make_stage` put into the file."""
    for obj in [o for o in bpy.data.objects if o.get(_STAGE_KEY)]:
        compat.remove_object(obj)
    camera.clear_action()


def _put(obj: bpy.types.Object) -> bpy.types.Object:
    obj[_STAGE_KEY] = True
    return compat.link(obj)


def _ground_covered(clips: Sequence[Clip]) -> tuple[Vector, float]:
    """Middle (x, y, 0) of where the pelvis goes, and the farthest it gets from there [m]."""
    spots = [clip.position(f, 0) for clip in clips for f in range(clip.frames)]
    low = [min(s[c] for s in spots) for c in (0, 1)]
    high = [max(s[c] for s in spots) for c in (0, 1)]
    middle = Vector(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 0))
    return middle, max(math.hypot(s[0] - middle.x, s[1] - middle.y) for s in spots)


# --- floor and backdrop ------------------------------------------------------------------------------------


def _floor(look: Costume, middle: Vector, radius: float) -> None:
    """A dark polished disc with a border ring, on a wider dark ground."""
    wood = blend(_NIGHT, look.robe, 0.22)
    wardrobe = Wardrobe("Stage", look)
    for stuff, colour, rough in (("disc", wood, 0.3), ("ground", blend(_NIGHT, look.robe, 0.04), 0.7)):
        wardrobe[stuff] = bpy.data.materials.new(f"Stage {stuff}")
        principled(wardrobe[stuff], colour, Roughness=rough, Specular_IOR_Level=0.4)
    ring = wardrobe["ring"] = bpy.data.materials.new("Stage ring")
    gold = blend(look.trim, _NIGHT, 0.45)
    principled(ring, gold, Roughness=0.35)
    ink = blend(wood, contrast(look.trim, look.robe, look.sash), 0.15)
    picture(ring, patterns.border("Stage ring", look.border, ink, gold))
    edges = (0.0, 0.45, 0.47, 0.5, radius - 0.42, radius - 0.14, radius, 40.0)
    stuffs = ("disc", "disc", "line", "disc", "ring", "disc", "ground")
    line = wardrobe["line"] = bpy.data.materials.new("Stage line")
    principled(line, gold, Roughness=0.35)
    cloth = Cloth()
    for inner, outer, stuff in zip(edges, edges[1:], stuffs):  # noqa: B905 - one edge more than rings
        height = 0.0 if stuff != "ground" else -0.05
        rows = [[middle + Vector((max(r, 1e-3) * math.sin(a), -max(r, 1e-3) * math.cos(a), height))
                 for a in around(96)] for r in (inner, outer)]  # fmt: skip
        cloth.grid(rows, lambda p: {"floor": 1.0}, stuff, repeat=round(2 * math.pi * radius / 0.36))
    rim = [
        [middle + Vector((radius * math.sin(a), -radius * math.cos(a), z)) for a in around(96)] for z in (0.0, -0.05)
    ]
    cloth.grid(rim, lambda p: {"floor": 1.0}, "line")
    _put(cloth.build("Stage floor", wardrobe))


def _backdrop(look: Costume, middle: Vector, radius: float) -> None:
    """A curved wall behind the stage that glows around the dancer and is night at its edges.

    It shines for the camera and in reflections only: lighting is left to the lamps, so that few samples do.
    """
    material = bpy.data.materials.new("Stage backdrop")
    tree = compat.node_tree(material)
    tree.nodes.clear()
    far = radius + 3.4
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.vector_type = "TEXTURE"
    mapping.inputs["Location"].default_value = (0.5, 0.2, 0)
    mapping.inputs["Scale"].default_value = (0.3, 0.36, 1)
    gradient = tree.nodes.new("ShaderNodeTexGradient")
    gradient.gradient_type = "SPHERICAL"
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.interpolation = "EASE"
    glow = _glow(look)
    ramp.color_ramp.elements[0].color = (*blend(_NIGHT, glow, 0.02), 1)
    ramp.color_ramp.elements[1].color = (*glow, 1)
    between = ramp.color_ramp.elements.new(0.42)
    between.color = (*blend(_NIGHT, glow, 0.2), 1)
    emission = tree.nodes.new("ShaderNodeEmission")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(coordinates.outputs["UV"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], gradient.inputs["Vector"])
    tree.links.new(gradient.outputs["Fac"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], emission.inputs["Color"])
    tree.links.new(emission.outputs["Emission"], output.inputs["Surface"])
    material.diffuse_color = (*blend(_NIGHT, glow, 0.5), 1)
    rows = []
    for z in steps(-0.05, 9.0, 8):
        rows.append([middle + Vector((-far * 1.5 * math.sin(a), far * math.cos(a), z)) for a in steps(-1.5, 1.5, 33)])
    cloth = Cloth()
    cloth.grid(rows, lambda p: {"wall": 1.0}, "wall", closed=False)
    wall = _put(cloth.build("Stage backdrop", {"wall": material}))
    wall.visible_diffuse = False
    wall.visible_shadow = False


def _hills(look: Costume, middle: Vector, radius: float) -> None:
    """Two ridges between the floor and the wall, the nearer the darker: the stage stands outdoors at dusk."""
    for name, far, share, base, phase in (
        ("far", radius + 3.1, 0.16, 1.0, 0.4),
        ("near", radius + 2.8, 0.06, 0.55, 2.1),
    ):
        material = bpy.data.materials.new(f"Stage hills {name}")
        colour = blend(_NIGHT, _glow(look), share)
        _shine(material, colour)
        low, high = [], []
        for a in steps(-1.5, 1.5, 121):
            foot = middle + Vector((-far * 1.5 * math.sin(a), far * math.cos(a), -0.05))
            rise = base * (1 + 0.45 * math.sin(3.1 * a + phase) + 0.22 * math.sin(7.3 * a + 2 * phase))
            rise += base * (0.09 * math.sin(17 * a + phase) + 0.05 * math.sin(31 * a))
            low.append(foot)
            high.append(foot + Vector((0, 0, max(rise, 0.1))))
        cloth = Cloth()
        cloth.grid([low, high], lambda p: {"hill": 1.0}, "hill", closed=False)
        ridge = _put(cloth.build(f"Stage hills {name}", {"hill": material}))
        ridge.visible_diffuse = False
        ridge.visible_shadow = False


def _shine(material: bpy.types.Material, colour: Rgb) -> None:
    """A material of one colour that needs no lamp."""
    tree = compat.node_tree(material)
    tree.nodes.clear()
    emission = tree.nodes.new("ShaderNodeEmission")
    emission.inputs["Color"].default_value = (*colour, 1)
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(emission.outputs["Emission"], output.inputs["Surface"])
    material.diffuse_color = (*colour, 1)


def _glow(look: Costume) -> Rgb:
    """The backdrop's light, chosen against the dress: teal behind warm colours, dusk behind cool, night behind pale."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*look.robe)
    lower_hue, lower_saturation, _ = colorsys.rgb_to_hsv(*look.lower)
    if lower_saturation > saturation:
        hue, saturation = lower_hue, lower_saturation
    if saturation < 0.25:
        return 0.07, 0.10, 0.24
    return (0.17, 0.07, 0.13) if 0.2 < hue < 0.75 else (0.05, 0.20, 0.24)


def _world() -> None:
    world = bpy.data.worlds.get("Stage night") or bpy.data.worlds.new("Stage night")
    background = next(n for n in compat.node_tree(world).nodes if n.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.10, 0.12, 0.17, 1)
    background.inputs["Strength"].default_value = 0.35
    bpy.context.scene.world = world


# --- light --------------------------------------------------------------------------------------


def _lights(look: Costume, middle: Vector) -> None:
    """Warm key from the left front, wide soft fill, two cool rims from behind, a glow from above."""
    aim = middle + Vector((0, 0, 1.05))
    table = (  # name, place, watts, size [m], colour
        ("key", (-3.2, -5.0, 4.4), 640, 1.8, (1.0, 0.90, 0.78)),
        ("fill", (3.6, -3.6, 1.7), 95, 3.0, (0.80, 0.88, 1.0)),
        ("rim left", (-3.9, 3.2, 3.9), 330, 1.4, (0.72, 0.84, 1.0)),
        ("rim right", (3.9, 3.0, 3.5), 300, 1.4, blend((1.0, 0.85, 0.7), look.trim, 0.25)),
        ("top", (0.0, 0.2, 5.2), 120, 2.2, (1.0, 0.95, 0.9)),
    )
    for name, place, watts, size, colour in table:
        lamp = bpy.data.lights.new(f"Stage {name}", "AREA")
        lamp.energy, lamp.size, lamp.color = watts, size, colour
        obj = _put(bpy.data.objects.new(f"Stage {name}", lamp))
        obj.location = middle + Vector(place)
        obj.rotation_euler = (aim - obj.location).to_track_quat("-Z", "Y").to_euler()

"""Light, sky and camera of a picture, and where the structure lies in it."""

from __future__ import annotations

import math
from random import Random

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from ritual_motion import compat

from .fronts import Marks

# sky at the horizon and above, its strength; the sun's colour, strength, least and most height [deg]; windows' light
LIGHTS: dict[str, tuple] = {
    "noon": ((0.62, 0.75, 0.88), (0.16, 0.36, 0.72), 0.75, (1.0, 0.95, 0.86), 3.6, 40, 60, 0.0),
    "morning": ((0.90, 0.80, 0.66), (0.34, 0.52, 0.76), 0.65, (1.0, 0.82, 0.60), 3.2, 18, 32, 0.0),
    "overcast": ((0.72, 0.76, 0.78), (0.52, 0.58, 0.64), 1.15, (0.95, 0.97, 1.0), 0.7, 45, 70, 0.0),
    "evening": ((0.95, 0.50, 0.24), (0.26, 0.28, 0.50), 0.50, (1.0, 0.56, 0.26), 2.6, 10, 20, 0.5),
    "dusk": ((0.46, 0.36, 0.46), (0.10, 0.14, 0.32), 0.90, (0.62, 0.68, 1.0), 0.8, 30, 50, 2.2),
}
"""Times of day and weathers by name."""


def set_light(name: str, rng: Random, collection: bpy.types.Collection) -> None:
    """Sun and sky of one of `LIGHTS`; the sun stands behind the camera's left or right shoulder."""
    horizon, zenith, strength, colour, power, low, high, _ = LIGHTS[name]
    lamp = bpy.data.lights.new("Sun", "SUN")
    lamp.energy, lamp.color, lamp.angle = (
        power * rng.uniform(0.85, 1.15),
        colour,
        math.radians(6 if name == "overcast" else 1.2),
    )
    sun = bpy.data.objects.new("Sun", lamp)
    sun.rotation_euler = (math.radians(90 - rng.uniform(low, high)), 0, rng.choice((-1, 1)) * rng.uniform(0.35, 1.1))
    collection.objects.link(sun)
    world = bpy.data.worlds.get("Sky") or bpy.data.worlds.new("Sky")
    tree = compat.node_tree(world)
    tree.nodes.clear()
    coordinates, apart = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeSeparateXYZ")
    ramp, background = tree.nodes.new("ShaderNodeValToRGB"), tree.nodes.new("ShaderNodeBackground")
    output = tree.nodes.new("ShaderNodeOutputWorld")
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*horizon, 1), (*zenith, 1)
    ramp.color_ramp.elements[1].position = 0.55
    tree.links.new(coordinates.outputs["Generated"], apart.inputs[0])
    tree.links.new(apart.outputs["Z"], ramp.inputs[0])
    tree.links.new(ramp.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = strength
    tree.links.new(background.outputs["Background"], output.inputs["Surface"])
    world.cycles.sampling_method, world.cycles.sample_map_resolution = "MANUAL", 32  # else 0.9 s a picture go there
    bpy.context.scene.world = world


def set_camera(rng: Random, style: str, collection: bpy.types.Collection) -> dict:
    """A camera at a man's height before the yard; returns where it stands and where it looks."""
    yaw = rng.choice((-1, 1)) * rng.uniform(0.0, 0.55)
    distance, height = rng.uniform(8.2, 10.2), rng.uniform(1.2, 2.3)
    lens = rng.uniform(29, 36)
    if style in ("stilt", "flat"):
        distance += 1.3
    aim = Vector((rng.uniform(-0.5, 0.5), 0.0, {"stilt": 2.3, "flat": 2.1}.get(style, 1.75) + rng.uniform(-0.15, 0.2)))
    return place_camera(
        (aim.x + distance * math.sin(yaw), -distance * math.cos(yaw), height), tuple(aim), lens, collection
    )


def place_camera(place: tuple, aim: tuple, lens: float, collection: bpy.types.Collection) -> dict:
    """A camera at a place [m] that looks at a point, `lens` in mm of a sensor of 36 mm."""
    camera = bpy.data.cameras.new("Camera")
    camera.lens, camera.sensor_width = lens, 36.0
    obj = bpy.data.objects.new("Camera", camera)
    obj.location = place
    obj.rotation_euler = (Vector(aim) - obj.location).to_track_quat("-Z", "Y").to_euler()
    collection.objects.link(obj)
    bpy.context.scene.camera = obj
    bpy.context.view_layer.update()
    return {"place": list(place), "aim": list(aim), "lens": lens, "matrix": [list(row) for row in obj.matrix_world]}


def structure(marks: Marks) -> dict:
    """Points and lines as the scene's camera sees them: x to the right and y down, both 0..1, and the depth [m]."""
    scene = bpy.context.scene
    points = []
    for name, place in marks.points:
        seen = world_to_camera_view(scene, scene.camera, Vector(place))
        points.append({"kind": name, "x": round(seen.x, 5), "y": round(1 - seen.y, 5), "depth": round(seen.z, 3)})
    return {"points": points, "lines": [list(line) for line in marks.lines]}

"""A picture that came back, in the scene: a plane that stands there, the world behind everything, or an asset."""

from __future__ import annotations

import os
import tempfile

import bpy

from . import compat

PLANE, WORLD, ASSET = "PLANE", "WORLD", "ASSET"
HEIGHT = 3.0  # of a plane [m]
_ROUGH = 1.0  # paper and paint do not shine


def image_of(data: bytes, name: str) -> bpy.types.Image:
    """An image of a PNG file's bytes, packed into the .blend.

    Raises:
        ValueError: Blender cannot read it.
    """
    handle, path = tempfile.mkstemp(".png")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        image = bpy.data.images.load(path)
        image.pack()
    except RuntimeError as error:
        raise ValueError(f"Blender cannot read the picture that came back: {error}") from error
    finally:
        os.unlink(path)
    image.name, image.filepath_raw = name, f"//{name}.png"
    if not all(image.size):
        bpy.data.images.remove(image)
        raise ValueError("Blender cannot read the picture that came back: it has no pixels.")
    return image


def put(scene: bpy.types.Scene, image: bpy.types.Image, place: str) -> str:
    """Show the image; what was done, in words.

    Args:
        place: PLANE, WORLD or ASSET.
    """
    if place == WORLD:
        _behind(scene, image)
        return f"{image.name} is the world's background"
    plane = compat.link(_plane(image), scene)
    if place == ASSET:
        plane.asset_mark()
        if not bpy.app.background:
            plane.asset_generate_preview()
        return f"{plane.name} is marked as an asset"
    plane.location = scene.cursor.location
    return f"{plane.name} stands at the 3D cursor"


def _plane(image: bpy.types.Image) -> bpy.types.Object:
    """Standing on its lower edge, its face towards -Y as a performer's, as wide as the picture is."""
    width, height = image.size
    half = HEIGHT * width / height / 2
    mesh = bpy.data.meshes.new(image.name)
    mesh.from_pydata([(-half, 0, 0), (half, 0, 0), (half, 0, HEIGHT), (-half, 0, HEIGHT)], [], [(0, 1, 2, 3)])
    corners = mesh.uv_layers.new(name="UVMap").data
    for corner, uv in zip(corners, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        corner.uv = uv
    mesh.materials.append(_material(image))
    return bpy.data.objects.new(image.name, mesh)


def _material(image: bpy.types.Image) -> bpy.types.Material:
    material = bpy.data.materials.new(image.name)
    tree = compat.node_tree(material)
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    compat.set_inputs(shader, Roughness=_ROUGH, Specular_IOR_Level=0.0)
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image, texture.location = image, (-400, 200)
    tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(texture.outputs["Alpha"], shader.inputs["Alpha"])
    compat.let_through(material)
    return material


def _behind(scene: bpy.types.Scene, image: bpy.types.Image) -> None:
    """The picture fills the camera's view, whatever moves before it: a world of its own, the former one is kept."""
    world = bpy.data.worlds.new(image.name)
    tree = compat.node_tree(world)
    shader = next(node for node in tree.nodes if node.type == "BACKGROUND")
    texture, place = tree.nodes.new("ShaderNodeTexImage"), tree.nodes.new("ShaderNodeTexCoord")
    texture.image, texture.extension = image, "EXTEND"
    texture.location, place.location = (-300, 300), (-500, 300)
    tree.links.new(place.outputs["Window"], texture.inputs["Vector"])
    tree.links.new(texture.outputs["Color"], shader.inputs["Color"])
    if scene.world is not None:
        scene.world.use_fake_user = True
    scene.world = world

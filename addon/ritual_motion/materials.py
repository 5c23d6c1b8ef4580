"""The stuffs a performer and a stage are made of: one Principled shader each, made when first asked for."""

from __future__ import annotations

from collections.abc import Callable

import bpy

from . import compat, patterns
from .costume import Costume, Rgb
from .patterns import blend

_WHITE: Rgb = (0.8, 0.78, 0.74)
_BLACK: Rgb = (0.012, 0.011, 0.012)
_GOLD: Rgb = (0.83, 0.52, 0.16)
_SILVER: Rgb = (0.78, 0.79, 0.82)


class Wardrobe(dict):
    """Materials by stuff name (`robe`, `trim`, `skin` ...), each made on first use.

    Names carry the owner's name, so that two performers never share, nor overwrite, a colour.
    """

    def __init__(self, owner: str, costume: Costume) -> None:
        super().__init__()
        self.owner, self.costume = owner, costume

    def __missing__(self, stuff: str) -> bpy.types.Material:
        material = bpy.data.materials.new(f"{self.owner} {stuff}")
        _STUFFS[stuff](material, self.costume, f"{self.owner} {stuff}")
        self[stuff] = material
        return material


def principled(material: bpy.types.Material, colour: Rgb, **values) -> bpy.types.Node:
    """A material's Principled shader with a base colour; `values` are inputs by present names."""
    nodes = compat.node_tree(material).nodes
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    compat.set_inputs(shader, Base_Color=(*colour, 1.0), **values)
    material.diffuse_color = (*colour, 1.0)  # what the solid view shows
    material.roughness = values.get("Roughness", 0.5)
    material.metallic = values.get("Metallic", 0.0)
    return shader


def picture(
    material: bpy.types.Material, image: bpy.types.Image, scale: tuple[float, float] = (1, 1)
) -> bpy.types.Node:
    """Let an image colour a material by its uv map, repeated `scale` times along u and v."""
    tree = compat.node_tree(material)
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.location = (-400, 200)
    if scale != (1, 1):
        coordinates = tree.nodes.new("ShaderNodeTexCoord")
        mapping = tree.nodes.new("ShaderNodeMapping")
        mapping.inputs["Scale"].default_value = (*scale, 1)
        tree.links.new(coordinates.outputs["UV"], mapping.inputs["Vector"])
        tree.links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
        coordinates.location, mapping.location = (-800, 200), (-600, 200)
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    tree.links.new(texture.outputs["Color"], compat.socket(shader, "Base Color"))
    return texture


def contrast(ground: Rgb, *candidates: Rgb) -> Rgb:
    """Whichever candidate stands out most from the ground."""

    def luminance(c: Rgb) -> float:
        return (0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] + 0.03) ** 0.45

    return max(candidates, key=lambda c: abs(luminance(c) - luminance(ground)))


def _cloth(pick: Callable[[Costume], Rgb], scale: tuple[float, float], sheen: float = 0.08) -> Callable:
    """Woven cloth with a roundel brocade, tone on tone, so faint that where a step stretches it nobody sees."""

    def make(material: bpy.types.Material, costume: Costume, name: str) -> None:
        ground = pick(costume)
        light = blend(ground, _WHITE if max(ground) < 0.5 else blend(ground, _BLACK, 0.5), 0.05)
        light = blend(light, costume.trim, 0.06)
        principled(material, ground, Roughness=0.7, Sheen_Weight=sheen, Specular_IOR_Level=0.15)
        picture(material, patterns.brocade(name, ground, light), scale)

    return make


def _plain(pick: Callable[[Costume], Rgb], **values) -> Callable:
    def make(material: bpy.types.Material, costume: Costume, name: str) -> None:
        principled(material, pick(costume), **values)

    return make


def border_of(costume: Costume, name: str) -> bpy.types.Image:
    """The border that a costume's trim shows."""
    ink = contrast(costume.trim, costume.robe, costume.sash, costume.lower)  # no colour that the graph does not know
    return patterns.border(name, costume.border, costume.trim, ink)


def _trim(material: bpy.types.Material, costume: Costume, name: str) -> None:
    principled(material, costume.trim, Roughness=0.5, Sheen_Weight=0.05)
    picture(material, border_of(costume, name))


def _sash(material: bpy.types.Material, costume: Costume, name: str) -> None:
    ink = contrast(costume.sash, costume.trim, costume.robe, _WHITE)
    principled(material, costume.sash, Roughness=0.42, Sheen_Weight=0.08)
    picture(material, patterns.border(name, "lozenge", costume.sash, blend(costume.sash, ink, 0.7)))


def _face(material: bpy.types.Material, costume: Costume, name: str) -> None:
    principled(material, costume.skin, Roughness=0.52, Specular_IOR_Level=0.35)
    texture = picture(material, patterns.face(name, costume.skin, costume.hair, costume.performer == "female"))
    texture.extension = "EXTEND"


def _feather(material: bpy.types.Material, costume: Costume, name: str) -> None:
    green = blend((0.01, 0.22, 0.16), costume.robe, 0.35)
    principled(material, green, Roughness=0.35, Sheen_Weight=0.1)
    picture(material, patterns.feather(name, green, costume.trim))


def _fur(material: bpy.types.Material, costume: Costume, name: str) -> None:
    """Fur as far as a hat needs it: a dark brown that a fine noise breaks up, with a strong sheen."""
    shader = principled(material, (0.11, 0.05, 0.022), Roughness=0.95, Sheen_Weight=0.4)
    tree = compat.node_tree(material)
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 160.0
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (0.035, 0.014, 0.006, 1)
    ramp.color_ramp.elements[1].color = (0.26, 0.13, 0.06, 1)
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.9
    bump.inputs["Distance"].default_value = 0.02
    factor = next(output for output in noise.outputs if output.name in ("Fac", "Factor"))
    tree.links.new(factor, ramp.inputs[0])
    tree.links.new(factor, bump.inputs["Height"])
    tree.links.new(ramp.outputs["Color"], compat.socket(shader, "Base Color"))
    tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])


_STUFFS: dict[str, Callable[[bpy.types.Material, Costume, str], None]] = {
    "robe": _cloth(lambda c: c.robe, (14, 9)),
    "sleeve": _cloth(lambda c: c.sleeve, (5, 8)),
    "lower": _cloth(lambda c: c.lower, (26, 13)),
    "legs": _plain(lambda c: c.lower, Roughness=0.7, Sheen_Weight=0.05),
    "hose": _plain(lambda c: blend(c.lower, _BLACK, 0.6), Roughness=0.75),
    "trim": _trim,
    "piping": _plain(lambda c: c.trim, Roughness=0.4, Sheen_Weight=0.05),
    "sash": _sash,
    "linen": _plain(lambda c: _WHITE, Roughness=0.7, Sheen_Weight=0.05),
    "skin": _plain(lambda c: c.skin, Roughness=0.52, Specular_IOR_Level=0.35),
    "face": _face,
    "hair": _plain(lambda c: c.hair, Roughness=0.36, Specular_IOR_Level=0.5),
    "shoe": _plain(lambda c: blend(c.robe, _BLACK, 0.75), Roughness=0.5),
    "sole": _plain(lambda c: _BLACK, Roughness=0.6),
    "gold": _plain(lambda c: _GOLD, Roughness=0.3, Metallic=0.8),
    "silver": _plain(lambda c: _SILVER, Roughness=0.32, Metallic=0.6),
    "headdress": _plain(lambda c: c.headdress_colour, Roughness=0.6, Sheen_Weight=0.08),
    "blossom": _plain(lambda c: contrast(c.hair, c.trim, c.sash, (0.7, 0.03, 0.05)), Roughness=0.5),
    "feather": _feather,
    "fur": _fur,
}

"""What a house is made of: one Principled shader a stuff, its colour broken up as weather and hand do it."""

from __future__ import annotations

from random import Random

import bpy
from ritual_motion import compat
from ritual_motion.materials import principled

Rgb = tuple[float, float, float]


class Stuffs(dict):
    """Materials of one scene by name, made when first asked for.

    Args:
        palette: linear colours by stuff; what it lacks has its usual colour.
        made_of: what a stuff that differs by region is made of (`wall`: `grey brick`).
        lattices: pictures by stuff (`window`, `door`): white where wood is.
        lit: how bright the paper of the windows shines [W/m2]; 0 = by day.
        rng: of the scene.
    """

    def __init__(
        self, palette: dict[str, Rgb], made_of: dict[str, str], lattices: dict[str, str], lit: float, rng: Random
    ) -> None:
        super().__init__()
        self.made_of = made_of
        self.palette, self.lattices, self.lit, self.rng = {**USUAL, **palette}, lattices, lit, rng

    def __missing__(self, stuff: str) -> bpy.types.Material:
        material = self[stuff] = bpy.data.materials.new(stuff)
        if stuff in self.lattices:
            self._lattice(material, stuff)
        else:
            stuff = self.made_of.get(stuff, stuff)
            kind, *options = KINDS.get(stuff, ("plain", 0.7))
            getattr(self, f"_{kind}")(material, self._colour(stuff), *options)
        return material

    def _colour(self, stuff: str) -> Rgb:
        return tuple(
            min(1.0, max(0.0, c * self.rng.uniform(0.9, 1.1))) for c in self.palette.get(stuff, (0.3, 0.3, 0.3))
        )

    def _rough(self, material: bpy.types.Material, colour: Rgb, scale: float, depth: float) -> None:
        """A colour that noise darkens and lightens by `depth`, with `scale` spots a metre."""
        shader = principled(material, colour, Roughness=0.85, Specular_IOR_Level=0.2)
        tree = compat.node_tree(material)
        factor = _noise(tree, scale, self.rng.uniform(0, 50))
        _between(tree, factor, _scaled(colour, 1 - depth), _scaled(colour, 1 + depth), shader)

    def _plain(self, material: bpy.types.Material, colour: Rgb, roughness: float) -> None:
        principled(material, colour, Roughness=roughness, Specular_IOR_Level=0.3)

    def _bricks(self, material: bpy.types.Material, colour: Rgb, width: float, height: float, joint: float,
                mortar: float, spread: float) -> None:  # fmt: skip
        """Courses of bricks, stones or tiles of `width` x `height` [m]; mortar of another brightness."""
        shader = principled(material, colour, Roughness=0.85, Specular_IOR_Level=0.2)
        tree = compat.node_tree(material)
        coordinates = tree.nodes.new("ShaderNodeTexCoord")
        brick = tree.nodes.new("ShaderNodeTexBrick")
        tree.links.new(coordinates.outputs["UV"], brick.inputs["Vector"])
        for name, value in (
            ("Scale", 1.0), ("Brick Width", width), ("Row Height", height), ("Mortar Size", joint),
            ("Color1", (*_scaled(colour, 1 - spread), 1)), ("Color2", (*_scaled(colour, 1 + spread), 1)),
            ("Mortar", (*_scaled(colour, mortar), 1)),
        ):  # fmt: skip
            brick.inputs[name].default_value = value
        mixed = _mixed(tree, _noise(tree, 1.3, self.rng.uniform(0, 50)), brick.outputs["Color"], 0.25)
        tree.links.new(mixed, compat.socket(shader, "Base Color"))

    def _striped(self, material: bpy.types.Material, colour: Rgb, width: float, depth: float) -> None:
        """Planks or stalks side by side along u, `width` [m] each."""
        self._bricks(material, colour, 50.0, width, 0.008, 0.35, depth)
        tree = compat.node_tree(material)
        brick = next(node for node in tree.nodes if node.type == "TEX_BRICK")
        mapping = tree.nodes.new("ShaderNodeMapping")
        mapping.inputs["Rotation"].default_value[2] = 1.5708
        tree.links.new(brick.inputs["Vector"].links[0].from_socket, mapping.inputs["Vector"])
        tree.links.new(mapping.outputs["Vector"], brick.inputs["Vector"])

    def _glow(self, material: bpy.types.Material, colour: Rgb, by_night: float) -> None:
        strength = 0.15 + by_night * (self.lit > 0)
        principled(material, colour, Roughness=0.6, Emission_Color=(*colour, 1.0), Emission_Strength=strength)

    def _lattice(self, material: bpy.types.Material, stuff: str) -> None:
        """Carved wood before paper: the picture says where wood is, its edge is raised."""
        paper, wood = self._colour("paper"), self._colour(f"{stuff} wood")
        shader = principled(material, wood, Roughness=0.6, Specular_IOR_Level=0.3)
        tree = compat.node_tree(material)
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.image = bpy.data.images.load(self.lattices[stuff], check_existing=True)
        texture.image.colorspace_settings.name = "Non-Color"
        ramp = tree.nodes.new("ShaderNodeValToRGB")
        ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*paper, 1), (*wood, 1)
        tree.links.new(texture.outputs["Color"], ramp.inputs[0])
        tree.links.new(ramp.outputs["Color"], compat.socket(shader, "Base Color"))
        if self.lit:
            shine = tree.nodes.new("ShaderNodeValToRGB")
            shine.color_ramp.elements[0].color = (1.0, 0.62, 0.25, 1)
            shine.color_ramp.elements[1].color = (0, 0, 0, 1)
            tree.links.new(texture.outputs["Color"], shine.inputs[0])
            tree.links.new(shine.outputs["Color"], compat.socket(shader, "Emission Color"))
            compat.set_inputs(shader, Emission_Strength=self.lit)


def _scaled(colour: Rgb, factor: float) -> Rgb:
    return tuple(min(1.0, c * factor) for c in colour)


def _noise(tree, scale: float, place: float):
    """Output of a noise of `scale` spots a metre, another one at another `place`."""
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = scale, 1.0
    coordinates, mapping = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Location"].default_value = (place, place / 3, 0)
    tree.links.new(coordinates.outputs["Object"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], noise.inputs["Vector"])
    return next(output for output in noise.outputs if output.name in ("Fac", "Factor"))


def _between(tree, factor, low: Rgb, high: Rgb, shader) -> None:
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.3, 0.7
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*low, 1), (*high, 1)
    tree.links.new(factor, ramp.inputs[0])
    tree.links.new(ramp.outputs["Color"], compat.socket(shader, "Base Color"))


def _mixed(tree, factor, colour, depth: float):
    """`colour` made darker by a noise, at most by `depth`."""
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.3, 0.7
    low = 1 - 2 * depth
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (low, low, low, 1), (1, 1, 1, 1)
    tree.links.new(factor, ramp.inputs[0])
    multiply = tree.nodes.new("ShaderNodeVectorMath")
    multiply.operation = "MULTIPLY"
    tree.links.new(colour, multiply.inputs[0])
    tree.links.new(ramp.outputs["Color"], multiply.inputs[1])
    return multiply.outputs[0]


KINDS: dict[str, tuple] = {
    "grey brick": ("bricks", 0.28, 0.09, 0.012, 1.5, 0.12),
    "stone": ("bricks", 0.55, 0.28, 0.03, 0.45, 0.3),
    "plinth": ("bricks", 0.9, 0.3, 0.015, 0.6, 0.15),
    "tiles": ("bricks", 0.32, 0.26, 0.02, 0.35, 0.25),
    "paving": ("bricks", 0.8, 0.6, 0.02, 0.55, 0.2),
    "plaster": ("rough", 1.2, 0.1),
    "earth": ("rough", 2.5, 0.22),
    "ground": ("rough", 0.9, 0.28),
    "planks": ("striped", 0.18, 0.2),
    "thatch": ("striped", 0.045, 0.35),
    "bamboo": ("striped", 0.07, 0.2),
    "felt": ("rough", 1.0, 0.06),
    "wood": ("rough", 4.0, 0.2),
    "leaves": ("rough", 2.2, 0.4),
    "blossom": ("rough", 3.0, 0.25),
    "far hill": ("plain", 1.0),
    "near hill": ("rough", 0.12, 0.25),
    "lantern": ("glow", 4.0),
    "gold": ("plain", 0.35),
    "red paper": ("plain", 0.8),
}
"""How a stuff is made: the method of `Stuffs` and its arguments."""

USUAL: dict[str, Rgb] = {
    "grey brick": (0.20, 0.20, 0.20),
    "stone": (0.30, 0.27, 0.23),
    "plinth": (0.32, 0.31, 0.29),
    "tiles": (0.09, 0.095, 0.10),
    "paving": (0.34, 0.32, 0.28),
    "plaster": (0.78, 0.76, 0.70),
    "earth": (0.45, 0.27, 0.13),
    "ground": (0.30, 0.25, 0.16),
    "planks": (0.20, 0.10, 0.05),
    "thatch": (0.38, 0.27, 0.12),
    "bamboo": (0.48, 0.40, 0.18),
    "felt": (0.82, 0.79, 0.71),
    "wood": (0.16, 0.07, 0.03),
    "window wood": (0.22, 0.06, 0.025),
    "door wood": (0.24, 0.05, 0.02),
    "paper": (0.80, 0.74, 0.58),
    "leaves": (0.07, 0.17, 0.03),
    "trunk": (0.10, 0.06, 0.035),
    "blossom": (0.80, 0.30, 0.36),
    "far hill": (0.33, 0.45, 0.58),
    "near hill": (0.13, 0.22, 0.12),
    "lantern": (0.75, 0.03, 0.02),
    "gold": (0.80, 0.52, 0.14),
    "red paper": (0.66, 0.02, 0.02),
    "ink": (0.015, 0.012, 0.012),
    "corn": (0.85, 0.50, 0.06),
    "clay": (0.26, 0.10, 0.05),
    "hide": (0.70, 0.55, 0.36),
    "frame": (0.02, 0.018, 0.018),
    "band": (0.30, 0.05, 0.03),
    "door panel": (0.22, 0.05, 0.02),
    "painted beam": (0.05, 0.16, 0.20),
    "tile ends": (0.13, 0.135, 0.14),
    "drum": (0.50, 0.03, 0.02),
    "stalk": (0.20, 0.32, 0.06),
    "flag 0": (0.05, 0.15, 0.55),
    "flag 1": (0.8, 0.8, 0.78),
    "flag 2": (0.65, 0.04, 0.03),
    "flag 3": (0.06, 0.32, 0.10),
    "flag 4": (0.82, 0.56, 0.05),
}

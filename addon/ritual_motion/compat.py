"""The one place that knows Blender versions; everything else asks here.

Written for 3.4 to 5.0. Actions have slots and layers since 4.4; EEVEE changed its name twice; sockets of the
Principled shader were renamed in 4.0; bone layers became collections in 4.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy

HAS_SLOTS = "slots" in bpy.types.Action.bl_rna.properties

# Names before 4.0 -> names since.
_RENAMED_SOCKETS = {
    "Emission Color": "Emission",
    "Specular IOR Level": "Specular",
    "Sheen Weight": "Sheen",
    "Subsurface Weight": "Subsurface",
    "Coat Weight": "Clearcoat",
}


# --- actions -----------------------------------------------------------------------------------------------


def channels(action: bpy.types.Action, id_type: str = "OBJECT"):
    """The F-curve collection of an action for one kind of data-block, made where it is missing."""
    if not HAS_SLOTS:
        return action.fcurves
    slot = slot_for(action, id_type)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True).fcurves


def slot_for(action: bpy.types.Action, id_type: str = "OBJECT"):
    """The action's slot for a kind of data-block, made where it is missing (4.4 and later)."""
    for slot in action.slots:
        if slot.target_id_type == id_type:
            return slot
    return action.slots.new(id_type=id_type, name="Performer")


def assign_action(owner: bpy.types.ID, action: bpy.types.Action | None) -> None:
    """Let a data-block play an action; with slots the slot is bound too, or nothing would move."""
    data = owner.animation_data or owner.animation_data_create()
    data.action = action
    if action is not None and HAS_SLOTS:
        data.action_slot = slot_for(action, owner.id_type)


# --- objects -----------------------------------------------------------------------------------------------


def link(obj: bpy.types.Object, scene: bpy.types.Scene | None = None) -> bpy.types.Object:
    """Put an object in the scene's own collection; 5.0 sees it in the view layer only after an update."""
    scene = scene or bpy.context.scene
    if obj.name not in scene.collection.objects:
        scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def _window_override():
    """Operators called from a timer have no window; lend them the first one."""
    windows = bpy.context.window_manager.windows
    if bpy.context.window is None and len(windows):
        return bpy.context.temp_override(window=windows[0])
    return bpy.context.temp_override()


@contextmanager
def edit_mode(obj: bpy.types.Object) -> Iterator[None]:
    """`obj` active and in edit mode; afterwards in object mode, with the former active object back."""
    with _window_override():
        layer = bpy.context.view_layer
        former = layer.objects.active
        if former is not None and former.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        layer.objects.active = obj
        bpy.ops.object.mode_set(mode="EDIT")
        try:
            yield
        finally:
            bpy.ops.object.mode_set(mode="OBJECT")
            layer.objects.active = former


def remove_object(obj: bpy.types.Object) -> None:
    """Remove an object and whatever data, materials and images only it used."""
    data = obj.data
    bpy.data.objects.remove(obj, do_unlink=True)
    if data is None or data.users:
        return
    materials = list(getattr(data, "materials", ()))
    kinds = {bpy.types.Mesh: "meshes", bpy.types.Armature: "armatures", bpy.types.Camera: "cameras"}
    for kind, name in kinds.items():
        if isinstance(data, kind):
            getattr(bpy.data, name).remove(data)
            break
    else:
        if isinstance(data, bpy.types.Light):
            bpy.data.lights.remove(data)
    for material in materials:
        if material is not None and not material.users:
            remove_material(material)


def remove_material(material: bpy.types.Material) -> None:
    """Remove a material and the images that only it showed."""
    images = [n.image for n in material.node_tree.nodes if n.type == "TEX_IMAGE" and n.image]
    bpy.data.materials.remove(material)
    for image in images:
        if not image.users:
            bpy.data.images.remove(image)


def shade_smooth(mesh: bpy.types.Mesh) -> None:
    """Smooth shading on every face."""
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.update()


# --- materials and worlds ----------------------------------------------------------------------------------


def node_tree(owner):
    """The node tree of a material or world; since 5.0 it is always there."""
    if owner.node_tree is None or not owner.node_tree.nodes:
        owner.use_nodes = True
    return owner.node_tree


def socket(node: bpy.types.Node, name: str):
    """An input by its present name, also where an older Blender calls it otherwise; None if neither exists."""
    for candidate in (name, _RENAMED_SOCKETS.get(name)):
        if candidate is not None and candidate in node.inputs:
            return node.inputs[candidate]
    return None


def set_inputs(node: bpy.types.Node, **values) -> None:
    """Set inputs by present names with `_` for a space (`Emission_Color`); what a version lacks is left."""
    for key, value in values.items():
        found = socket(node, key.replace("_", " "))
        if found is not None:
            found.default_value = value


def let_through(material: bpy.types.Material) -> None:
    """Where the material's alpha is 0 one sees what is behind it, in EEVEE before 4.2 too."""
    if not hasattr(material, "surface_render_method"):
        material.blend_method = "HASHED"


# --- rendering ---------------------------------------------------------------------------------------------


def eevee() -> str:
    """The identifier of EEVEE in this Blender."""
    engines = bpy.types.RenderSettings.bl_rna.properties["engine"].enum_items.keys()
    if "BLENDER_EEVEE_NEXT" in engines or (4, 2, 0) <= bpy.app.version < (5, 0, 0):
        return "BLENDER_EEVEE_NEXT"
    return "BLENDER_EEVEE"


def denoiser() -> str | None:
    """The denoiser that this build of Cycles carries, None for none (Debian's 3.4 has none)."""
    try:
        import _cycles
    except ImportError:
        return None
    return "OPENIMAGEDENOISE" if _cycles.with_openimagedenoise else None


def fast_denoising(cycles) -> None:
    """The denoiser's balanced quality, where it can be chosen (4.2 and later)."""
    if hasattr(cycles, "denoising_quality"):
        cycles.denoising_quality = "BALANCED"


def set_look(scene: bpy.types.Scene) -> None:
    """One rendering of colour for every version: Filmic is in 3.4 as in 5.0, AgX is not."""
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"

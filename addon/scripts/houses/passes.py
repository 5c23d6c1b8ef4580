"""How a picture is rendered: one multilayer OpenEXR with colour, depth, normals, object index and albedo."""

from __future__ import annotations

from pathlib import Path

import bpy
from ritual_motion import compat


def configure(scene: bpy.types.Scene, size: int, samples: int, threads: int) -> None:
    """Cycles with few samples and the denoiser where there is one; uncompressed so that anything can read it."""
    settings, cycles = scene.render, scene.cycles
    settings.engine = "CYCLES"
    settings.resolution_x = settings.resolution_y = size
    settings.resolution_percentage = 100
    settings.threads_mode, settings.threads = "FIXED", threads
    cycles.device, cycles.samples, cycles.seed, cycles.use_animated_seed = "CPU", samples, 0, False
    cycles.use_adaptive_sampling = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
    cycles.transmission_bounces = cycles.transparent_max_bounces = cycles.volume_bounces = 1
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 3.0
    denoiser = compat.denoiser()
    cycles.use_denoising = denoiser is not None
    if denoiser is not None:
        cycles.denoiser = denoiser
        cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
        compat.fast_denoising(cycles)
    layer = bpy.context.view_layer
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_object_index = layer.use_pass_diffuse_color = True
    image = settings.image_settings
    if hasattr(image, "media_type"):  # 5.0 asks for the medium first
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format, image.exr_codec, image.color_depth = "OPEN_EXR_MULTILAYER", "NONE", "32"
    if hasattr(image, "use_exr_interleave"):  # 5.0 writes a part a layer otherwise
        image.use_exr_interleave = True


def render(scene: bpy.types.Scene, path: Path) -> None:
    """Render the scene into an .exr.

    Raises:
        RuntimeError: nothing was written.
    """
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    if not path.exists() or not path.stat().st_size:
        raise RuntimeError(f"Blender wrote no picture {path.name}.")

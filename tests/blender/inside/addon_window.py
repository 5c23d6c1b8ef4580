"""Runs in a Blender with a window: tells the test outside what is so, and does what only Python can.

Every 0.1 s `state.json` is written into the folder $RITUAL_TEST_FOLDER; a file `command` there holds one of the
functions below by name. Clicks and keys come from outside, as a person's would.
"""

import json
import os
from pathlib import Path

import bpy

FOLDER = Path(os.environ["RITUAL_TEST_FOLDER"])
MODULE = "ritual_motion"

drawn = 0
ticks = 0


def count_drawing(_panel, _context):
    global drawn
    drawn += 1


def area():
    return next(a for a in bpy.context.window_manager.windows[0].screen.areas if a.type == "VIEW_3D")


def contents():
    kinds = ("objects", "actions", "meshes", "armatures", "materials", "images")
    found = {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in kinds}
    scene = bpy.context.window_manager.windows[0].scene
    settings = scene.ritual
    return {
        **found, "markers": len(scene.timeline_markers), "results": len(settings.results), "prompt": settings.prompt,
        "range": [scene.frame_start, scene.frame_end], "performer": getattr(settings.performer_object, "name", ""),
    }  # fmt: skip


def state():
    from ritual_motion import work

    region = next(r for r in area().regions if r.type == "UI")
    status = work.status()
    return {
        "checked": work.checked().get("compliant"), "drawn": drawn, "ticks": ticks,
        "phase": status.phase, "text": status.text,
        "clipboard": bpy.context.window_manager.clipboard, "contents": contents(),
        "sidebar": [region.x, region.y, region.width, region.height],
        "window": bpy.context.window_manager.windows[0].height,
    }  # fmt: skip


# Commands.


def slow():
    _brief("slowly")


def quick():
    _brief("she spreads her wings")


def _brief(prompt):
    settings = bpy.context.window_manager.windows[0].scene.ritual
    settings.dance, settings.prompt, settings.seconds, settings.variants = "dai-peacock", prompt, 4, 3
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.ed.undo_push(message="brief")


def present():
    """Show the dancer, coloured and in mid-dance."""
    window, space = bpy.context.window_manager.windows[0], area().spaces[0]
    space.shading.color_type = "MATERIAL"
    space.overlay.show_bones = False
    region = next(r for r in area().regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area(), region=region):
        bpy.ops.view3d.view_axis(type="FRONT")
        space.region_3d.view_location = (0.62, 0, 0.88)  # the sidebar covers the right
        space.region_3d.view_distance = 3.4
    window.scene.frame_set(40)


def span():
    """A preview range, as a person would have set one before."""
    scene = bpy.context.window_manager.windows[0].scene
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 10, 30
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.ed.undo_push(message="preview range")


def switch():
    """The start from the current pose, on; first with the performer selected, then with nobody."""
    scene = bpy.context.window_manager.windows[0].scene
    if scene.ritual.from_pose:
        scene.ritual.performer_object.select_set(False)
    scene.ritual.from_pose = True


def pictures():
    """A picture to change."""
    picture = bpy.data.images.new("house", 128, 96)
    picture.pixels = [value for n in range(128 * 96) for value in (n % 128 / 127, n / 128 / 95, 0.4, 1.0)]
    window = bpy.context.window_manager.windows[0]
    window.scene.ritual.source_picture = picture
    with bpy.context.temp_override(window=window):
        bpy.ops.ed.undo_push(message="a picture")


def leave():
    bpy.ops.wm.quit_blender()


def tick():
    global ticks
    ticks += 1
    command = FOLDER / "command"
    if command.exists():
        name = command.read_text()
        command.unlink()
        globals()[name]()
    part = FOLDER / "state.part"
    part.write_text(json.dumps(state()))
    part.replace(FOLDER / "state.json")
    return 0.1


def begin():
    import addon_utils

    addon_utils.enable(MODULE)
    from ritual_motion.backdrop_panel import RITUAL_PT_pictures
    from ritual_motion.panels import RITUAL_PT_motion

    bpy.utils.unregister_class(RITUAL_PT_pictures)
    RITUAL_PT_pictures.bl_options = set()  # open when it is first drawn
    bpy.utils.register_class(RITUAL_PT_pictures)
    RITUAL_PT_motion.append(count_drawing)
    area().spaces[0].show_region_ui = True
    bpy.data.objects.remove(bpy.data.objects["Cube"])  # it would hide the dancer
    bpy.app.timers.register(tick, first_interval=1.0)


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(begin, first_interval=0.5)

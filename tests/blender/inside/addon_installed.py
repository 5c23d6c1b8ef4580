"""Runs in a Blender: installs the zip as a user would, generates once, switches the add-on off. Prints INSTALLED."""

import importlib
import json
import os
import sys

import bpy

zip_path = sys.argv[-1]
if bpy.app.version >= (4, 2, 0):
    import addon_utils

    addon_utils.enable("bl_pkg", default_set=True)
    bpy.ops.extensions.package_install_files(filepath=zip_path, repo="user_default", enable_on_install=True)
    module = "bl_ext.user_default.ritual_motion"
else:
    bpy.ops.preferences.addon_install(filepath=zip_path)
    module = "ritual_motion"
    bpy.ops.preferences.addon_enable(module=module)

addon = importlib.import_module(module)
chosen = bpy.context.preferences.addons[module].preferences
assert addon.preferences.launch(bpy.context).interpreter == os.environ["RITUAL_PYTHON"]
chosen.interpreter, chosen.url, chosen.token = "/chosen/python", " http://127.0.0.1:9 ", "t"
launch = addon.preferences.launch(bpy.context)
assert (launch.interpreter, launch.url, launch.token) == ("/chosen/python", "http://127.0.0.1:9", "t"), launch
chosen.interpreter = chosen.url = chosen.token = ""

bpy.ops.wm.read_homefile(use_empty=True)
assert bpy.ops.ritual.connect() == {"FINISHED"}
settings = bpy.context.scene.ritual
settings.prompt, settings.seconds, settings.variants = "she spreads her wings", 2, 1
assert bpy.ops.ritual.generate() == {"FINISHED"}
assert settings.performer_object.animation_data.action == settings.results[0].action
assert json.loads(settings.results[0].report)["compliant"]

bpy.ops.preferences.addon_disable(module=module)
assert not hasattr(bpy.types.Scene, "ritual")
assert not addon.backend_process.alive()
print("INSTALLED", bpy.app.version_string, flush=True)

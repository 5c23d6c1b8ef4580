"""Ritual Motion for Blender: registers what the other files hold. Standard library and bpy only."""

from __future__ import annotations

import bpy

from . import backend_process, catalogue, operators, panels, preferences, properties, work

bl_info = {  # for Blender before 4.2; later ones read blender_manifest.toml
    "name": "Ritual Motion",
    "author": "The Ritual Motion authors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Ritual Motion",
    "description": "Dance motion that keeps the rules of its culture",
    "category": "Animation",
}

_CLASSES = (
    preferences.RitualPreferences,
    properties.RitualVariant,
    properties.RitualSettings,
    *operators.CLASSES,
    *panels.CLASSES,
)


def register() -> None:
    """Called by Blender when the add-on is switched on."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    properties.register()
    work.register()
    catalogue.remember()


def unregister() -> None:
    """Called by Blender when the add-on is switched off; takes back everything, the backend too."""
    work.unregister()
    backend_process.stop()
    properties.unregister()
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)

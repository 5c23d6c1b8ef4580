"""What a user sets once: which Python runs the backend, or where one runs already."""

from __future__ import annotations

import os
from pathlib import Path

import bpy

from .backend_process import Launch


class RitualPreferences(bpy.types.AddonPreferences):
    """Preferences of the add-on."""

    bl_idname = __package__

    interpreter: bpy.props.StringProperty(
        name="Backend Python",
        description="Python that has the package 'ritual'; empty: RITUAL_PYTHON, or the project's own .venv",
        subtype="FILE_PATH",
    )
    graph: bpy.props.StringProperty(
        name="Knowledge graph", description="Folder of TTL files; empty: the graph that ships", subtype="DIR_PATH"
    )
    device: bpy.props.EnumProperty(
        name="Device",
        description="What the backend computes on",
        items=[("cpu", "CPU", ""), ("cuda", "CUDA", "An NVIDIA GPU")],
    )
    url: bpy.props.StringProperty(
        name="Backend address",
        description="A backend that runs elsewhere, such as http://127.0.0.1:8765 at the end of an SSH tunnel; "
        "empty: this computer",
    )
    token: bpy.props.StringProperty(
        name="Token", description="The token in that backend's handshake file", subtype="PASSWORD"
    )

    def draw(self, _context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "interpreter")
        if not self.interpreter:
            found = default_interpreter()
            column.label(text=f"Used: {found}" if found else "None found: choose one", icon="INFO")
        column.prop(self, "graph")
        column.prop(self, "device")
        column.separator()
        column.prop(self, "url")
        row = column.row()
        row.enabled = bool(self.url)
        row.prop(self, "token")


def launch(context: bpy.types.Context) -> Launch:
    """How the backend is reached, as the preferences say; the defaults where the add-on has none."""
    addon = context.preferences.addons.get(__package__)
    chosen = addon.preferences if addon is not None else None
    if chosen is None:
        return Launch(interpreter=default_interpreter())
    return Launch(
        interpreter=bpy.path.abspath(chosen.interpreter) or default_interpreter(),
        url=chosen.url.strip(),
        token=chosen.token.strip(),
        graph=bpy.path.abspath(chosen.graph),
        device=chosen.device,
    )


def default_interpreter() -> str:
    """`RITUAL_PYTHON`, else the Python of the project whose source tree holds this add-on, else nothing."""
    if chosen := os.environ.get("RITUAL_PYTHON"):
        return chosen
    project = Path(__file__).resolve().parents[2]
    for name in ("bin/python", "Scripts/python.exe"):
        if (project / ".venv" / name).exists():
            return str(project / ".venv" / name)
    return ""

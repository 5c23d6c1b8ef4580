"""What panels are drawn with: rows with a heading, and text that wraps."""

from __future__ import annotations

import textwrap

import bpy

_PIXELS_PER_LETTER = 6.6  # of the interface's own font at scale 1


def headed(layout: bpy.types.UILayout, text: str, icon: str) -> bpy.types.UILayout:
    """A row that begins with a text and an icon; buttons may follow."""
    row = layout.row()
    row.label(text=text, icon=icon)
    return row


def wrapped(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE") -> None:
    """Text that wraps: Blender's labels do not."""
    room = text_width(context) - (20 if icon != "NONE" else 0)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(textwrap.wrap(text, max(16, int(room / _PIXELS_PER_LETTER)))):
        column.label(text=line, icon=icon if number == 0 else ("BLANK1" if icon != "NONE" else "NONE"))


def text_width(context: bpy.types.Context) -> float:
    """Width for text in the sidebar, in pixels of scale 1: less the tabs and the borders."""
    return context.region.width / context.preferences.system.ui_scale - 50

"""The panel **Backdrops and pictures**: an image, what may be done to it, and where the result goes."""

from __future__ import annotations

import bpy

from . import catalogue, work
from .layout import wrapped


class RITUAL_PT_pictures(bpy.types.Panel):
    """An image in, an image out; the progress and the rules' words are those of the main panel."""

    bl_idname = "RITUAL_PT_pictures"
    bl_label = "Backdrops and pictures"
    bl_category = "Ritual Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "RITUAL_PT_motion"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return catalogue.known()

    def draw(self, context: bpy.types.Context) -> None:
        layout, settings = self.layout, context.scene.ritual
        column = layout.column()
        column.enabled = not work.busy()
        column.template_ID(settings, "source_picture", open="image.open")
        buttons = column.column(align=True)
        buttons.enabled = settings.source_picture is not None
        row = buttons.row(align=True)
        row.operator("ritual.picture", text="Paper-cut").work = "papercut"
        row.operator("ritual.picture", text="Painting").work = "painting"
        row = buttons.row(align=True)
        row.operator("ritual.picture", text="Enlarge").work = "enlarge"
        row.operator("ritual.picture", text="Restore").work = "restore"
        column.prop(settings, "cut_out")
        row = column.row(align=True)
        row.operator("ritual.picture", text="Make a backdrop", icon="IMAGE_BACKGROUND").work = "backdrop"
        row.prop(settings, "backdrop_seed")
        column.prop(settings, "picture_place", text="Result")
        column.prop(settings, "picture_judged")
        for sentence in work.judged():
            wrapped(layout, context, sentence, icon="ERROR")


CLASSES = (RITUAL_PT_pictures,)

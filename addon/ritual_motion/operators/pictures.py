"""The buttons of **Backdrops and pictures**: translate, enlarge and restore an image, make a backdrop."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .. import catalogue, picture, preferences, work
from ..backend_client import PictureWork
from ..job import Session
from .doing import do

_WORK = (
    ("papercut", "Paper-cut", "Translate the picture into a paper-cut"),
    ("painting", "Painting", "Translate the picture into a painting"),
    ("enlarge", "Enlarge", "Make the picture twice as large"),
    ("restore", "Restore", "Mend what time or damage took from the picture"),
    ("backdrop", "Make a backdrop", "Draw a house that was not there before; another seed gives another one"),
)


class RITUAL_OT_picture(bpy.types.Operator):
    """Let the backend's trained models work on the picture; the result comes into the scene as chosen"""

    bl_idname = "ritual.picture"
    bl_label = "Work on the picture"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # no UNDO: the one undo step is pushed when the picture has come

    work: bpy.props.EnumProperty(items=_WORK, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return next(text for name, _label, text in _WORK if name == properties.work)

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not work.busy()

    def execute(self, context: bpy.types.Context) -> set[str]:
        settings = context.scene.ritual
        try:
            asked = _asked(self.work, settings)
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return do(self, context, Session(preferences.launch(context), picture_work=asked, onto=settings.picture_place))


def _asked(what: str, settings: bpy.types.PropertyGroup) -> PictureWork:
    """The request of a button.

    Raises:
        ValueError: there is no picture, or it cannot be sent.
    """
    wish = _judged(settings) if settings.picture_judged else {}
    if what == "backdrop":
        return PictureWork("synthesise", wish | {"what": "houses", "seed": settings.backdrop_seed, "name": "backdrop"})
    image = settings.source_picture
    data = picture.read(image)
    name = f"{picture.bare_name(image)} {what}"
    if what in ("papercut", "painting"):
        cut_out = {"cut_out": True} if what == "papercut" and settings.cut_out else {}
        return PictureWork("translate", wish | {"to": what, "name": name} | cut_out, data)
    return PictureWork(what, wish | {"name": name}, data)


def _judged(settings: bpy.types.PropertyGroup) -> dict:
    """The dance whose rules judge the result, and what the panel says of its performer and occasion."""
    said = {"dance": settings.dance, "performer": settings.performer, "occasion": settings.occasion}
    return {key: value for key, value in said.items() if value and value != catalogue.AUTO}


CLASSES = (RITUAL_OT_picture,)

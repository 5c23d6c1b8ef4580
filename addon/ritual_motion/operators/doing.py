"""How a button's work is done: with a window in the background, without one here and now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import bpy

from .. import work
from ..check import Pose
from ..job import Session


def do(operator: bpy.types.Operator, context: bpy.types.Context, session: Session) -> set[str]:
    """Begin a session; without a window do it, and report how it ended."""
    if not bpy.app.background:
        work.begin(session, context.scene.name)
        return {"FINISHED"}
    status = work.run(session, context.scene.name, say=lambda text: print(f"Ritual Motion: {text} ..."))
    if status.phase != "done":
        operator.report({"ERROR"}, str(status.error or status.text))
        return {"CANCELLED"}
    operator.report({"INFO"}, f"Ritual Motion: {status.text}")
    return {"FINISHED"}


def do_with_poses(
    operator: bpy.types.Operator,
    context: bpy.types.Context,
    frames: Iterator[Pose],
    total: int,
    then: Callable[[list[Pose]], Session],
) -> set[str]:
    """Read the poses of `total` frames, in a window some at a time, then do the session that they make.

    Raises:
        ValueError: they cannot be read.
    """
    if bpy.app.background:
        return do(operator, context, then(list(frames)))
    work.begin_reading(frames, total, then)
    return {"FINISHED"}

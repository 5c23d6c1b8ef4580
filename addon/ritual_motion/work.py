"""The work in progress, one at a time: started by an operator, polled by a timer, shown by the panel."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator

import bpy

from . import backdrop, catalogue, result, symbols
from .backend_client import BackendError
from .check import Pose
from .job import Outcome, Session, Status
from .job import run as run_session

_INTERVAL = 0.1
_READ_SECONDS = 0.05  # of every tick may go into reading poses; the rest belongs to the window
UNDO_GENERATE, UNDO_EDIT, UNDO_SYMBOL = "Generate ritual motion", "Regenerate span", "Use as symbol"
UNDO_PICTURE = "Work on the picture"

_session: Session | None = None
_scene_name = ""  # a name, not a reference: the scene may be gone when the work is done
_status = Status()
_checked: dict = {}  # the reply of the last check
_seen: dict = {}  # the reply on the last picture
_judged: list[str] = []  # what the rules said of the picture that was made last
_reading: Callable[[], float | None] | None = None  # the timer that reads poses


def status() -> Status:
    """How far the work is, or how the last one ended."""
    return _status


def busy() -> bool:
    """Whether work is in progress."""
    return _session is not None or _reading is not None


def checked() -> dict:
    """What the rules said of the motion that was checked last; empty where none was since the last generation."""
    return _checked


def seen(name: str) -> dict:
    """What the picture of that name is; empty where it was not the last one that was looked at."""
    return _seen if _seen.get("name") == name else {}


def judged() -> list[str]:
    """What the rules say of the picture that was made last, a sentence for each."""
    return _judged


def begin(session: Session, scene_name: str) -> None:
    """Start the work and come back at once; a timer takes in what it finds."""
    global _session, _scene_name, _status
    _session, _scene_name, _status = session, scene_name, session.status
    session.start()
    bpy.app.timers.register(_tick, first_interval=_INTERVAL)


def begin_reading(frames: Iterator[Pose], total: int, then: Callable[[list[Pose]], Session]) -> None:
    """Read the poses of `total` frames bit by bit, so that the window lives on, then begin the session `then` makes."""
    global _reading, _status
    poses: list[Pose] = []
    scene_name = bpy.context.scene.name

    def tick() -> float | None:
        global _reading, _status
        if _reading is not tick:
            frames.close()  # cancelled: shows the frame again that was shown before
            return None
        end = time.monotonic() + _READ_SECONDS
        try:
            for pose in frames:
                poses.append(pose)
                if time.monotonic() > end:
                    _status = Status("busy", "Reading the motion", len(poses) / total)
                    _redraw()
                    return 0.0
        except ValueError as error:
            _reading, _status = None, Status("failed", str(error), error=BackendError("not_read", str(error)))
            _redraw()
            return None
        _reading = None
        begin(then(poses), scene_name)
        return None

    _reading, _status = tick, Status("busy", "Reading the motion", 0.0)
    bpy.app.timers.register(tick)


def run(session: Session, scene_name: str, say: Callable[[str], None]) -> Status:
    """Do the work here and now: for Blender without a window, where no timer ever fires."""
    global _session, _status
    _session = session
    try:
        outcome = run_session(session, say)
        _status = _finish(outcome, scene_name)
    except BackendError as error:
        _status = Status("failed", error.message, error=error)
    finally:
        _session = None
    return _status


def cancel() -> None:
    """Cancel the work, on the backend too; what it may still bring is thrown away."""
    global _status, _reading
    if _reading is not None:
        _reading, _status = None, Status("cancelled", "Cancelled")
    if _session is not None:
        _session.cancel()
        _status = _session.poll()


def stop() -> None:
    """Cancel the work and forget it: another file is opened, or the add-on is switched off."""
    global _session, _status, _checked, _reading, _seen, _judged
    if _session is not None:
        _session.cancel()
    _session, _status, _checked, _reading, _seen, _judged = None, Status(), {}, None, {}, []
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def clear() -> None:
    """Forget how the last work ended."""
    global _status, _checked
    _checked = {}
    if _session is None:
        _status = Status()


def _tick() -> float | None:
    """The timer: takes in news and puts the result into the scene; None ends it."""
    global _session, _status
    if _session is None:
        return None
    seen = _session.poll()
    if _session.finished and _session.outcome is not None and not result.ready_for_it(bpy.context):
        seen = Status("busy", "Done: leave Edit Mode (or end the render) to receive it", 1.0)
    elif _session.finished:
        outcome, _session = _session.outcome, None
        if outcome is not None:
            seen = _finish(outcome, _scene_name)
    if seen != _status:
        _status = seen
        _redraw()
    return None if _session is None else _INTERVAL


def _finish(outcome: Outcome, scene_name: str) -> Status:
    global _checked, _seen
    catalogue.update(outcome.dances)
    if outcome.seen:
        _seen = outcome.seen
        return Status("done", "Looked at")
    if outcome.dressed:
        return _dress(outcome, scene_name)
    if outcome.pictures:
        return _show(outcome, scene_name)
    _checked = outcome.check
    if outcome.clips:
        undo = UNDO_EDIT if outcome.onto else UNDO_GENERATE
        try:
            result.put(scene_name, outcome)
        except ValueError as error:
            return Status("failed", str(error), error=BackendError("not_applied", str(error)))
        except Exception as error:  # the border of the timer: Blender would drop it, and the panel would wait for ever
            traceback.print_exc()
            result.push_undo(undo)
            message = f"The motion could not be put into the scene: {type(error).__name__}: {error}"
            return Status("failed", message, error=BackendError("not_applied", message, "Undo takes the rest away."))
        result.push_undo(undo)
    return Status("done", _told(outcome))


def _dress(outcome: Outcome, scene_name: str) -> Status:
    """The symbols, which the rules allow, into the brief and onto the performer."""
    scene, dressed = bpy.data.scenes.get(scene_name), outcome.dressed
    try:
        if scene is None:
            raise ValueError(f"The scene '{scene_name}' is gone: nothing was put on.")
        if outcome.onto:
            symbols.put_on(outcome.onto, dressed["patterns"])
    except ValueError as error:
        return Status("failed", str(error), error=BackendError("not_applied", str(error)))
    symbols.keep(scene, dressed["asked"], dressed["names"])
    result.push_undo(UNDO_SYMBOL)
    return Status("done", symbols.told(dressed["asked"], dressed["names"], outcome.onto))


def _show(outcome: Outcome, scene_name: str) -> Status:
    """The pictures into the scene, and what the rules say of them."""
    global _judged
    scene, told = bpy.data.scenes.get(scene_name), ""
    try:
        if scene is None:
            raise ValueError(f"The scene '{scene_name}' is gone: nothing was put there.")
        for data, variant in zip(outcome.pictures, outcome.variants, strict=True):
            told = backdrop.put(scene, backdrop.image_of(data, variant["name"]), outcome.onto)
    except ValueError as error:
        return Status("failed", str(error), error=BackendError("not_applied", str(error)))
    found = [one for variant in outcome.variants for one in variant["report"].get("judged", {}).get("findings", ())]
    _judged = [f"{one['what']}: {one['text']} ({one['source']})" for one in found]
    result.push_undo(UNDO_PICTURE)
    return Status("done", told)


def _told(outcome: Outcome) -> str:
    if outcome.check:
        count = len(outcome.check["violations"])
        return f"{count} span{'s break' if count != 1 else ' breaks'} a rule" if count else "every rule is kept"
    if not outcome.clips:
        return f"{len(outcome.dances['dances'])} dances"
    count = sum(len(variant["report"].get("interceptions", ())) for variant in outcome.variants)
    variants = f"{len(outcome.clips)} variant{'s' if len(outcome.clips) > 1 else ''}"
    return f"{variants}, {count} forbidden span{'s' if count != 1 else ''} replaced" if count else variants


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


@bpy.app.handlers.persistent
def _before_load(*_: object) -> None:
    stop()  # the result belongs to the file that is being closed


def register() -> None:
    """Give the work up when another file is opened."""
    bpy.app.handlers.load_pre.append(_before_load)


def unregister() -> None:
    """Give the work up."""
    stop()
    if _before_load in bpy.app.handlers.load_pre:
        bpy.app.handlers.load_pre.remove(_before_load)

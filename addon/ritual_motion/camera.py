"""The camera: level, a little below the eyes, and so placed that the whole dancer is always in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
from mathutils import Vector

from . import compat
from .action import FIRST_FRAME
from .clip_file import Clip

_LENS, _SENSOR = 42.0, 36.0  # mm
_EYE = 1.02  # height of the camera [m]
_SPACE = 0.94  # how much of the picture the dancer may fill
_STILL = 1.1  # a dance that stays within this radius [m] needs no moving camera
_PATH_KEY = "ritual_motion_camera"


def make_camera(clips: Sequence[Clip], middle: Vector, radius: float, aspect: float) -> bpy.types.Object:
    """A level camera in front; still where the dance stays in place, else gliding sideways with the dancer.

    Args:
        clips: what it must show, from first frame to last.
        middle, radius: where the pelvis goes [m].
        aspect: width / height of the picture.

    Returns:
        The camera's object, the scene's camera from now on, not yet linked.
    """
    camera = bpy.data.cameras.new("Stage camera")
    camera.lens, camera.sensor_width = _LENS, _SENSOR
    obj = bpy.data.objects.new("Stage camera", camera)
    obj.rotation_euler = (math.pi / 2, 0, 0)
    longest = max(clip.frames for clip in clips)
    path = _glide(clips, middle, longest) if radius > _STILL else [middle.x] * longest
    reach = _reach(clips, path, middle.y)
    wide = _SENSOR / 2 / _LENS * _SPACE
    distance, low, high = _fit(reach, wide, wide / aspect)
    obj.location = (path[0], middle.y - distance, _EYE)
    camera.shift_y = (low + high) / 2 * _LENS / _SENSOR
    camera.dof.use_dof = False
    if len(set(path)) > 1:
        _key_glide(obj, path)
    bpy.context.scene.camera = obj
    return obj


def clear_action() -> None:
    """Remove the path of an earlier camera of ours."""
    for action in [a for a in bpy.data.actions if a.get(_PATH_KEY)]:
        bpy.data.actions.remove(action)


def _glide(clips: Sequence[Clip], middle: Vector, frames: int) -> list[float]:
    """x of the camera per frame [m]: the dancer's, smoothed over two seconds either way."""
    xs = []
    for f in range(frames):
        here = [clip.position(min(f, clip.frames - 1), 0)[0] for clip in clips]
        xs.append(sum(here) / len(here))
    window = max(1, round(2 * clips[0].fps))
    weights = [math.exp(-2 * (k / window) ** 2) for k in range(-window, window + 1)]
    total = sum(weights)
    return [
        sum(w * xs[min(max(f + k - window, 0), frames - 1)] for k, w in enumerate(weights)) / total
        for f in range(frames)
    ]


def _reach(clips: Sequence[Clip], path: list[float], ahead: float) -> list[tuple[float, float, float]]:
    """Outermost points of the dancer in every second frame: x from the camera's path, y from `ahead`, world z."""
    points = []
    for clip in clips:
        index = {joint["name"]: j for j, joint in enumerate(clip.skeleton["joints"])}
        for f in range(0, clip.frames, 2):

            def at(name: str, clip: Clip = clip, f: int = f, index: dict = index) -> Vector:
                return Vector(clip.position(f, index[name]))

            crown = at("head") + (at("head") - at("neck")).normalized() * 0.47
            hem = at("pelvis")
            spots = [crown, Vector((hem.x - 0.48, hem.y, 0)), Vector((hem.x + 0.48, hem.y, 0))]
            for side in ("left", "right"):
                spots.append(at(f"{side}_hand") + (at(f"{side}_hand") - at(f"{side}_wrist")).normalized() * 0.14)
                spots.append(at(f"{side}_foot") + Vector((0, -0.05, -0.05)))
                spots += [at(f"{side}_elbow") + Vector((x, 0, 0.06)) for x in (-0.07, 0.07)]
            points += [(spot.x - path[f], spot.y - ahead, spot.z) for spot in spots]
    return points


def _fit(points: list[tuple[float, float, float]], wide: float, tall: float) -> tuple[float, float, float]:
    """Least distance from y = 0 at which everything is in the picture, and the lowest and highest slope seen.

    Args:
        wide, tall: half the picture's width and height at distance 1.
    """
    near = min(y for _, y, _ in points)
    low, high = 3.0 - near, 40.0
    for _ in range(40):  # bisection: the farther, the smaller
        distance = (low + high) / 2
        slopes = [(z - _EYE) / (distance + y) for _, y, z in points]
        sides = max(abs(x) / (distance + y) for x, y, _ in points)
        if sides <= wide and (max(slopes) - min(slopes)) / 2 <= tall:
            high = distance
        else:
            low = distance
    slopes = [(z - _EYE) / (high + y) for _, y, z in points]
    return high, min(slopes), max(slopes)


def _key_glide(obj: bpy.types.Object, path: list[float]) -> None:
    action = bpy.data.actions.new("Stage camera")
    action[_PATH_KEY] = True
    compat.assign_action(obj, action)
    curve = compat.channels(action).new("location", index=0)
    curve.keyframe_points.add(len(path))
    points = [value for f, x in enumerate(path) for value in (FIRST_FRAME + f, x)]
    curve.keyframe_points.foreach_set("co", points)
    curve.keyframe_points.foreach_set("interpolation", [1] * len(path))
    curve.update()

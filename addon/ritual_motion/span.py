"""A span of the performer's action that is to be danced anew: what the backend is asked for."""

from __future__ import annotations

import json

import bpy

from . import action, check, properties
from .result import BRIEF_KEY

_KEYS = ("prompt", "seed", "variants")  # as the panel says; all else as the action does


def chosen(scene: bpy.types.Scene, start: int, end: int) -> tuple[int, int]:
    """First and last frame of the span; 0 and 0 = the preview range.

    Raises:
        ValueError: there is none.
    """
    if start or end:
        return start, end
    if not scene.use_preview_range:
        raise ValueError("No frames are chosen: set a preview range in the timeline (P) over those to dance anew.")
    return scene.frame_preview_start, scene.frame_preview_end


def frames(armature: bpy.types.Object) -> tuple[int, int]:
    """First and last frame of the motion that the performer plays, as it was put there."""
    return action.FIRST_FRAME, round(armature.animation_data.action.frame_range[1])


def question(scene: bpy.types.Scene, start: int, end: int) -> tuple[dict, dict]:
    """The brief that the edited action will answer, and the fields of a RegenerateRequest, its `motion` without poses.

    Args:
        scene: whose performer.
        start, end: first and last frame to be danced anew.

    Raises:
        ValueError: as `check.question`, or the action has no such frames.
    """
    motion, armature = check.question(scene), scene.ritual.performer_object
    first, last = frames(armature)
    if not first <= start <= end <= last:
        raise ValueError(f"Frames {start} to {end} are no span of the motion, whose frames are {first} to {last}.")
    played = armature.animation_data.action
    brief, _variant = json.loads(played[BRIEF_KEY])
    asked = {key: value for key, value in properties.brief(scene).items() if key in _KEYS and str(value).strip()}
    edited = {"action": played.name, "frames": [start, end]}
    return brief | asked | {"edited": edited}, asked | {
        "motion": motion | {"prompt": brief["prompt"], "name": played.name},
        "start": start - first,
        "end": end - first + 1,
    }

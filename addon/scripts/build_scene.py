"""Builds a .blend from motion clips: performer, one action per clip, markers, stage.

blender -b --python-exit-code 1 -P build_scene.py -- --clip variant-1.safetensors [--clip more] --out scene.blend
python build_scene.py -- ...                                                     (a Python that has bpy)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from ritual_motion import action, clip_file, rig, stage


def main(arguments: list[str]) -> None:
    options = _parse(arguments)
    clips = [clip_file.read(path) for path in options.clip]
    build(clips, options.fps, options.width / options.height)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(options.out.resolve()), compress=True)
    print(f"saved {options.out}", flush=True)


def build(clips: list[clip_file.Clip], fps: float | None, aspect: float) -> str:
    """Fill an empty scene with the clips' dancer and its stage; returns the armature's name."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    first = clips[0]
    costume = rig.costume_of(first.meta)
    dancer = rig.make_performer(first.skeleton, costume, "Dancer")
    names = []
    for number, clip in enumerate(clips, 1):
        names.append(action.apply_clip(dancer, clip, clip.name))
        print(f"progress {number}/{len(clips)}", flush=True)
    scene = bpy.context.scene
    action.play(dancer, names[0])
    action.set_timing(scene, fps or first.fps, first.frames)
    action.apply_markers(scene, first.meta.get("report") or {}, first.fps)
    stage.make_stage(clips, costume, aspect)
    scene.frame_set(scene.frame_start)
    return dancer


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build_scene.py", description=__doc__)
    parser.add_argument("--clip", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fps", type=float)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (ValueError, OSError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        sys.exit(1)

"""Any motion file, chosen by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ritual.body import retarget as retargeting
from ritual.body.hierarchy import HierarchyMotion
from ritual.clip import bvh, bvh_own, glb, gltf, gltf_read, npz, own, tensors
from ritual.clip.clip import MotionClip
from ritual.clip.resample import resample
from ritual.errors import BadInput, BadMotion
from ritual.files import write_bytes


def read(path: Path | str, fps: float | None = None) -> MotionClip:
    """Read a clip; a file on another skeleton is retargeted.

    Args:
        path: .npz, .bvh, .glb, .gltf or .safetensors.
        fps: resample to this many frames per second; None = the file's own.

    Raises:
        BadInput: the suffix is unknown or the file is not there.
        BadMotion: the file is damaged or holds no motion of a body.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path} is no motion file: its name must end in {' or '.join(READERS)}.")
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a motion file.")
    if not path.exists():
        raise BadInput(f"There is no file {path}.")
    if not path.is_file():
        raise BadInput(f"{path} is no ordinary file; name a motion file.")
    if path.stat().st_size == 0:
        raise BadMotion(f"{path} is empty.")
    clip = reader(path)
    return clip if fps is None else resample(clip, fps)


def _read_bvh(path: Path) -> MotionClip:
    file = bvh.read(path)
    if bvh_own.is_ours(file):
        return bvh_own.to_clip(file)
    motion = file.motion()
    return own.clip_of(motion, 1 / bvh_own.CENTIMETRES) or _retargeted(motion)


def _read_gltf(path: Path) -> MotionClip:
    document = glb.load(path)
    ours = gltf.extras(document)
    motion = gltf_read.motion(document, ours.name or path.stem, ours.fps)
    return own.clip_of(motion, 1.0, ours.angles, ours.meta) or _retargeted(motion)


def _retargeted(motion: HierarchyMotion) -> MotionClip:
    """The report of how near it came travels in `meta["retarget"]`."""
    track, report = retargeting.retarget(motion)
    return MotionClip(**track._asdict(), meta={"retarget": report.to_dict()})


READERS: dict[str, Callable[[Path], MotionClip]] = {
    ".npz": npz.read,
    ".bvh": _read_bvh,
    ".glb": _read_gltf,
    ".gltf": _read_gltf,
    ".safetensors": tensors.read,
}
WRITERS: dict[str, Callable[[MotionClip], bytes]] = {
    ".npz": npz.to_bytes,
    ".bvh": lambda clip: bvh_own.to_text(clip).encode(),
    ".glb": gltf.to_bytes,
    ".safetensors": tensors.to_bytes,
}


def write(path: Path | str, clip: MotionClip) -> Path:
    """Write a clip in the format that the suffix names; the file appears whole or not at all.

    Raises:
        BadInput: the suffix is unknown, or the folder is not there.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BadInput(f"Cannot write {path}: its name must end in {' or '.join(WRITERS)}.")
    return write_bytes(path, writer(clip))

"""Any motion file, chosen by its suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ritual.body import retarget as retargeting
from ritual.body.hierarchy import HierarchyMotion
from ritual.body.retarget_report import RetargetReport
from ritual.clip import aist, amass, bvh, bvh_own, glb, gltf, gltf_read, joint_positions, npz, own, tensors
from ritual.clip.clip import MotionClip
from ritual.clip.resample import resample
from ritual.errors import BadInput, BadMotion
from ritual.files import write_bytes

Report = RetargetReport | None  # None: the motion was on our skeleton already
OwnMap = Mapping[str, str] | None


def read(path: Path | str, fps: float | None = None, own_map: OwnMap = None) -> MotionClip:
    """Read a clip; a file on another skeleton is retargeted, and the report of how near it came travels in its meta.

    Args:
        path: .npz (ours or AMASS'), .bvh, .glb, .gltf, .safetensors, .pkl (AIST++) or .npy (joint positions).
        fps: resample to this many frames per second; None = the file's own.
        own_map: our joint -> the file's, for skeletons that names and shape do not tell.

    Raises:
        BadInput: the suffix is unknown, the file is not there, or the map does not fit it.
        BadMotion: the file is damaged or holds no motion of a body.
    """
    clip, report = read_and_report(path, own_map)
    if report is not None:
        clip = replace(clip, meta={"retarget": report.to_dict()})
    return clip if fps is None else resample(clip, fps)


def read_and_report(path: Path | str, own_map: OwnMap = None) -> tuple[MotionClip, Report]:
    """`read`, with the report beside the clip instead of in its meta."""
    path = Path(path)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a motion file.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path} is no motion file: its name must end in {' or '.join(READERS)}.")
    if not path.exists():
        raise BadInput(f"There is no file {path}.")
    if not path.is_file():
        raise BadInput(f"{path} is no ordinary file; name a motion file.")
    if path.stat().st_size == 0:
        raise BadMotion(f"{path} is empty.")
    return reader(path, own_map)


def _read_bvh(path: Path, own_map: OwnMap) -> tuple[MotionClip, Report]:
    file = bvh.read(path)
    if bvh_own.is_ours(file):
        return bvh_own.to_clip(file), None
    motion = file.motion()
    ours = own.clip_of(motion, 1 / bvh_own.CENTIMETRES)
    return (ours, None) if ours else _retargeted(motion, own_map)


def _read_gltf(path: Path, own_map: OwnMap) -> tuple[MotionClip, Report]:
    document = glb.load(path)
    kept = gltf.extras(document)
    motion = gltf_read.motion(document, kept.name or path.stem, kept.fps)
    ours = own.clip_of(motion, 1.0, kept.angles, kept.meta)
    return (ours, None) if ours else _retargeted(motion, own_map)


def _read_npz(path: Path, own_map: OwnMap) -> tuple[MotionClip, Report]:
    return _retargeted(amass.read(path), own_map) if amass.is_amass(path) else (npz.read(path), None)


def _retargeted(
    motion: HierarchyMotion, own_map: OwnMap, trust_rotations: bool | None = None
) -> tuple[MotionClip, Report]:
    track, report = retargeting.retarget(motion, trust_rotations, own_map)
    return MotionClip(**track._asdict()), report


READERS: dict[str, Callable[[Path, OwnMap], tuple[MotionClip, Report]]] = {
    ".npz": _read_npz,
    ".bvh": _read_bvh,
    ".glb": _read_gltf,
    ".gltf": _read_gltf,
    ".safetensors": lambda path, _: (tensors.read(path), None),
    ".pkl": lambda path, own_map: _retargeted(aist.read(path), own_map),
    ".npy": lambda path, own_map: _retargeted(joint_positions.read(path), own_map, trust_rotations=False),
}
FOREIGN = (".bvh", ".glb", ".gltf", ".pkl", ".npz")  # what may hold another skeleton


def is_foreign(path: Path) -> bool:
    """Whether a file may hold motion on another skeleton; an npz, if it is AMASS'."""
    suffix = path.suffix.lower()
    return suffix in FOREIGN and path.is_file() and (suffix != ".npz" or amass.is_amass(path))


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

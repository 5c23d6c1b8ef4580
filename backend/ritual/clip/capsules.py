"""A plain body of capsules, one to a bone, so that a viewer of the glb file shows somebody dancing."""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON

SEGMENTS = 10
# joint that carries the capsule -> (end: a joint or a vector [m] from the joint, radius [m])
_LEFT = {
    "hip": ("knee", 0.075), "knee": ("ankle", 0.052), "ankle": ((0.0, -0.15, -0.055), 0.034),
    "collar": ("shoulder", 0.05), "shoulder": ("elbow", 0.043), "elbow": ("wrist", 0.034),
    "wrist": ((0.0, 0.0, -0.14), 0.030),
}  # fmt: skip
_MIDDLE = {
    "pelvis": ("spine1", 0.125), "spine1": ("spine2", 0.115), "spine2": ("spine3", 0.120),
    "spine3": ((0.0, 0.0, 0.14), 0.125), "neck": ("head", 0.05), "head": ((0.0, -0.02, 0.11), 0.095),
}  # fmt: skip


def rest_positions() -> np.ndarray:
    """(24, 3) joints of the zero pose [m]."""
    out = np.zeros((len(JOINTS), 3))
    for j, joint in enumerate(SKELETON.joints):
        out[j] = np.array(joint.offset) + (out[joint.parent] if joint.parent >= 0 else 0)
    return out


def body() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """vertices (N, 3) [m] in the zero pose, normals (N, 3), carrying joint (N,) and triangles (M, 3)."""
    rest, parts, count = rest_positions(), [], 0
    for joint, end, radius in _bones():
        tip = rest[JOINT_INDEX[end]] if isinstance(end, str) else rest[joint] + end
        points, normals, faces = _capsule(rest[joint], tip, radius)
        parts.append((points, normals, np.full(len(points), joint), faces + count))
        count += len(points)
    vertices, normals, carriers, triangles = (np.concatenate(x) for x in zip(*parts, strict=True))
    return vertices, normals, carriers, triangles


def _bones() -> list[tuple[int, str | np.ndarray, float]]:
    out = [(JOINT_INDEX[n], end if isinstance(end, str) else np.array(end), r) for n, (end, r) in _MIDDLE.items()]
    for side in ("left", "right"):
        for name, (end, radius) in _LEFT.items():
            target = f"{side}_{end}" if isinstance(end, str) else np.array(end)
            out.append((JOINT_INDEX[f"{side}_{name}"], target, radius))
    return out


def _capsule(start: np.ndarray, end: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rings of a capsule around the line from start to end, poles included as rings of no width."""
    length = np.linalg.norm(end - start)
    axis = (end - start) / length
    side = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    side /= np.linalg.norm(side)
    other = np.cross(axis, side)
    tilt = np.radians([-90, -60, -30, 0, 0, 30, 60, 90])
    centre = np.where(np.arange(8) < 4, 0.0, length)
    around = np.linspace(0, 2 * np.pi, SEGMENTS, endpoint=False)
    ring = np.cos(around)[:, None] * side + np.sin(around)[:, None] * other
    normals = np.cos(tilt)[:, None, None] * ring + np.sin(tilt)[:, None, None] * axis
    points = start + centre[:, None, None] * axis + radius * normals
    faces = []
    for r in range(len(tilt) - 1):
        for s in range(SEGMENTS):
            a, b = r * SEGMENTS + s, r * SEGMENTS + (s + 1) % SEGMENTS
            c, d = a + SEGMENTS, b + SEGMENTS
            faces += [(a, b, d)] if r == 6 else [(b, d, c)] if r == 0 else [(a, b, d), (a, d, c)]
    return points.reshape(-1, 3), normals.reshape(-1, 3), _outward(points.reshape(-1, 3), normals, faces)


def _outward(points: np.ndarray, normals: np.ndarray, faces: list[tuple[int, int, int]]) -> np.ndarray:
    """Triangles turned counter-clockwise as seen from outside, without those of no area."""
    triangles = np.array(faces)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    inward = (flat * normals.reshape(-1, 3)[triangles].mean(1)).sum(1) < 0
    triangles[inward] = triangles[inward][:, ::-1]
    return triangles[np.linalg.norm(flat, axis=1) > 1e-12]

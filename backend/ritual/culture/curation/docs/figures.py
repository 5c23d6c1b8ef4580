"""Stances as small figures of lines, from the front and from the dancer's left, by forward kinematics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.culture.rulebook import Stance

_SCALE = 52.0  # px per metre
_WIDTH, _HEIGHT, _GROUND = 104.0, 124.0, 116.0
_HEAD = 0.10  # [m]
_VIEWS = (0, 1)  # the world axis to the right on paper: X from the front, Y from the dancer's left; Z is up in both


def figures(stances: Sequence[Stance]) -> list[str]:
    """One SVG with two views for each stance; the floor is a line, the air under the feet (lift) to scale."""
    if not stances:
        return []
    positions = _positions(np.stack([stance.angles for stance in stances]))
    return [_figure(stance, pose) for stance, pose in zip(stances, positions, strict=True)]


def _positions(angles: np.ndarray) -> np.ndarray:
    """(n, 36) [rad] -> (n, 24, 3) [m], the pelvis over the origin."""
    import torch  # only the site needs it; every other command of curators starts without

    from ritual.body.kinematics import forward

    return forward(torch.from_numpy(angles)).positions.numpy()


def _figure(stance: Stance, pose: np.ndarray) -> str:
    pose = pose - [0.0, 0.0, pose[:, 2].min() - stance.lift]
    views = "".join(
        f'<g transform="translate({n * _WIDTH:.0f} 0)">{_view(pose, across)}</g>' for n, across in enumerate(_VIEWS)
    )
    return (
        f'<svg class="figure" viewBox="0 0 {2 * _WIDTH:.0f} {_HEIGHT:.0f}" role="img" '
        f'aria-label="The stance from the front and from the dancer\'s left">{views}</svg>'
    )


def _view(pose: np.ndarray, across: int) -> str:
    x = _WIDTH / 2 + _SCALE * pose[:, across]
    y = _GROUND - _SCALE * pose[:, 2]
    bones = {"right": "", "body": "", "left": ""}
    for j, parent in enumerate(SKELETON.parents):
        if parent >= 0:
            side = JOINTS[j].split("_")[0]
            path = f"M{x[parent]:.1f} {y[parent]:.1f}L{x[j]:.1f} {y[j]:.1f}"
            bones[side if side in bones else "body"] += path
    head, neck = JOINT_INDEX["head"], JOINT_INDEX["neck"]
    up = np.array([x[head] - x[neck], y[head] - y[neck]])
    up = up / max(float(np.hypot(*up)), 1e-6) * _HEAD * _SCALE
    lines = "".join(f'<path class="{side}" d="{path}"/>' for side, path in bones.items())
    floor = f'<path class="floor" d="M8 {_GROUND + 3:.0f}H{_WIDTH - 8:.0f}"/>'
    crown = f'cx="{x[head] + up[0]:.1f}" cy="{y[head] + up[1]:.1f}" r="{_HEAD * _SCALE:.1f}"'
    return f'{floor}{lines}<circle class="body" {crown}/>'

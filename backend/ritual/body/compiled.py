"""Compile what numba compiles, ahead of the first use: `python -m ritual.body.compiled`.

The result is kept beside the sources (or in the user's cache folder where those cannot be written), so this takes some
ten seconds once and a fraction of one afterwards.
"""

from __future__ import annotations

import numpy as np
import torch

from ritual.body import ik
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.kinematics import forward
from ritual.body.legal_track import fit_legal
from ritual.body.planting import plant
from ritual.body.skeleton import SKELETON
from ritual.body.track import mend
from ritual.body.track_fit import Track

FRAMES = 4


def prepare() -> None:
    """Call every compiled function once, on a few frames that have to leave a hole."""
    body = AngleDomain.physiological()
    box = TabooBox(((0, -0.1, 0.1), (1, -0.1, 0.1)), Reason("none"))
    domain = AngleDomain(body.lower, body.upper, (box,))
    angles = np.zeros((FRAMES, len(SKELETON.angles)))
    track = Track(angles, np.tile(SKELETON.joints[0].offset, (FRAMES, 1)), np.tile([1.0, 0, 0, 0], (FRAMES, 1)))
    state = [torch.from_numpy(x) for x in (track.angles, track.translation, track.rotation)]
    targets = forward(*state).positions
    for method in ik.METHODS:
        ik.solve(targets, *state, domain, method=method)
    mend(angles, domain, 25.0)
    fit_legal(targets.numpy(), track, domain)
    plant(track, *(np.tile(bound, (FRAMES, 1)) for bound in (body.lower, body.upper)), 25.0)


if __name__ == "__main__":
    prepare()

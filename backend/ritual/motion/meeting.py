"""Corrections that make a motion meet another: where both are known, with their pace, and gently elsewhere.

A generated span has to begin and end as the kept motion does. What is added to it is the least-jerk curve that is
what it must be where the motion is kept, and that is drawn to zero where nothing is asked of it:

    minimise  sum_t |d^3 o_t|^2 + (1 / reach)^6 sum_t |o_t|^2,   o_t = kept_t - generated_t in kept frames.

With two kept frames on a side pose and pace go on over the border; with one key frame only the
value is met. Far from any border nothing is added: a jump decays as in inertialisation, and between two borders that
are near it is the minimum-jerk path.

Source: Bollo (2018), "Inertialization", GDC; Flash and Hogan (1985), J. Neurosci. 5, 1688.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from scipy.linalg import solveh_banded
from scipy.sparse import diags, identity

from ritual.motion.heading import (
    ANGLE_COUNT,
    CLEARANCE,
    STATE_SIZE,
    TILT,
    clearance_of,
    positions,
    split_yaw,
    tilt_quaternion,
)
from ritual.motion.key_poses import KeyPose
from ritual.motion.proposal import Proposal

BORDER = 2  # kept frames on each side of a border that say how it is passed: pose and pace
REACH = 0.2  # [s]: after three times as long nothing is left of a correction
_ORDER = 3  # of the differences that are kept small: jerk


def correction(needed: np.ndarray, known: np.ndarray, fps: float, reach: float = REACH) -> np.ndarray:
    """(T, D) what to add to a motion so that it meets what it must.

    Args:
        needed: (T, D) the difference, kept minus generated; read where `known` only.
        known: (T,) bool.
        fps: frames per second.
        reach: over which a correction fades [s].

    Returns:
        (T, D): `needed` itself in known frames; zeros where nothing is known.
    """
    out = np.where(known[:, None], needed, 0.0)
    free = ~known
    if not free.any() or not known.any():
        return out
    frames = len(known)
    system = identity(frames, format="csr") / (reach * fps) ** 6
    if frames > _ORDER:
        rates = diags([-1.0, 3.0, -3.0, 1.0], [0, 1, 2, 3], shape=(frames - 3, frames), format="csr")
        system = (system + rates.T @ rates).tocsr()
    right = -(system[free][:, known] @ out[known])
    inner = system[free][:, free]
    band = np.zeros((_ORDER + 1, inner.shape[0]))
    for k in range(min(_ORDER + 1, inner.shape[0])):
        band[_ORDER - k, k:] = inner.diagonal(k)
    out[free] = solveh_banded(band, right, check_finite=False)
    return out


def ramp(steps: int) -> np.ndarray:
    """(steps,) from 0 to 1 with the least jerk, both ends included: how a drift is spread over a span."""
    s = np.linspace(0.0, 1.0, steps) if steps > 1 else np.ones(1)
    return s**3 * (10 - 15 * s + 6 * s * s)


def states_of(proposal: Proposal) -> np.ndarray:
    """(V, T, 39) states of a proposal."""
    out = np.zeros((*proposal.angles.shape[:2], STATE_SIZE))
    out[..., :ANGLE_COUNT] = proposal.angles
    out[..., TILT] = np.stack([split_yaw(tilt)[1] for tilt in proposal.tilt])
    pelvis = torch.from_numpy(proposal.targets[..., 0, 2].copy())
    out[..., CLEARANCE] = clearance_of(torch.from_numpy(out), pelvis).numpy()
    return out


def meet_keys(proposal: Proposal, keys: Sequence[KeyPose], fps: float) -> Proposal:
    """The proposal, every variant of it led exactly through key poses, if need be beyond a limit of the body."""
    states = states_of(proposal)
    known, wanted = np.zeros(states.shape[1], bool), np.zeros(states.shape[1:])
    for key in keys:
        known[key.frame], wanted[key.frame] = True, key.state
    met = np.stack([own + correction(wanted - own, known, fps) for own in states])
    met[:, known] = wanted[known]
    state = torch.from_numpy(met)
    return replace(
        proposal,
        targets=positions(state).numpy(),
        angles=met[..., :ANGLE_COUNT],
        tilt=tilt_quaternion(state[..., TILT]).numpy(),
    )

"""Balance: where the body's centre of mass stands over the floor, and whether the planted soles carry it there.

Segment masses and centres are the mean of women and men in de Leva (1996), Adjustments to Zatsiorsky-Seluyanov's
segment inertia parameters, J. Biomechanics 29(9), table 4 (head and trunk from C7). A segment's centre lies on the line
between two of our joints, so its mass is shared out to the two and the centre of the body is a mean over joints. The
neck joint stands for C7; the crown is 0.27 m above it (the performer's head); the hand's MET3 is the hand joint.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import ConvexHull, QhullError

from ritual.body.footing import Footing, runs
from ritual.body.skeleton import JOINT_INDEX, JOINTS

_CROWN = 0.27  # [m] above the neck joint
# share of the body's mass, where its centre lies from the first joint to the second
_SEGMENTS = (
    ("neck", "head", 0.0681, (1 - (0.4841 + 0.5002) / 2) * _CROWN / 0.10),
    ("neck", "pelvis", 0.43015, (0.4964 + 0.5138) / 2),
    *(
        (f"{side}_{a}", f"{side}_{b}", mass, at)
        for side in ("left", "right")
        for a, b, mass, at in (
            ("shoulder", "elbow", 0.0263, 0.5763),
            ("elbow", "wrist", 0.0150, 0.45665),
            ("wrist", "hand", 0.00585, 0.7687),
            ("hip", "knee", 0.1447, 0.38535),
            ("knee", "ankle", 0.0457, 0.44375),
            ("ankle", "foot", 0.0133, 0.39),  # 42 % from the heel to the toes, as seen from above
        )
    ),
)
HALF_WIDTH = (0.028, 0.035, 0.02)  # of the performer's shoe at heel, ball and toe [m]
INSIDE = 0.01  # [m]: how far inside the soles' outline the centre of mass is brought
CALM = 0.8  # [m/s^2]: slower than this the centre of mass is carried, not caught: the pressure is under it to 7 cm
SMOOTH = 0.16  # [s]: trembling is not moving
STANDING = 0.4  # [s] that a stand lasts at least to ask for balance
SLOW = 0.25  # [m/s]: faster it travels
CORNERS = 12


def masses() -> np.ndarray:
    """(24,) share of the body's mass at every joint, summing to 1; the head's lies above its joint, so the neck's is
    less than what hangs there."""
    out = np.zeros(len(JOINTS))
    for first, second, mass, at in _SEGMENTS:
        for name, share in ((first, 1 - at), (second, at)):
            if name == "pelvis":  # the trunk ends between the hips
                out[[JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]] += mass * share / 2
            else:
                out[JOINT_INDEX[name]] += mass * share
    return out / out.sum()


def centre_of_mass(positions: np.ndarray) -> np.ndarray:
    """(T, 2) where the centre of mass of (T, 24, 3) joints [m] stands over the floor [m]."""
    return np.einsum("tjc,j->tc", positions[..., :2], masses())


def outlines(points: np.ndarray, planted: np.ndarray) -> np.ndarray:
    """(T, 12, 2) corners of the planted soles' convex hull [m], counter-clockwise, the last repeated; NaN where
    nothing is planted.

    Args:
        points: (T, 2, 3, 3) sole points [m].
        planted: (T, 2, 3) bool.
    """
    out = np.full((len(points), CORNERS, 2), np.nan)
    ahead = points[..., 1, :2] - points[..., 0, :2]
    ahead = ahead / np.maximum(np.linalg.norm(ahead, axis=-1, keepdims=True), 1e-9)
    side = np.stack((-ahead[..., 1], ahead[..., 0]), -1)[:, :, None] * np.array(HALF_WIDTH)[:, None]
    corners = np.stack((points[..., :2] - side, points[..., :2] + side), 3)  # (T, 2, 3, 2, 2)
    for t in np.flatnonzero(planted.any((1, 2))):
        own = corners[t][planted[t]].reshape(-1, 2)
        try:
            own = own[ConvexHull(own).vertices] if len(own) > 2 else own
        except QhullError:  # all in one line
            own = own[[own.sum(1).argmin(), own.sum(1).argmax()]]
        out[t] = own[np.minimum(np.arange(CORNERS), len(own) - 1)]
    return out


def nearest_inside(outline: np.ndarray, places: np.ndarray, margin: float = 0.0) -> np.ndarray:
    """(T, 2) the points of (T, K, 2) convex outlines, drawn in by `margin` [m], nearest to (T, 2) places."""
    middle = outline.mean(1, keepdims=True)
    arm = outline - middle
    length = np.linalg.norm(arm, axis=-1, keepdims=True)
    corner = middle + arm * np.maximum(1 - margin / np.maximum(length, 1e-9), 0)
    edge = np.roll(corner, -1, axis=1) - corner
    rel = places[:, None] - corner
    across = edge[..., 0] * rel[..., 1] - edge[..., 1] * rel[..., 0]
    inside = (across >= 0).all(1)
    along = (rel * edge).sum(-1) / np.maximum((edge**2).sum(-1), 1e-12)
    feet = corner + np.clip(along, 0, 1)[..., None] * edge
    best = np.linalg.norm(places[:, None] - feet, axis=-1).argmin(1)
    found = feet[np.arange(len(places)), best]
    return np.where(inside[:, None], places, found)


def outside(outline: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(T,) how far (T, 2) places lie outside the outlines [m]; NaN where there is none."""
    found = np.full(len(places), np.nan)
    some = np.isfinite(outline).all((1, 2))
    if some.any():
        found[some] = np.linalg.norm(nearest_inside(outline[some], places[some]) - places[some], axis=1)
    return found


def standing(centre: np.ndarray, footing: Footing, fps: float) -> np.ndarray:
    """(T,) bool: the dancer stands: the same feet bear for a while, and the (T, 2) centre of mass [m] moves calmly.

    No stance says that it asks for balance. A dancer who is about to step, turns or hops falls into the next support
    and need not be balanced over this one; who moves calmly and stays must.
    """
    frames = len(centre)
    if frames < 3:
        return footing.planted.any((1, 2))
    smooth = gaussian_filter1d(centre, SMOOTH * fps, axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(smooth, axis=0), axis=1) * fps
    pull = np.linalg.norm(np.gradient(np.gradient(smooth, axis=0), axis=0), axis=1) * fps**2
    feet = footing.planted.any(2)
    same = np.zeros(frames, bool)
    change = np.r_[True, (feet[1:] != feet[:-1]).any(1), True]
    marks = np.flatnonzero(change)
    for a, b in itertools.pairwise(marks):
        same[a:b] = feet[a].any()
    calm = same & (pull < CALM) & (speed < SLOW) & ~footing.airborne
    out = np.zeros(frames, bool)
    for a, b in itertools.pairwise(marks):
        for first, last in runs(calm[a:b]):
            if last - first + 1 >= STANDING * fps:
                out[a + first : a + last + 1] = True
    return out

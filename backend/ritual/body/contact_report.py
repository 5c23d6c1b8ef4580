"""How a clip stands: sliding, floor, balance and hands, measured on the track that is handed on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np

from ritual.body import balance, selfcollision
from ritual.body.footing import Footing
from ritual.body.planting import sole_points
from ritual.body.track_fit import Track

BALANCED = 1.0  # [mm] outside the soles that count as over them


@dataclass(frozen=True)
class ContactReport:
    """Contacts of one clip. `_before` is of the motion as it came.

    Attributes:
        planted: share of frames in which something is planted.
        airborne, gliding: share of frames in which nothing is: in the air, or moving over the floor.
        sliding_mm, sliding_p95_mm: movement over the floor of a planted point from one frame to the next, the greatest
            and the 95th percentile [mm].
        sliding_before_mm: the greatest of the same points as they came.
        under_floor_mm, under_floor_before_mm: depth of the deepest sole point below the floor.
        standing: share of frames in which the dancer stands calmly, so that balance is asked for.
        balanced, balanced_before: share of those in which the centre of mass stands over the planted soles.
        off_balance_mm, off_balance_before_mm: how far outside them it stands in those frames, on the mean [mm].
        hand_depth_mm, hand_depth_before_mm: how deep a hand is in the body beyond what a stance means.
        moved_deg: mean change of an angle [deg].
    """

    planted: float
    airborne: float
    gliding: float
    sliding_mm: float
    sliding_p95_mm: float
    sliding_before_mm: float
    under_floor_mm: float
    under_floor_before_mm: float
    standing: float
    balanced: float
    balanced_before: float
    off_balance_mm: float
    off_balance_before_mm: float
    hand_depth_mm: float
    hand_depth_before_mm: float
    moved_deg: float

    def now(self, later: ContactReport) -> ContactReport:
        """A later measurement, beside how the motion came."""
        came = {name: value for name, value in asdict(self).items() if name.endswith("_before") or "_before_" in name}
        return replace(later, **came, moved_deg=self.moved_deg)

    def to_dict(self) -> dict:
        return asdict(self)


def contact_report(before: Track, after: Track, footing: Footing, touching: np.ndarray, fps: float) -> ContactReport:
    """Measure a planted track beside the one that it was made of; `touching` as for `planting.plant`."""
    poses = [track.pose() for track in (before, after)]
    soles = [sole_points(*pose) for pose in poses]
    planted = footing.planted
    both = planted[1:] & planted[:-1]
    slides = [1000 * np.linalg.norm(np.diff(s[..., :2], axis=0), axis=-1)[both] for s in soles]
    under = [max(0.0, -1000 * float(s[..., 2].min())) for s in soles]
    centres = [balance.centre_of_mass(pose[0]) for pose in poses]
    standing = balance.standing(centres[0], footing, fps)
    off = [
        1000 * balance.outside(balance.outlines(s[standing], planted[standing]), c[standing])
        for s, c in zip(soles, centres, strict=True)
    ]
    hands = [1000 * float(np.maximum(selfcollision.depths(*pose)[0] - touching, 0).max()) for pose in poses]
    return ContactReport(
        planted=_share(planted.any((1, 2))),
        airborne=_share(footing.airborne),
        gliding=_share(footing.gliding),
        sliding_mm=_greatest(slides[1]),
        sliding_p95_mm=round(float(np.percentile(slides[1], 95)), 3) if both.any() else 0.0,
        sliding_before_mm=_greatest(slides[0]),
        under_floor_mm=round(under[1], 3),
        under_floor_before_mm=round(under[0], 3),
        standing=_share(standing),
        balanced=_share(off[1] < BALANCED),
        balanced_before=_share(off[0] < BALANCED),
        off_balance_mm=_mean(off[1]),
        off_balance_before_mm=_mean(off[0]),
        hand_depth_mm=round(hands[1], 1),
        hand_depth_before_mm=round(hands[0], 1),
        moved_deg=round(float(np.degrees(np.abs(after.angles - before.angles)).mean()), 3),
    )


def _share(mask: np.ndarray) -> float:
    """Of none it is all."""
    return round(float(mask.mean()), 4) if len(mask) else 1.0


def _mean(values: np.ndarray) -> float:
    return round(float(values.mean()), 1) if values.size else 0.0


def _greatest(values: np.ndarray) -> float:
    return round(float(values.max()), 3) if values.size else 0.0

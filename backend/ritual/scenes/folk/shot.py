"""One shot: dancers at their places before a backdrop, seen by a camera in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import ImageDraw
from scipy.ndimage import gaussian_filter1d

from ritual.clip.clip import MotionClip
from ritual.film.camera import Camera
from ritual.film.paint import DENSITY, blend
from ritual.scenes.folk.backdrop import PALETTES, backdrop
from ritual.scenes.folk.dancer import Dancer, Painted

FORMATIONS = ("solo", "pair", "row", "ring", "wedge")
VIEWS = ("wide", "middle", "close")
_ROOM = 1.16  # the picture that is painted is so much larger than what the camera shows: it sways within
_SWAY = 0.5  # [s]
_LENS = 1.6  # focal length in sides of the picture
_GRAIN = 1.6  # of the sensor, standard deviation [grey levels]


class Shot:
    """Frames of one shot.

    Args (of the constructor):
        clips: motions of one length and frame rate; the dancers take them in turn.
        formation: of `FORMATIONS`. view: of `VIEWS`: how much of the dancers is seen.
        place: of `backdrop.KINDS`.
        azimuth, elevation: where the camera stands [rad].
        side: of the picture [px], even.
    """

    def __init__(
        self, clips: Sequence[MotionClip], formation: str, view: str, place: str, azimuth: float, elevation: float,
        side: int, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self.frames, self.fps, self.side = clips[0].frames, clips[0].fps, side
        places, yaws = _formation(formation)
        order = rng.permutation(len(places))
        dancers = [Dancer.of(clips[n % len(clips)], tuple(places[n]), float(yaws[n])) for n in order]
        self.whole = DENSITY * 2 * round(side * _ROOM / 2)
        camera = _camera(dancers, view, azimuth, elevation, DENSITY * side)
        self.painted = [Painted(dancer, camera) for dancer in dancers]
        self.middle = np.array([self.whole / 2, self.whole * 0.54])
        horizon = self.middle[1] - np.tan(elevation) * camera.lens
        self.base = backdrop(place, self.whole, self.whole, float(horizon), rng)
        self.palette, self.rng = PALETTES[place], rng
        sway = gaussian_filter1d(rng.normal(size=(self.frames, 2)), _SWAY * self.fps, axis=0, mode="wrap")
        sway *= 0.25 / max(float(np.abs(sway).max()), 1e-9)
        drift = np.linspace(-0.5, 0.5, self.frames)[:, None] * rng.uniform(-0.5, 0.5, 2)
        self.offset = np.round((0.5 + sway + drift) * (self.whole - DENSITY * side)).astype(int)

    def pictures(self) -> Iterator[np.ndarray]:
        """(side, side, 3) uint8, frame after frame."""
        return map(self.picture, range(self.frames))

    def picture(self, frame: int) -> np.ndarray:
        """(side, side, 3) uint8."""
        image = self.base.copy()
        draw = ImageDraw.Draw(image)
        shade = blend(self.palette.ground[0], (10, 8, 14), 0.42)
        for dancer in self.painted:
            dancer.shadow(draw, frame, self.middle, shade)
        for dancer in sorted(self.painted, key=lambda d: -d.farness[frame]):
            dancer.body(draw, frame, self.middle)
        x, y = self.offset[frame]
        shown = image.crop((x, y, x + DENSITY * self.side, y + DENSITY * self.side)).reduce(DENSITY)
        light = np.asarray(shown, np.float32) * np.array(self.palette.tint, np.float32)
        light += self.rng.normal(0, _GRAIN, light.shape[:2])[..., None]
        return np.clip(light, 0, 255).astype(np.uint8)


def _formation(name: str) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) places [m] and (N,) turns [rad] of the dancers; everybody looks towards -Y unless it is a ring."""
    match name:
        case "solo":
            places = np.zeros((1, 2))
        case "pair":
            places = np.array([[-0.7, 0.0], [0.7, 0.1]])
        case "row":
            places = np.array([[-1.9, 0.25], [-0.65, 0.0], [0.65, 0.0], [1.9, 0.25]])
        case "wedge":
            places = np.array([[0.0, -0.5], [-1.1, 0.5], [1.1, 0.5], [-2.1, 1.5], [2.1, 1.5]])
        case _:
            angle = np.arange(6) * np.pi / 3 + 0.3
            return 1.75 * np.stack((np.sin(angle), -np.cos(angle)), -1), angle + np.pi
    return places, np.zeros(len(places))


def _camera(dancers: Sequence[Dancer], view: str, azimuth: float, elevation: float, pixels: int) -> Camera:
    frames = dancers[0].stick.frames
    ends = np.concatenate([d.stick.ends.reshape(frames, -1, 3) for d in dancers], 1)
    low, high = ends.reshape(-1, 3).min(0), ends.reshape(-1, 3).max(0)
    focus = (low + high) / 2
    focus[2] = {"wide": 0.95, "middle": 1.0, "close": 1.2}[view]
    camera = Camera(np.tile(focus, (frames, 1)), np.full(frames, azimuth), elevation, 8.0, _LENS * pixels)
    camera = camera.fitted(ends, 0.25, pixels, pixels)
    return camera.moved(max(3.6, camera.distance * {"wide": 1.1, "middle": 0.85, "close": 0.66}[view]))

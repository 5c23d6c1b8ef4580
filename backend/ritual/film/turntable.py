"""A turntable film: stick figures on a floor, and a camera that goes once round them while they dance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw

from ritual.film.camera import Camera, watched
from ritual.film.lettering import write
from ritual.film.paint import BROKEN, DENSITY, INK, MENDED, PAPER, SOFT, Painting
from ritual.film.panel import Panel, canvas, heading_of

HEIGHT = 720  # pixels of the film
_WIDTHS = {1: 720, 2: 540, 3: 440}  # of each dancer's part, by how many there are
_NARROW = 360
_TOP, _BOTTOM = 60, 64  # of the words over and under the dancers
_LOOKS_DOWN = np.radians(13)
_LENS = 2.0  # focal length in heights of the picture
_MARGIN = 0.10  # around a limb's middle line [m]
_TRAIL = 0.5  # of the hands [s]
_BAR = "#d5dae3"


class Turntable:
    """A film of dancers at one frame rate; `frames` draws it, one picture after the other.

    Attributes:
        width, height: pixels, even numbers.
        count: frames; the longest dancer's. Who ends before keeps the last pose.
    """

    def __init__(self, shown: Sequence[Panel]) -> None:
        self.shown, self.fps = shown, shown[0].stick.fps
        self.part = _WIDTHS.get(len(shown), _NARROW)
        self.width, self.height = self.part * len(shown), HEIGHT
        self.count = max(p.stick.frames for p in shown)
        self.paintings = self._paintings()
        self.base = self._base()

    def _paintings(self) -> list[Painting]:
        sticks = [p.stick.held(self.count) for p in self.shown]
        high = HEIGHT - _TOP - _BOTTOM
        size = DENSITY * (self.part - 16), DENSITY * (high - 16)
        top = max(float(s.ends[..., 2].max()) for s in sticks)
        around = np.linspace(0, 2 * np.pi, self.count, endpoint=False)
        cameras = []
        for panel, stick in zip(self.shown, sticks, strict=True):
            focus = np.column_stack((watched(stick.pelvis, self.fps), np.full(self.count, top / 2)))
            camera = Camera(focus, panel.front + around, _LOOKS_DOWN, 0.0, DENSITY * _LENS * high)
            joints = stick.ends.reshape(self.count, -1, 3)
            seen = np.concatenate((joints, joints * (1, 1, 0)), 1)  # the shadow, too
            cameras.append(camera.fitted(seen, _MARGIN, *size))
        far = max(camera.distance for camera in cameras)  # one scale for all
        return [
            Painting.of(stick, camera.moved(far), _lasting(panel.broken, self.count))
            for panel, stick, camera in zip(self.shown, sticks, cameras, strict=True)
        ]

    def _base(self) -> Image.Image:
        """What is the same in every frame."""
        image, draw = canvas(self.width, self.height, PAPER)
        heading_of(self.shown, draw, self.width)
        for n, panel in enumerate(self.shown):
            left, right = self._bar(n)
            y = HEIGHT - _BOTTOM
            write(draw, (left, y + 22), panel.label, 16, INK, width=right - left - 110)
            draw.rounded_rectangle((left, y + 36, right, y + 42), 3, fill=_BAR)
            for mark in sorted(panel.marks, key=lambda m: m.broken):
                span = [left + (right - left) * min(s * self.fps / self.count, 1) for s in (mark.start, mark.end)]
                span[1] = max(span[1], span[0] + 2)
                draw.rectangle((span[0], y + 36, span[1], y + 42), fill=BROKEN if mark.broken else MENDED)
        return image

    def _bar(self, number: int) -> tuple[int, int]:
        return number * self.part + 16, (number + 1) * self.part - 16

    def frames(self) -> Iterator[Image.Image]:
        """The pictures in order."""
        return map(self.picture, range(self.count))

    def picture(self, frame: int) -> Image.Image:
        """One of them, `width` x `height` pixels."""
        image = self.base.copy()
        for n in range(len(self.shown)):
            image.paste(self._dancer(n, frame), (n * self.part, _TOP))
        draw = ImageDraw.Draw(image)
        for n, panel in enumerate(self.shown):
            self._words(draw, n, panel, frame)
        return image

    def _dancer(self, number: int, frame: int) -> Image.Image:
        wide, high = DENSITY * self.part, DENSITY * (HEIGHT - _TOP - _BOTTOM)
        image, draw = canvas(wide, high, PAPER)
        painting, middle = self.paintings[number], (wide / 2, high / 2)
        painting.floor(draw, frame, middle)
        painting.shadow(draw, frame, middle)
        painting.trail(draw, frame, max(0, frame - round(_TRAIL * self.fps)), middle)
        painting.body(draw, frame, middle)
        return image.reduce(DENSITY)

    def _words(self, draw: ImageDraw.ImageDraw, number: int, panel: Panel, frame: int) -> None:
        left, right = self._bar(number)
        y, own = HEIGHT - _BOTTOM, min(frame, panel.stick.frames - 1)
        write(draw, (right, y + 22), f"{own / self.fps:.2f} of {panel.seconds:.2f} s", 14, SOFT, "rs")
        x = left + (right - left) * frame / max(self.count - 1, 1)
        draw.rounded_rectangle((x - 2, y + 32, x + 2, y + 46), 2, fill=INK)
        marked = panel.marked_at(own / self.fps) if frame == own else ()
        for line, mark in enumerate(marked[:3]):
            words, colour = ("Breaks a rule", BROKEN) if mark.broken else ("Put right", MENDED)
            write(draw, (left, _TOP + 18 + 20 * line), f"{words}: {mark.text}", 14, colour, width=right - left)


def _lasting(broken: np.ndarray, frames: int) -> np.ndarray:
    """Nothing is broken any more once a clip has ended."""
    return np.concatenate((broken, np.zeros((frames - len(broken), broken.shape[1]), bool)))

"""One dancer to look at: a clip made ready for pictures, its name, and what its report has against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from ritual.body.facing import heading
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput
from ritual.film.camera import front
from ritual.film.lettering import font, write
from ritual.film.marks import Mark, broken_limbs, marks_of
from ritual.film.paint import BROKEN, INK, LEFT, MENDED, RIGHT, SIDES, SOFT
from ritual.film.stick import Stick

MOST = 6  # side by side


@dataclass(frozen=True, eq=False)
class Panel:
    """A dancer; `front` is the azimuth [rad] of a camera that sees it from in front on the whole."""

    stick: Stick
    label: str
    title: str
    subtitle: str
    marks: tuple[Mark, ...]
    front: float

    @staticmethod
    def of(clip: MotionClip, label: str) -> Panel:
        """Raises BadMotion where the clip's report cannot be read."""
        facing = front(heading(clip.root_rotation))
        return Panel(Stick.of(clip), label, title_of(clip), _subtitle(clip), marks_of(clip), facing)

    @property
    def seconds(self) -> float:
        return self.stick.frames / self.stick.fps

    @property
    def broken(self) -> np.ndarray:
        """(T, L) bool: limbs that break a rule."""
        return broken_limbs(self.marks, self.stick.frames, self.stick.fps)

    def marked_at(self, seconds: float) -> tuple[Mark, ...]:
        """What is marked at a moment, to half a frame; what breaks a rule still comes first."""
        slack = 0.5 / self.stick.fps
        found = [m for m in self.marks if m.start - slack <= seconds <= m.end + slack]
        return tuple(sorted(found, key=lambda m: not m.broken))


def panels(clips: Sequence[MotionClip], labels: Sequence[str]) -> list[Panel]:
    """One to each clip.

    Raises:
        BadInput: there are none, or too many for one picture.
        BadMotion: as `Panel.of`.
    """
    if not 1 <= len(clips) <= MOST:
        raise BadInput(f"{len(clips)} clips cannot be shown side by side; choose 1 to {MOST}.")
    return [Panel.of(clip, label) for clip, label in zip(clips, labels, strict=True)]


def title_of(clip: MotionClip) -> str:
    """Dance, performer and occasion of a clip of ours; the name of any other."""
    known = (clip.meta.get("label") or clip.meta.get("dance"), clip.meta.get("performer"), clip.meta.get("occasion"))
    return ", ".join(str(part).replace("-", " ") for part in known if part) if known[0] else clip.name


def _subtitle(clip: MotionClip) -> str:
    prompt = clip.meta.get("prompt")
    seed = f"seed {clip.meta['seed']}" if "seed" in clip.meta else ""
    return ", ".join(part for part in (f'"{prompt}"' if prompt else "", seed) if part)


def heading_of(shown: Sequence[Panel], draw: ImageDraw.ImageDraw, width: int, unit: int = 1) -> None:
    """Title, subtitle and the meaning of the colours over a picture of `width` pixels, `unit` pixels to a point."""
    left, right = 16 * unit, width - 16 * unit
    x = right
    words = [("right side", SIDES[RIGHT]), ("left side", SIDES[LEFT])]
    if any(m.broken for p in shown for m in p.marks):
        words.append(("breaks a rule", BROKEN))
    if any(not m.broken for p in shown for m in p.marks):
        words.append(("put right", MENDED))
    for word, colour in words:
        x -= font(word, 13 * unit).getlength(word)
        write(draw, (x, 26 * unit), word, 13 * unit, INK)
        x -= 15 * unit
        draw.rounded_rectangle((x, 16 * unit, x + 10 * unit, 26 * unit), 2 * unit, fill=colour)
        x -= 14 * unit
    titles = list(dict.fromkeys(p.title for p in shown))
    write(draw, (left, 28 * unit), " / ".join(titles), 19 * unit, INK, width=x - left)
    if len({p.subtitle for p in shown}) == 1:
        write(draw, (left, 48 * unit), shown[0].subtitle, 13 * unit, SOFT, width=right - left)


def canvas(width: int, height: int, colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty picture and what paints on it."""
    image = Image.new("RGB", (width, height), colour)
    return image, ImageDraw.Draw(image)

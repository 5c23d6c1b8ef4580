"""Recordings of folk activities made by us: several dances of one occasion, cut together, with drum and wind.

Everything about them is known: the event, each transition to the frame, and the sound without its noise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ritual.brief import MAX_SECONDS, Brief
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput
from ritual.files import write_text
from ritual.generate import Engine, generate
from ritual.imagery.preparation.labels import Label, Transition, read_table, write_label, write_table
from ritual.imagery.preparation.media import write_video, write_wav
from ritual.scenes.folk.backdrop import KINDS
from ritual.scenes.folk.drum import RATE, ambience, drummed
from ritual.scenes.folk.shot import FORMATIONS, VIEWS, Shot

_SHOT = (2.4, 5.6)  # least and most of a shot [s]
_SETTINGS = "folk-clips.json"


@dataclass(frozen=True)
class Recipe:
    """How recordings are made.

    Attributes:
        shots: in a recording. side: of the picture [px], even. fps: frames a second.
        snr: of the drum over the wind [dB]. dissolves: part of the transitions that are no cuts but dissolves.
        dissolve: how long one takes [s].
    """

    shots: int = 4
    side: int = 256
    fps: float = 25.0
    snr: float = 10.0
    dissolves: float = 0.15
    dissolve: float = 0.6
    seed: int = 0

    def checked(self) -> Recipe:
        """Itself.

        Raises:
            BadInput: a value out of its range.
        """
        if not (1 <= self.shots <= 50 and 32 <= self.side <= 1080 and self.side % 2 == 0):
            raise BadInput(f"{self.shots} shots of {self.side} px: choose 1 to 50 shots, 32 to 1080 px, even.")
        if not (5 <= self.fps <= 60 and -20 <= self.snr <= 60 and 0 <= self.dissolves <= 1 and self.seed >= 0):
            raise BadInput("fps lies in 5..60, snr in -20..60 dB, dissolves in 0..1, and the seed is not negative.")
        return self


@dataclass(frozen=True)
class Scene:
    """One shot of a recording: what is danced, seen how and where, and frames `start` to `stop` of the recording."""

    dance: str
    formation: str
    view: str
    place: str
    start: int
    stop: int


def write_folk_clips(
    engine: Engine, folder: Path, count: int, recipe: Recipe | None = None,
    tell: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[Path]:  # fmt: skip
    """Make `count` recordings in a folder, each with its label, and `labels.csv` of all; those that are there stay.

    Beside `NAME.mp4` lie `NAME.json` (event, transitions, scenes) and `clean/NAME.wav`, its sound without the wind.

    Args:
        engine: dances. tell: hears of each that is done.

    Raises:
        BadInput: a value out of range, or the folder holds recordings of another recipe.
    """
    recipe = (recipe or Recipe()).checked()
    if count < 1:
        raise BadInput(f"{count} recordings cannot be made; choose 1 or more.")
    (folder / "clean").mkdir(parents=True, exist_ok=True)
    _same_recipe(folder, recipe)
    made, labels = [], read_table(folder / "labels.csv") if (folder / "labels.csv").exists() else {}
    for n in range(count):
        path = folder / f"folk-{n:04d}.mp4"
        if path.name not in labels or not path.exists():
            labels[path.name] = _record(engine, path, n, recipe)
            write_table(folder, labels)
        made.append(path)
        tell(n + 1, count, path.name)
    return made


def _same_recipe(folder: Path, recipe: Recipe) -> None:
    settings, said = folder / _SETTINGS, json.dumps(recipe.__dict__, indent=1) + "\n"
    if settings.exists() and settings.read_text(encoding="utf-8") != said:
        raise BadInput(f"{folder} holds recordings of another recipe ({_SETTINGS}).", hint="Name another folder.")
    write_text(settings, said)


def _record(engine: Engine, path: Path, number: int, recipe: Recipe) -> Label:
    """One recording."""
    rng = np.random.default_rng((recipe.seed, number))
    by_event = _by_event(engine)
    event = sorted(by_event)[int(rng.integers(len(by_event)))]
    dances = [str(d) for d in rng.permutation(by_event[event])[:2]]
    scenes, overlap = list(_scenes(dances, recipe, rng)), round(recipe.dissolve * recipe.fps)
    takes = {}
    for dance in {scene.dance: None for scene in scenes}:
        frames = sum(scene.stop - scene.start for scene in scenes if scene.dance == dance) + overlap
        takes[dance] = _take(engine, dance, event, recipe.fps, frames, int(rng.integers(2**31 - 1)))
    soft = [False] + [bool(rng.random() < recipe.dissolves) for _ in scenes[1:]]
    dry = np.zeros(round(scenes[-1].stop / recipe.fps * RATE))
    danced = dict.fromkeys(takes, 0)  # how far each dance has gone: it goes on where it was left

    def shown() -> Iterator[np.ndarray]:
        tail: list[np.ndarray] = []
        for k, scene in enumerate(scenes):
            after = overlap if k + 1 < len(scenes) and soft[k + 1] else 0  # frames under the dissolve that follows
            length, begin = scene.stop - scene.start, danced[scene.dance]
            clips = [_span(clip, begin, length + after) for clip in takes[scene.dance]]
            danced[scene.dance] += length
            _drum(dry, takes[scene.dance][0], begin, scene, recipe, rng)
            angle, height = rng.uniform(-0.7, 0.7), rng.uniform(0.03, 0.16)
            shot = Shot(clips, scene.formation, scene.view, scene.place, angle, height, recipe.side, rng)
            pictures = list(shot.pictures())
            for n, before in enumerate(tail):
                share = (n + 1) / (len(tail) + 1)
                pictures[n] = np.round(before * (1 - share) + pictures[n] * share).astype(np.uint8)
            yield from pictures[:length]
            tail = pictures[length:]

    pictures = list(shown())
    wind = ambience(len(dry), rng) * np.sqrt(np.mean(dry**2)) * 10 ** (-recipe.snr / 20)
    gain = 0.7 / max(float(np.abs(dry + wind).max()), 1e-9)
    write_video(path, pictures, recipe.fps, sound=gain * (dry + wind), rate=RATE, crf=16)
    write_wav(path.parent / "clean" / f"{path.stem}.wav", gain * dry, RATE)
    moments = tuple(
        Transition(round((scene.start + overlap * soft[k]) / recipe.fps, 6), "dissolve" if soft[k] else "cut",
                   recipe.dissolve if soft[k] else 0.0)
        for k, scene in enumerate(scenes) if k
    )  # fmt: skip
    label = Label(event, moments)
    more = {"fps": recipe.fps, "frames": len(pictures), "snr_db": recipe.snr, "scenes": [s.__dict__ for s in scenes]}
    write_label(path, label, **more)
    return label


def _by_event(engine: Engine) -> dict[str, list[str]]:
    """Occasion -> slugs of the dances that are danced on it."""
    found: dict[str, list[str]] = {}
    for dance in engine.graph.dances():
        for occasion in dance.occasions:
            found.setdefault(occasion, []).append(dance.slug)
    return found


def _take(engine: Engine, dance: str, event: str, fps: float, frames: int, seed: int) -> list[MotionClip]:
    """Two variants of a dance that last for all its scenes; what is longer than a dance can be keeps its last pose."""
    bpm, seconds = engine.graph.dance(dance).bpm, min(MAX_SECONDS, frames / fps)
    brief = Brief(dance, dance, occasion=event, seconds=seconds, fps=fps, variants=2, seed=seed, bpm=bpm)
    return [variant.clip for variant in generate(brief, engine).variants]


def _scenes(dances: list[str], recipe: Recipe, rng: np.random.Generator) -> Iterator[Scene]:
    """Neighbours differ in place or in dance, so that a transition is one for the eye, too."""
    start, place = 0, ""
    for k in range(recipe.shots):
        length = round(rng.uniform(*_SHOT) * recipe.fps)
        place = str(rng.choice([kind for kind in KINDS if kind != place]))
        formation, view = str(rng.choice(FORMATIONS)), str(rng.choice(VIEWS))
        yield Scene(dances[k % len(dances)], formation, view, place, start, start + length)
        start += length


def _span(clip: MotionClip, start: int, frames: int) -> MotionClip:
    rows = np.minimum(np.arange(start, start + frames), clip.frames - 1)
    return MotionClip(
        clip.angles[rows], clip.root_translation[rows], clip.root_rotation[rows], clip.positions[rows], clip.fps,
        clip.name, clip.meta,
    )  # fmt: skip


def _drum(
    dry: np.ndarray, clip: MotionClip, begin: int, scene: Scene, recipe: Recipe, rng: np.random.Generator
) -> None:
    """Lay the drum of a scene on the sound: the beats that the clip is danced on."""
    tempo, length = clip.meta["tempo"], (scene.stop - scene.start) / recipe.fps
    beats = np.asarray(tempo["beats"]) - begin / recipe.fps
    cycle = max(1, round(tempo["per_cycle"]))
    first = int(np.searchsorted(beats, -1e-9))
    first -= first % cycle  # whole cycles, so that the accents stay where they are
    sound = drummed(beats[first:], cycle, length, rng.uniform(75, 120), rng)
    at = round(scene.start / recipe.fps * RATE)
    fade = np.minimum(1, np.arange(len(sound))[::-1] / (0.01 * RATE))
    dry[at : at + len(sound)] += (sound * fade)[: len(dry) - at]

"""Scenes rendered by Blender, one process for many, taken up again where an earlier run stopped."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from ritual.brief import Brief, CancelCheck, Progress, ProgressCallback
from ritual.clip import tensors
from ritual.culture.graph import Graph
from ritual.errors import BadInput
from ritual.files import write_bytes, write_text
from ritual.film.blender import find_blender
from ritual.generate import Engine, generate
from ritual.pictures.png import png
from ritual.scenes.develop import Passes, developed, read_passes, write_passes
from ritual.scenes.lattice import lattice
from ritual.scenes.plan import Planner, Scene

FORMAT = "ritual-scenes/1"
SAMPLES = (
    4  # with the denoiser as good to look at as 8, and a third cheaper; Debian's Blender, which has none, wants 64
)
_DRAWN = re.compile(r"drawn (\S+)")


@dataclass(frozen=True)
class Drawn:
    """A scene on disk.

    Attributes:
        scene: as it was planned.
        photo: the picture, PNG.
        facts: camera and structure: `camera`, `points` (kind, x, y in 0..1, depth [m], seen), `lines`.
    """

    scene: Scene
    photo: Path
    facts: dict

    @property
    def passes(self) -> Passes:
        """What the stylising operators need."""
        return read_passes(self.photo.with_suffix(".npz"))


def render_scenes(
    graph: Graph,
    folder: Path,
    count: int,
    *,
    size: int = 256,
    seed: int = 0,
    samples: int = SAMPLES,
    threads: int = 1,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> list[Drawn]:
    """The first `count` scenes of a seed, rendered into a folder; what lies there already is kept.

    Args:
        graph: whose peoples, symbols, colours and dances they show.
        folder: made where it is not there.
        size: side of the pictures [px].
        samples: of Cycles per pixel, before the denoiser.
        threads: of Cycles.

    Raises:
        BadInput: a number is out of range, or the folder holds scenes of another size, seed or number of samples.
        BlenderMissing, BlenderFailed: there is no Blender, or it failed.
        Cancelled: `cancelled` said so; what is drawn stays and is found again.
    """
    if not (32 <= size <= 2048 and count >= 1 and samples >= 1 and threads >= 1):
        raise BadInput(f"{count} pictures of {size} px with {samples} samples cannot be drawn.",
                       hint="Choose 32 to 2048 px, the others from 1.")  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    _same_settings(folder, {"format": FORMAT, "size": size, "seed": seed, "samples": samples})
    planner = Planner(graph, seed)
    scenes = [planner.scene(number) for number in range(count)]
    missing = [s for s in scenes if not (folder / f"{s.name}.json").exists()]
    if missing:
        with tempfile.TemporaryDirectory(prefix="ritual-scenes-") as name:
            work = Path(name)
            plan = _plan(graph, planner, missing, work, size, samples, threads, seed)
            write_text(work / "plan.json", json.dumps(plan))
            by_name = {s.name: s for s in missing}
            tell = _teller(by_name, work, folder, progress)
            find_blender().run(
                "build_houses.py", ["--plan", str(work / "plan.json")], on_line=tell, cancelled=cancelled
            )
    return [read_scene(folder, s.name) for s in scenes]


def read_scene(folder: Path, name: str) -> Drawn:
    """A scene that was rendered into a folder, as it was planned then.

    Raises:
        BadInput: its files are missing or broken.
    """
    path = folder / f"{name}.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        planned = {field.name: facts.pop(field.name) for field in fields(Scene)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(f"{path} is missing or broken.", hint="Delete it and render the scenes again.") from None
    for key in ("windows", "dances"):
        planned[key] = tuple(planned[key])
    return Drawn(Scene(**planned), path.with_suffix(".png"), facts)


def entry(planner: Planner, planned: Scene, work: Path, dances: Sequence[str]) -> dict:
    """What `build_houses.py` reads of one scene; draws its lattices into the folder `work`."""
    rng = np.random.default_rng((planned.seed, 1))
    lattices = {}
    for stuff, symbol in zip(("window", "door"), (planned.windows * 2)[:2], strict=True):
        pattern = planner.pattern(planned.group, symbol) if rng.random() < 0.85 else None
        lattices[stuff] = str(work / f"{planned.name}-{stuff}.png")
        bars = lattice(planned.bars, pattern, rng)
        write_bytes(Path(lattices[stuff]), png(bars.astype(np.uint8) * 255))
    return {
        "name": planned.name, "out": str(work), "seed": planned.seed, "style": planned.style, "light": planned.light,
        "palette": {k: list(v) for k, v in planned.palette.items()}, "lattices": lattices,
        "made_of": {"wall": planned.wall, "gable": planned.wall, "roofing": planned.roof},
        "performers": [dances.index(dance) for dance in planned.dances],
    }  # fmt: skip


def dances_of(graph: Graph, scenes: Sequence[Scene], work: Path, seed: int) -> tuple[list[str], list[str]]:
    """(slugs, clips' files) of the dances that scenes show: six seconds each, as `ritual generate` makes them."""
    slugs = sorted({dance for planned in scenes for dance in planned.dances})
    engine = Engine.load()
    engine = Engine(graph, engine.encoder, engine.generator)
    paths = []
    for slug in slugs:
        brief = Brief(prompt="dance", dance=slug, seconds=6, fps=5, variants=1, seed=seed)
        path = work / f"{slug}.safetensors"
        write_bytes(path, tensors.to_bytes(generate(brief, engine).variants[0].clip))
        paths.append(str(path))
    return slugs, paths


def _plan(
    graph: Graph,
    planner: Planner,
    scenes: Sequence[Scene],
    work: Path,
    size: int,
    samples: int,
    threads: int,
    seed: int,
) -> dict:
    slugs, clips = dances_of(graph, scenes, work, seed)
    entries = [entry(planner, planned, work, slugs) for planned in scenes]
    return {"size": size, "samples": samples, "threads": threads, "clips": clips, "scenes": entries}


def _same_settings(folder: Path, settings: dict) -> None:
    path = folder / "settings.json"
    if path.exists():
        try:
            former = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise BadInput(f"{path} is broken.", hint="Name another folder.") from None
        for key, value in settings.items():
            if former.get(key) != value:
                raise BadInput(f"{folder} holds scenes whose {key} is {former.get(key)}, not {value}.",
                               hint="Name another folder, or the same values.")  # fmt: skip
        return
    write_text(path, json.dumps(settings, indent=1))


def _teller(
    scenes: dict[str, Scene], work: Path, folder: Path, progress: ProgressCallback | None
) -> Callable[[str], None]:
    """Develops each scene as it comes; its .json is written last, so that a scene is whole or is drawn again."""
    begun = time.perf_counter()
    done = 0

    def tell(line: str) -> None:
        nonlocal done
        found = _DRAWN.fullmatch(line.strip())
        if not found:
            return
        name = found[1]
        passes = developed(work / f"{name}.exr")
        facts = json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
        facts["points"] = [
            {**point, "seen": passes.shows(point["x"], point["y"], point["depth"])} for point in facts["points"]
        ]
        write_bytes(folder / f"{name}.png", png(passes.photo))
        write_passes(folder / f"{name}.npz", passes)
        write_text(folder / f"{name}.json", json.dumps({**asdict(scenes[name]), **facts}))
        (work / f"{name}.exr").unlink()
        done += 1
        if progress is not None:
            left = (time.perf_counter() - begun) / done * (len(scenes) - done)
            progress(Progress("houses", done, len(scenes), left))

    return tell

"""Sets of pictures to learn from, in the folders that CycleGAN's readers know, made from rendered scenes.

A scene is in one split in every set, so that nothing learnt from one set is tested by another.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ritual.brief import Progress, ProgressCallback
from ritual.culture.graph import Graph
from ritual.files import write_bytes, write_text
from ritual.pictures.png import png
from ritual.scenes.houses import Drawn
from ritual.scenes.painting import painting
from ritual.scenes.papercut import RED, RICE, papercut
from ritual.scenes.plan import Planner, split_of
from ritual.scenes.window_flower import flowers

SETS = ("papercut", "painting", "artwork", "rural", "enlarge")
COLUMNS = (
    "path", "split", "domain", "pair", "shows", "scene", "seed", "group", "style", "light", "windows", "bars", "wall",
    "roof", "dances", "made",
)  # fmt: skip
_SIDES = {"train": "train", "val": "train", "test": "test"}  # two folders where the convention knows two
_TOLD = {
    "papercut": """Photo (A) -> paper-cut (B), paired: files of one name show one scene on both sides.
Paper-cuts: masses, lines, teeth, crescents, frame, bridges (ritual/scenes/papercut.py); two colours, the paper in one
piece.
""",
    "painting": """Photo (A) -> painting (B), paired: files of one name show one scene on both sides.
Paintings: as in the set `artwork` (ritual/scenes/painting.py).
""",
    "artwork": """Photo (A) <-> painting (B). trainA and trainB are UNPAIRED: they show different scenes.
testA and testB are PAIRED by name, so that SSIM and cosine can be measured; do not train on them.
Paintings: little light, Kuwahara brush, mineral pigments and the people's colours in three washes, ink contours, rice
paper (ritual/scenes/painting.py); the paper's grain follows the scene's seed.
""",
    "rural": """Photos of village houses; train, val and test hold 70, 15 and 15 in 100 scenes.
structure.json: per file the camera, points (kind, x and y in 0..1 to the right and down, depth [m], whether it is seen)
and lines (pairs of numbers of points): corners of windows and doors, ridge, eaves.
""",
    "enlarge": """Paper-cuts in two colours, to learn enlargement from: make them small, and learn the way back.
Each shows one symbol of the graph in a frame, the paper in one piece (ritual/scenes/window_flower.py).
""",
}
_LICENCE = """manifest.csv: per file its split, domain, pair, scene, people and how it was made.
Drawn by this project from its own scenes and knowledge graph; no photograph or work of others is in it.
"""


def write_papercuts(scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None) -> int:
    """trainA/trainB and testA/testB, the same file names on both sides; returns how many pairs.

    Like its neighbours it writes only what is not there, so that a run that was stopped goes on.
    """
    return _write_pairs("papercut", "paper-cut", lambda drawn: papercut(drawn.passes), scenes, out, progress)


def write_paintings(
    planner: Planner, scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None
) -> int:
    """As `write_papercuts`, with paintings."""
    return _write_pairs("painting", "painting", lambda drawn: painted(planner, drawn), scenes, out, progress)


def _write_pairs(
    name: str,
    shows: str,
    make: Callable[[Drawn], np.ndarray],
    scenes: Sequence[Drawn],
    out: Path,
    progress: ProgressCallback | None,
) -> int:
    rows = []
    for number, drawn in enumerate(scenes, 1):
        side, file = _SIDES[drawn.scene.split], drawn.photo.name
        _put(out / f"{side}A" / file, drawn.photo.read_bytes)
        _put(out / f"{side}B" / file, lambda d=drawn: png(make(d)))
        rows.append(_row(f"{side}A/{file}", drawn, "A", "photo", "rendered", paired=True))
        rows.append(_row(f"{side}B/{file}", drawn, "B", shows, f"scenes/{name}.py", paired=True))
        _tell(progress, f"{shows}s", number, len(scenes))
    _close(out, name, rows)
    return len(scenes)


def write_artwork(
    planner: Planner, scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None
) -> int:
    """Unpaired in training (every second scene a photo, the others paintings), paired in test; returns the scenes."""
    rows, trained = [], 0
    for number, drawn in enumerate(scenes, 1):
        side, name = _SIDES[drawn.scene.split], drawn.photo.name
        both = side == "test"
        trained += not both
        if both or trained % 2:
            _put(out / f"{side}A" / name, drawn.photo.read_bytes)
            rows.append(_row(f"{side}A/{name}", drawn, "A", "photo", "rendered", paired=both))
        if both or not trained % 2:
            _put(out / f"{side}B" / name, lambda d=drawn: png(painted(planner, d)))
            rows.append(_row(f"{side}B/{name}", drawn, "B", "painting", "scenes/painting.py", paired=both))
        _tell(progress, "paintings", number, len(scenes))
    _close(out, "artwork", rows)
    return len(scenes)


def write_rural(scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None) -> int:
    """train, val, test of photos, and the structure of each in structure.json; returns how many."""
    rows, structure = [], {}
    for number, drawn in enumerate(scenes, 1):
        path = f"{drawn.scene.split}/{drawn.photo.name}"
        _put(out / path, drawn.photo.read_bytes)
        rows.append(_row(path, drawn, "", "photo", "rendered"))
        structure[path] = {key: drawn.facts[key] for key in ("camera", "points", "lines")}
        _tell(progress, "photos", number, len(scenes))
    write_text(out / "structure.json", json.dumps(structure))
    _close(out, "rural", rows)
    return len(scenes)


def write_enlarge(
    graph: Graph, out: Path, count: int, *, size: int = 512, seed: int = 0, progress: ProgressCallback | None = None
) -> int:
    """train, val, test of window flowers, `size` px, each another drawing; returns how many."""
    rows = []
    for number, flower in enumerate(flowers(graph, count, size, seed)):
        split = split_of(number)
        path = f"{split}/{number:06d}.png"
        _put(out / path, lambda f=flower: png(np.where(f.cut()[..., None], np.uint8(RED), np.uint8(RICE))))
        about = {"group": flower.pattern.group, "windows": flower.pattern.symbol, "made": "scenes/window_flower.py"}
        rows.append({"path": path, "split": split, "shows": "paper-cut", "seed": seed, **about})
        _tell(progress, "window flowers", number + 1, count)
    _close(out, "enlarge", rows)
    return count


def painted(planner: Planner, drawn: Drawn) -> np.ndarray:
    """The painting of a scene in the traditional pigments and the colours of its people."""
    scene = drawn.scene
    colours = {colour for symbol in scene.windows for colour in planner.pattern(scene.group, symbol).colours}
    own = [tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in sorted(colours)]
    return painting(drawn.passes, own, seed=scene.seed)


def _put(path: Path, make: Callable[[], bytes]) -> None:
    """Write a picture that is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, make())


def _row(path: str, drawn: Drawn, domain: str, shows: str, made: str, *, paired: bool = False) -> dict[str, object]:
    scene = drawn.scene
    row = {"path": path, "split": path.partition("/")[0].rstrip("AB"), "domain": domain, "shows": shows, "made": made}
    row |= {"pair": scene.name if paired else "", "scene": scene.name}
    row |= {key: getattr(scene, key) for key in ("seed", "group", "style", "light", "bars", "wall", "roof")}
    return row | {"windows": " ".join(scene.windows), "dances": " ".join(scene.dances)}


def _close(out: Path, name: str, rows: Iterable[dict[str, object]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(out / "manifest.csv", text.getvalue())
    write_text(out / "README.txt", _TOLD[name] + _LICENCE)


def _tell(progress: ProgressCallback | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(Progress(stage, done, total))

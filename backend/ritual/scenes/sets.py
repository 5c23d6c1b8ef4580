"""Sets of pictures to learn from, in the folders that CycleGAN's readers know, made from rendered scenes.

`papercut`: photo -> paper-cut, paired by name. `artwork`: photo <-> painting, other scenes on either side in training,
the same ones in test. `rural`: photos of houses in train, val, test. `enlarge`: paper-cuts at 512 px.
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
from ritual.scenes.houses import Drawn, png
from ritual.scenes.painting import painting
from ritual.scenes.papercut import RED, RICE, papercut
from ritual.scenes.plan import Planner, split_of
from ritual.scenes.window_flower import flowers

SETS = ("papercut", "artwork", "rural", "enlarge")
COLUMNS = ("path", "split", "domain", "pair", "shows", "scene", "seed", "group", "style", "light", "windows", "bars", "wall", "roof",
           "dances", "made")  # fmt: skip
_FOLDERS = {"train": "train", "val": "train", "test": "test"}  # two splits where the convention knows two
LICENCE = "Drawn by this project from its own scenes and knowledge graph; no photograph or work of others is in it.\n"

Tell = Callable[[int, int], None]


def write_papercuts(scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None) -> int:
    """trainA/trainB and testA/testB, the same file names on both sides; returns how many pairs."""
    rows = []
    for number, drawn in enumerate(scenes, 1):
        side, name = _FOLDERS[drawn.scene.split], drawn.photo.name
        _put(out / f"{side}A" / name, drawn.photo.read_bytes())
        _put(out / f"{side}B" / name, lambda d=drawn: png(papercut(d.passes)))
        rows += [_row(f"{side}A/{name}", drawn, "A", "photo", "rendered", pair=True),
                 _row(f"{side}B/{name}", drawn, "B", "paper-cut", "scenes/papercut.py", pair=True)]  # fmt: skip
        _tell(progress, "paper-cuts", number, len(scenes))
    _close(out, rows, "Photo (A) -> paper-cut (B), paired: a file of one name shows one scene on both sides.\n"
                      "Paper-cuts: masses, lines, teeth, crescents, frame, bridges (ritual/scenes/papercut.py); two colours,\n"
                      "the paper in one piece.\n")  # fmt: skip
    return len(scenes)


def write_artwork(
    planner: Planner, scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None
) -> int:
    """Unpaired in training (every second scene is a photo, the others paintings), paired in test; returns the scenes."""
    rows, trained = [], 0
    for number, drawn in enumerate(scenes, 1):
        side, name = _FOLDERS[drawn.scene.split], drawn.photo.name
        both = side == "test"
        trained += not both
        if both or trained % 2:
            _put(out / f"{side}A" / name, drawn.photo.read_bytes())
            rows.append(_row(f"{side}A/{name}", drawn, "A", "photo", "rendered", pair=both))
        if both or not trained % 2:
            _put(out / f"{side}B" / name, lambda d=drawn: png(painted(planner, d)))
            rows.append(_row(f"{side}B/{name}", drawn, "B", "painting", "scenes/painting.py", pair=both))
        _tell(progress, "paintings", number, len(scenes))
    _close(out, rows, "Photo (A) <-> painting (B). trainA and trainB are UNPAIRED: they show different scenes.\n"
                      "testA and testB are PAIRED by name, so that SSIM and cosine can be measured; do not train on them.\n"
                      "Paintings: little light, Kuwahara brush, mineral pigments and the people's colours in three washes,\n"
                      "ink contours, rice paper (ritual/scenes/painting.py); the paper's grain follows the scene's seed.\n")  # fmt: skip
    return len(scenes)


def write_rural(scenes: Sequence[Drawn], out: Path, progress: ProgressCallback | None = None) -> int:
    """train, val, test (70, 15, 15 in 100) of photos; structure.json holds the points and lines of each picture."""
    rows, structure = [], {}
    for number, drawn in enumerate(scenes, 1):
        file = f"{drawn.scene.split}/{drawn.photo.name}"
        _put(out / file, drawn.photo.read_bytes())
        rows.append(_row(file, drawn, "", "photo", "rendered"))
        structure[file] = {key: drawn.facts[key] for key in ("camera", "points", "lines")}
        _tell(progress, "photos", number, len(scenes))
    write_text(out / "structure.json", json.dumps(structure))
    _close(out, rows, "Photos of village houses; train, val and test hold 70, 15 and 15 in 100 scenes.\n"
                      "structure.json: per file the camera, points (kind, x and y in 0..1 to the right and down, depth [m],\n"
                      "whether it is seen) and lines (pairs of numbers of points): corners of windows and doors, ridge, eaves.\n")  # fmt: skip
    return len(scenes)


def write_enlarge(
    graph: Graph, out: Path, count: int, *, size: int = 512, seed: int = 0, progress: ProgressCallback | None = None
) -> int:
    """train, val, test of window flowers: paper-cuts of the graph's symbols, each another drawing; returns how many."""
    rows = []
    for number, flower in enumerate(flowers(graph, count, size, seed)):
        pattern, file = flower.pattern, f"{split_of(number)}/{number:06d}.png"
        _put(out / file, lambda f=flower: png(np.where(f.cut()[..., None], np.uint8(RED), np.uint8(RICE))))
        rows.append({"path": file, "split": split_of(number), "shows": "paper-cut", "seed": seed, "group": pattern.group,
                     "windows": pattern.symbol, "made": "scenes/window_flower.py"})  # fmt: skip
        _tell(progress, "window flowers", number + 1, count)
    _close(out, rows, f"Paper-cuts of {size} px in two colours, to learn enlargement from: make them small, and learn the way back.\n"
                      "Each shows one symbol of the graph in a frame, the paper in one piece (ritual/scenes/window_flower.py).\n")  # fmt: skip
    return count


def painted(planner: Planner, drawn: Drawn) -> np.ndarray:
    """The painting of a scene in the traditional pigments and the colours of its people."""
    colours = {c for symbol in drawn.scene.windows for c in planner.pattern(drawn.scene.group, symbol).colours}
    own = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in sorted(colours)]
    return painting(drawn.passes, own, seed=drawn.scene.seed)


def _put(path: Path, data: bytes | Callable[[], bytes]) -> None:
    """Write a picture that is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, data() if callable(data) else data)


def _row(path: str, drawn: Drawn, domain: str, shows: str, made: str, *, pair: bool = False) -> dict[str, object]:
    s = drawn.scene
    split = _FOLDERS[s.split] if domain else s.split
    return {"path": path, "split": split, "domain": domain, "pair": s.name if pair else "", "shows": shows, "scene": s.name,
            "seed": s.seed, "group": s.group, "style": s.style, "light": s.light, "windows": " ".join(s.windows),
            "bars": s.bars, "wall": s.wall, "roof": s.roof, "dances": " ".join(s.dances), "made": made}  # fmt: skip


def _close(out: Path, rows: Iterable[dict[str, object]], told: str) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(out / "manifest.csv", text.getvalue())
    write_text(
        out / "README.txt",
        f"{told}manifest.csv: per file its split, pair, scene, people and how it was made.\n{LICENCE}",
    )


def _tell(progress: ProgressCallback | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(Progress(stage, done, total))

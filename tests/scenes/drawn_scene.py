"""A scene drawn on arrays, with the passes that Blender would give: no Blender is needed to test what is made of it."""

import json
from dataclasses import asdict

import numpy as np

from ritual.pictures.png import png
from ritual.scenes.develop import PARTS, Passes, write_passes
from ritual.scenes.houses import read_scene

COLOURS = {
    "sky": (150, 190, 235), "ground": (150, 130, 95), "hill": (90, 140, 90), "wall": (225, 220, 205),
    "roof": (70, 72, 76), "window": (215, 205, 170), "door": (120, 40, 30), "person": (40, 60, 160),
    "plant": (60, 120, 40),
}  # fmt: skip
DEPTHS = {
    "sky": 1e3,
    "hill": 60,
    "ground": 8,
    "wall": 10,
    "roof": 10,
    "window": 9.9,
    "door": 9.9,
    "person": 5,
    "plant": 9,
}


def passes(side: int = 96, seed: int = 0) -> Passes:
    """A house with two windows and a door, a hill, a tree, a dancer; `seed` moves them a little."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    x = x - rng.uniform(-0.05, 0.05)
    what = np.full((side, side), PARTS.index("sky"), np.uint8)

    def lay(name, where):
        what[where] = PARTS.index(name)

    lay("hill", y > 0.5 - 0.08 * np.sin(7 * x))
    lay("ground", y > 0.62)
    lay("wall", (np.abs(x - 0.5) < 0.34) & (y > 0.4) & (y < 0.72))
    lay("roof", (np.abs(x - 0.5) < 0.2 + 0.75 * (y - 0.2)) & (y > 0.2) & (y < 0.42))
    for middle in (0.28, 0.72):
        lay("window", (np.abs(x - middle) < 0.08) & (np.abs(y - 0.55) < 0.08))
    lay("door", (np.abs(x - 0.5) < 0.06) & (y > 0.5) & (y < 0.72))
    lay("plant", np.hypot(x - 0.92, y - 0.45) < 0.1)
    lay("person", (np.hypot((x - 0.4) * 1.6, y - 0.72) < 0.16) | (np.hypot(x - 0.4, y - 0.52) < 0.04))
    table = np.zeros((len(PARTS), 3), np.uint8)
    depths = np.zeros(len(PARTS))
    for name, colour in COLOURS.items():
        table[PARTS.index(name)], depths[PARTS.index(name)] = colour, DEPTHS[name]
    albedo = table[what]
    bars = (what == PARTS.index("window")) & ((x * 24 % 1 < 0.35) | (y * 24 % 1 < 0.35))
    albedo[bars] = (90, 30, 20)
    photo = np.clip(albedo * (0.7 + 0.3 * y[..., None]), 0, 255).astype(np.uint8)
    normal = np.zeros((side, side, 3), np.float32)
    normal[what != 0] = (0, -1, 0)
    return Passes(photo, what, depths[what].astype(np.float32), normal, albedo)


def on_disk(folder, planner, count, side=64):
    """The first scenes of a planner as `render_scenes` leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        scene, seen = planner.scene(number), passes(side, number)
        (folder / f"{scene.name}.png").write_bytes(png(seen.photo))
        write_passes(folder / f"{scene.name}.npz", seen)
        facts = {
            "camera": {},
            "points": [{"kind": "door", "x": 0.5, "y": 0.5, "depth": 9.9, "seen": True}],
            "lines": [],
        }
        (folder / f"{scene.name}.json").write_text(json.dumps({**asdict(scene), **facts}))
    return [read_scene(folder, f"{number:06d}") for number in range(count)]

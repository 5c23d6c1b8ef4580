"""T3DRM: the house as photogrammetry gives it back, and how near that comes to views that it never saw.

Pictures around one house are rendered; every fourth is held out. COLMAP makes cameras and sparse points of the others.
Its dense stereo needs CUDA, so the surface is stated here: seen from a held-out camera, the points that its nearest
neighbours see are joined by a Delaunay triangulation of the image, inverse depth runs linearly over each triangle, and
what lies outside is as far as the farthest points. Each pixel takes its colour from the neighbours' pictures there.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.culture.graph import Graph
from ritual.errors import BadInput
from ritual.files import write_bytes, write_text
from ritual.film.blender import find_blender
from ritual.imagery.metrics.psnr import psnr
from ritual.imagery.metrics.ssim import ssim
from ritual.pictures.png import png
from ritual.scenes.colmap import Model, reconstruct, see_that_it_is_there
from ritual.scenes.develop import developed
from ritual.scenes.houses import entry
from ritual.scenes.plan import Planner

LENS, SENSOR = 32.0, 36.0  # mm
HELD_OUT = 4
_NEIGHBOURS = 3


@dataclass(frozen=True)
class View:
    """A camera in the world, and what it saw.

    Attributes:
        rotation, translation: world -> camera; x right, y down, z forward.
        picture: (S, S, 3) uint8.
    """

    rotation: np.ndarray
    translation: np.ndarray
    picture: np.ndarray

    @property
    def centre(self) -> np.ndarray:
        return -self.rotation.T @ self.translation

    def project(self, points: np.ndarray, focal: float) -> tuple[np.ndarray, np.ndarray]:
        """((N, 2) pixels, (N,) depths) of (N, 3) points; the middle of the first pixel is (0.5, 0.5)."""
        seen = points @ self.rotation.T + self.translation
        depth = seen[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        return seen[:, :2] / safe[:, None] * focal + len(self.picture) / 2, depth


def photogrammetry(
    graph: Graph,
    out: Path,
    *,
    views: int = 32,
    size: int = 384,
    scene: int = 1,
    seed: int = 0,
    samples: int = 16,
    threads: int = 1,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> dict:
    """Render `views` pictures around a house, reconstruct it, and score what it shows at the held-out cameras.

    Args:
        out: folder; gets `truth`, `made` and report.json.
        samples: of Cycles; more than sets need, since noise in the truth would count as a fault.
        scene: its number in the row of `Planner`; performers stay away, since they would have to hold still.

    Returns:
        the report: SSIM and PSNR of each held-out view, their means, what COLMAP found, seconds of each stage.

    Raises:
        BadInput: too few views. ColmapMissing, ColmapFailed, BlenderMissing, BlenderFailed: what is missing or failed.
    """
    if views < 8 or size < 128:
        raise BadInput(f"{views} views of {size} px are too few to reconstruct from.", hint="Take 8 of 128 px or more.")
    see_that_it_is_there()
    tell = progress or (lambda step: None)
    seconds: dict[str, float] = {}
    begun = time.perf_counter()
    (out / "truth").mkdir(parents=True, exist_ok=True)
    (out / "made").mkdir(exist_ok=True)
    tell(Progress("rendering", 0, 3))
    names, true = _rendered(graph, out, views, size, scene, seed, samples, threads, cancelled)
    seconds["rendering"] = time.perf_counter() - begun
    held = [k for k in range(views) if k % HELD_OUT == HELD_OUT // 2]
    kept = [k for k in range(views) if k not in held]
    focal = size * LENS / SENSOR
    tell(Progress("COLMAP", 1, 3))
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="ritual-colmap-") as name:
        pictures = Path(name) / "pictures"
        pictures.mkdir()
        for k in kept:
            write_bytes(pictures / f"{names[k]}.png", png(true[k].picture))
        model = reconstruct(pictures, Path(name), focal, size, threads)
    seconds["colmap"] = time.perf_counter() - begun
    tell(Progress("held-out views", 2, 3))
    begun = time.perf_counter()
    found, points, tracks, stray = _in_the_world(model, {f"{names[k]}.png": true[k] for k in kept})
    rows = []
    for k in held:
        made = _seen_from(true[k], found, points, tracks, focal)
        write_bytes(out / "made" / f"{names[k]}.png", png(made))
        a, b = (
            torch.from_numpy(v.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None] for v in (made, true[k].picture)
        )
        rows.append({"view": names[k], "ssim": float(ssim(a, b)), "psnr": float(psnr(a, b))})
    seconds["held-out views"] = time.perf_counter() - begun
    report = {
        "views": views, "held_out": len(held), "size": size, "scene": scene, "seed": seed, "registered": len(found),
        "of": len(kept), "points": len(points), "reprojection_px": float(model.errors.mean()) if len(points) else None,
        "cameras_off_m": stray, "ssim": float(np.mean([r["ssim"] for r in rows])),
        "psnr": float(np.mean([r["psnr"] for r in rows])), "per_view": rows, "seconds": seconds,
    }  # fmt: skip
    write_text(out / "report.json", json.dumps(report, indent=1))
    return report


def _rendered(
    graph: Graph, out: Path, views: int, size: int, number: int, seed: int, samples: int, threads: int,
    cancelled: CancelCheck | None,
) -> tuple[list[str], list[View]]:  # fmt: skip
    """Names and views of pictures from an arc before the house, at two heights."""
    planner = Planner(graph, seed)
    work = (out / "truth").resolve()
    planned = replace(planner.scene(number), dances=(), light="overcast")
    cameras = []
    for k in range(views):
        angle = math.radians(-42 + 84 * k / (views - 1))
        distance, height = 9.5, (1.4, 2.4)[k % 2]
        cameras.append([[distance * math.sin(angle), -distance * math.cos(angle), height], [0.0, 0.5, 1.8], LENS])
    scene = entry(planner, planned, work, ()) | {"views": cameras}
    plan = {"size": size, "samples": samples, "threads": threads, "clips": [], "scenes": [scene]}
    write_text(work / "plan.json", json.dumps(plan))
    find_blender().run("build_houses.py", ["--plan", str(work / "plan.json")], cancelled=cancelled)
    names, found = [], []
    for k in range(views):
        name = f"{planned.name}-{k:03d}"
        passes = developed(work / f"{name}.exr")
        matrix = np.array(json.loads((work / f"{name}.json").read_text(encoding="utf-8"))["camera"]["matrix"])
        rotation = np.diag([1.0, -1.0, -1.0]) @ matrix[:3, :3].T  # Blender's camera looks along -z, y up
        found.append(View(rotation, -rotation @ matrix[:3, 3], passes.photo))
        names.append(name)
        write_bytes(work / f"{name}.png", png(passes.photo))
        (work / f"{name}.exr").unlink()
    return names, found


def similarity(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """(scale, rotation, translation) that bring (N, 3) source onto target with the least squares.

    Source: Umeyama (1991), eq. 40-42.
    """
    a, b = source - source.mean(0), target - target.mean(0)
    u, d, vt = np.linalg.svd(b.T @ a / len(a))
    sign = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ sign @ vt
    scale = float((d * np.diag(sign)).sum() / (a**2).sum(1).mean())
    return scale, rotation, target.mean(0) - scale * rotation @ source.mean(0)


def _in_the_world(model: Model, true: dict[str, View]) -> tuple[list[View], np.ndarray, list[np.ndarray], float]:
    """COLMAP's cameras and points, moved, turned and scaled into the world by the places of the cameras alone."""
    names = [name for name in true if name in model.rotations]
    scale, rotation, translation = similarity(
        np.array([model.centre(name) for name in names]), np.array([true[name].centre for name in names])
    )
    found = []
    for name in names:
        turned = model.rotations[name] @ rotation.T
        centre = scale * rotation @ model.centre(name) + translation
        found.append(View(turned, -turned @ centre, true[name].picture))
    stray = np.sqrt(np.mean([((f.centre - true[n].centre) ** 2).sum() for f, n in zip(found, names, strict=True)]))
    points = scale * model.points @ rotation.T + translation
    seen = np.bincount(np.concatenate([model.tracks[name] for name in names]), minlength=len(points))
    sure = (seen >= 3) & (model.errors < 2)  # two cameras alone agree on much that is not there
    return found, points, [track[sure[track]] for track in (model.tracks[name] for name in names)], float(stray)


def _seen_from(
    camera: View, found: Sequence[View], points: np.ndarray, tracks: Sequence[np.ndarray], focal: float
) -> np.ndarray:
    """(S, S, 3) uint8: the reconstruction from a camera; of `camera` only its place is used."""
    order = np.argsort([np.linalg.norm(view.centre - camera.centre) for view in found])[:_NEIGHBOURS]
    visible = np.unique(np.concatenate([tracks[k] for k in order]))
    size = len(camera.picture)
    spots, depth = camera.project(points[visible], focal)
    inside = (depth > 0.5) & (np.abs(spots - size / 2) < size).all(1)
    spots, inverse = spots[inside], 1 / depth[inside]
    y, x = np.mgrid[:size, :size] + 0.5
    flat = LinearNDInterpolator(spots, inverse)(x, y)
    outside = np.isnan(flat)
    near = NearestNDInterpolator(spots, inverse)(x, y)
    flat[outside] = np.minimum(near[outside], np.quantile(inverse, 0.05))
    rays = np.stack([(x - size / 2) / focal, (y - size / 2) / focal, np.ones_like(x)], -1) / flat[..., None]
    world = (rays.reshape(-1, 3) - camera.translation) @ camera.rotation
    total, weight = np.zeros((size * size, 3)), np.zeros(size * size)
    for rank, k in enumerate(order):
        pixels, ahead = found[k].project(world, focal)
        good = (ahead > 0) & (pixels > 0).all(1) & (pixels < size).all(1)
        share = np.where(good, (1.0, 0.35, 0.15)[rank], 1e-6)
        at = pixels.T[::-1] - 0.5
        colour = np.stack(
            [
                ndimage.map_coordinates(found[k].picture[..., c].astype(float), at, order=1, mode="nearest")
                for c in range(3)
            ],
            1,
        )
        total += colour * share[:, None]
        weight += share
    return np.rint(total / weight[:, None]).clip(0, 255).astype(np.uint8).reshape(size, size, 3)


def beside(out: Path) -> np.ndarray:
    """(H, W, 3) uint8: truth above, made below, of the held-out views in a folder of `photogrammetry`."""
    names = sorted(path.name for path in (out / "made").glob("*.png"))
    rows = [np.hstack([np.asarray(Image.open(out / kind / name)) for name in names]) for kind in ("truth", "made")]
    return np.vstack(rows)

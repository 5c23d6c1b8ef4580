"""COLMAP (Schönberger, Frahm 2016), the structure from motion that Debian ships: from pictures to cameras and points.

Only its sparse part runs without CUDA: its dense stereo wants a GPU, and Debian's build has no Delaunay mesher.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ritual.errors import RitualError


class ColmapMissing(RitualError):
    """COLMAP is not installed."""

    code = "colmap_missing"


class ColmapFailed(RitualError):
    """COLMAP could not reconstruct."""

    code = "colmap_failed"


@dataclass(frozen=True)
class Model:
    """A sparse reconstruction, in COLMAP's own frame and scale.

    Attributes:
        rotations: (3, 3) world -> camera by name of the picture; x right, y down, z forward.
        translations: (3,) likewise.
        points: (N, 3).
        errors: (N,) of reprojection [px].
        tracks: by name of the picture the rows of `points` that it shows.
    """

    rotations: dict[str, np.ndarray]
    translations: dict[str, np.ndarray]
    points: np.ndarray
    errors: np.ndarray
    tracks: dict[str, np.ndarray]

    def centre(self, name: str) -> np.ndarray:
        """(3,) where the camera of a picture stands."""
        return -self.rotations[name].T @ self.translations[name]


def see_that_it_is_there() -> None:
    """Raises ColmapMissing where COLMAP is not installed."""
    if shutil.which("colmap") is None:
        raise ColmapMissing("COLMAP is not on the PATH.", hint="Install it: `apt install colmap`.")


def reconstruct(pictures: Path, work: Path, focal: float, side: int, threads: int = 1) -> Model:
    """Features, matches of every pair, and the largest model of the mapper.

    Args:
        pictures: folder of square pictures, all of one camera.
        work: an empty folder.
        focal: length [px]; known, so that it is not sought.
        side: of the pictures [px].

    Raises:
        ColmapMissing, ColmapFailed: it is not installed; or it failed or found no model.
    """
    see_that_it_is_there()
    database = ["--database_path", str(work / "database.db")]
    _run("feature_extractor", *database, "--image_path", str(pictures), "--ImageReader.single_camera", "1",
         "--ImageReader.camera_model", "SIMPLE_PINHOLE", "--ImageReader.camera_params",
         f"{focal},{side / 2},{side / 2}", "--SiftExtraction.use_gpu", "0",
         "--SiftExtraction.num_threads", str(threads), "--SiftExtraction.peak_threshold", "0.003")  # fmt: skip
    _run("exhaustive_matcher", *database, "--SiftMatching.use_gpu", "0", "--SiftMatching.num_threads", str(threads))
    (work / "sparse").mkdir()
    _run("mapper", *database, "--image_path", str(pictures), "--output_path", str(work / "sparse"),
         "--Mapper.num_threads", str(threads), "--Mapper.ba_refine_focal_length", "0")  # fmt: skip
    models = []
    for folder in sorted((work / "sparse").iterdir()):
        _run("model_converter", "--input_path", str(folder), "--output_path", str(folder), "--output_type", "TXT")
        models.append(read_model(folder))
    if not models:
        raise ColmapFailed("COLMAP found no two pictures that show the same thing.", hint="Take more, nearer together.")
    return max(models, key=lambda model: len(model.rotations))


def read_model(folder: Path) -> Model:
    """The model in images.txt and points3D.txt (https://colmap.github.io/format.html)."""
    ids, points, errors = {}, [], []
    for line in _lines(folder / "points3D.txt"):
        words = line.split()
        ids[int(words[0])] = len(points)
        points.append([float(word) for word in words[1:4]])
        errors.append(float(words[7]))
    rotations, translations, tracks = {}, {}, {}
    lines = _lines(folder / "images.txt", blank=True)
    for head, seen in zip(lines[::2], lines[1::2], strict=True):
        words = head.split()
        name = words[9]
        w, x, y, z = (float(word) for word in words[1:5])
        rotations[name] = np.array([
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ])  # fmt: skip
        translations[name] = np.array([float(word) for word in words[5:8]])
        numbers = [int(word) for word in seen.split()[2::3]]
        tracks[name] = np.array(sorted({ids[number] for number in numbers if number in ids}), int)
    return Model(rotations, translations, np.array(points).reshape(-1, 3), np.array(errors), tracks)


def _lines(path: Path, blank: bool = False) -> list[str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return lines if blank else [line for line in lines if line.strip()]


def _run(*arguments: str) -> None:
    done = subprocess.run(
        ["colmap", *arguments], capture_output=True, text=True, errors="replace",
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode != 0:
        tail = (done.stderr or done.stdout).strip().splitlines()
        raise ColmapFailed(f"COLMAP's {arguments[0]} failed: {tail[-1] if tail else done.returncode}.")

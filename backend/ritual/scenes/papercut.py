"""A paper-cut of a scene, by stated operators: one colour of paper, hard edges, and all of it in one piece.

1. Masses: what a cutter leaves standing (roof, timber, performers, things) and what he opens (sky, walls, ground);
   carved windows keep their bars. Large surfaces decide by their own darkness where they could be either.
2. Lines: an edge within a mass is cut out, an edge within an opening stays as a thread of paper.
3. Decoration: teeth along the inside of large masses, crescents in their middle: the two oldest cuts of the craft.
4. A frame; then every loose piece is tied to the rest by the shortest bridge, or dropped where it is too small.

Nothing is left to chance: the same scene gives the same cut, so that a model can learn it.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from ritual.scenes.contours import creases, disc, outlines, part_mask, seams
from ritual.scenes.develop import Passes
from ritual.scenes.finer import coarser, finer

RED, RICE = (198, 32, 43), (247, 240, 226)
FINE = 384
"""Least height at which is cut [px]."""
_EIGHT = np.ones((3, 3), bool)


def papercut(passes: Passes, colour: tuple[int, int, int] = RED, ground: tuple[int, int, int] = RICE) -> np.ndarray:
    """(H, W, 3) uint8 of two colours: the paper-cut of a scene on its ground."""
    return np.where(cut(passes)[..., None], np.uint8(colour), np.uint8(ground))


def cut(passes: Passes) -> np.ndarray:
    """(H, W) bool, True where paper stays: connected in one piece (over corners too).

    A picture below `FINE` px is cut at a multiple of its size, or its threads would be as thick as its masses.
    """
    times = -(-FINE // len(passes.part))
    if times == 1:
        return _cut(passes)
    return tied(coarser(_cut(finer(passes, times)), times), 1.0)


def _cut(passes: Passes) -> np.ndarray:
    unit = len(passes.part) / 256
    mass = _masses(passes)
    mass = ndimage.binary_opening(mass, disc(max(0.5, 0.8 * unit))) | (
        mass & part_mask(passes, "window", "person", "door")
    )
    hard = outlines(passes)
    fine = (creases(passes, 0.5) & part_mask(passes, "wood", "wall", "prop")) | (
        seams(passes, 70) & part_mask(passes, "person", "prop")
    )
    open_lines = hard & ~mass & ~part_mask(passes, "sky")
    inner = ndimage.binary_erosion(mass, disc(1.5 * unit))
    cuts = ((hard & ~part_mask(passes, "roof")) | fine) & inner  # a roof is cut along its tiles alone
    stroke = disc(max(0.5, 0.95 * unit))
    paper = mass & ~ndimage.binary_dilation(cuts, stroke)
    paper &= ~(_teeth(mass, unit) | _crescents(mass & ~part_mask(passes, "window"), unit))
    paper &= ~(_courses(passes, unit) & mass)
    paper |= ndimage.binary_dilation(open_lines, stroke)
    paper |= _clouds(passes, unit) | _frame(paper.shape, unit)
    return tied(_without_specks(paper, unit), max(1.0, 1.1 * unit))


def tied(paper: np.ndarray, radius: float, smallest: int = 6) -> np.ndarray:
    """The same paper in one piece: loose pieces are tied to the largest by the shortest bridges.

    Args:
        paper: (H, W) bool; must hold a True.
        radius: half the width of a bridge [px].
        smallest: a loose piece of fewer pixels is dropped.
    """
    paper = paper.copy()
    pieces, count = ndimage.label(paper, _EIGHT)
    sizes = ndimage.sum_labels(paper, pieces, np.arange(count + 1))
    paper[np.isin(pieces, np.flatnonzero(sizes < min(smallest, sizes.max())))] = False
    while True:
        pieces, count = ndimage.label(paper, _EIGHT)
        if count <= 1:
            return paper
        sizes = ndimage.sum_labels(paper, pieces, np.arange(1, count + 1))
        main = 1 + int(np.argmax(sizes))
        distance, (rows, columns) = ndimage.distance_transform_edt(pieces != main, return_indices=True)
        places = np.argwhere((pieces > 0) & (pieces != main) & ~ndimage.binary_erosion(paper))
        away = distance[tuple(places.T)]
        order = np.lexsort((away, pieces[tuple(places.T)]))
        _, first = np.unique(pieces[tuple(places[order].T)], return_index=True)
        nearest = order[first]  # of each loose piece the pixel that lies nearest to the main one
        chosen = nearest[away[nearest] <= 2 * away[nearest].min() + 1]
        ends = [(tuple(places[k]), (rows[tuple(places[k])], columns[tuple(places[k])])) for k in chosen]
        paper |= _bridges(paper.shape, ends, radius)


def _bridges(shape: tuple[int, int], ends: list[tuple[tuple[int, int], tuple[int, int]]], radius: float) -> np.ndarray:
    """Straight lines between pairs of (row, column), a width of 2 `radius` and at least one pixel."""
    image = Image.new("1", shape[::-1])
    draw = ImageDraw.Draw(image)
    for (y0, x0), (y1, x1) in ends:
        draw.line((int(x0), int(y0), int(x1), int(y1)), fill=1, width=max(1, round(2 * radius)))
        draw.line((int(x0), int(y0), int(x1), int(y1)), fill=1, width=1)  # whose ends are the pieces' own pixels
    return np.asarray(image)


def _masses(passes: Passes) -> np.ndarray:
    """Where paper stands before any line is drawn."""
    tone = passes.albedo @ np.array((0.299, 0.587, 0.114))
    solid = part_mask(passes, "roof", "wood", "prop", "lantern", "plant")
    person = part_mask(passes, "person")
    carved = part_mask(passes, "window", "door")
    far = part_mask(passes, "plinth")
    dark_person = person & (tone < 150)
    bars = carved & (tone < _threshold(tone, carved))
    return solid | dark_person | bars | (far & (tone < 60))


def _threshold(tone: np.ndarray, where: np.ndarray) -> float:
    """Otsu's threshold of the tones in a mask; 128 where there are too few."""
    if where.sum() < 16:
        return 128.0
    counts = np.bincount(tone[where].astype(int), minlength=256).astype(float)
    weight = np.cumsum(counts)
    total = np.cumsum(counts * np.arange(256))
    below, above = total / np.maximum(weight, 1), (total[-1] - total) / np.maximum(weight[-1] - weight, 1)
    between = weight * (weight[-1] - weight) * (below - above) ** 2
    return float(np.argmax(between)) + 0.5


def _courses(passes: Passes, unit: float) -> np.ndarray:
    """Rows of tiles: thin lines along the slope of a roof, as many as the render's own tiles would show."""
    roof = part_mask(passes, "roof")
    if not roof.any():
        return roof
    inside = ndimage.distance_transform_edt(roof)
    columns = np.arange(roof.shape[1])[None]
    period = max(4.0, 7 * unit)
    return roof & (inside > 3.2 * unit) & (columns % period < max(1.0, 1.6 * unit))


def _teeth(mass: np.ndarray, unit: float) -> np.ndarray:
    """Sawtooth along the inside of large masses: triangles whose base lies on a line parallel to the border."""
    inside = ndimage.distance_transform_edt(mass)
    smooth = ndimage.gaussian_filter(inside, 2.5 * unit)
    dy, dx = np.gradient(smooth)
    norm = np.hypot(dx, dy) + 1e-6
    y, x = np.mgrid[: mass.shape[0], : mass.shape[1]]
    along = (x * -dy + y * dx) / norm
    period, base, high = 5.5 * unit, 4.0 * unit, 4.5 * unit
    wave = 1 - np.abs(2 * ((along / period) % 1) - 1)
    large = (
        ndimage.binary_dilation(inside > base + high + 3 * unit, disc(base + high + 2 * unit))
        if unit >= 0.4
        else mass & False
    )
    return large & (inside > base) & (inside - base < high * wave)


def _crescents(mass: np.ndarray, unit: float) -> np.ndarray:
    """Crescents on a hexagonal raster, as far inside the masses as they need, their horns towards the border."""
    inside = ndimage.distance_transform_edt(mass)
    radius = 5.2 * unit
    smooth = ndimage.gaussian_filter(inside, 3 * unit)
    dy, dx = np.gradient(smooth)
    found = np.zeros_like(mass)
    height, width = mass.shape
    reach = int(radius) + 1
    v, u = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    step = 15 * unit
    for i in range(int(height / (step * 0.87)) + 1):
        for k in range(int(width / step) + 2):
            row, column = round(i * step * 0.87), round((k + 0.5 * (i % 2)) * step)
            if (
                not (reach <= row < height - reach and reach <= column < width - reach)
                or inside[row, column] < radius + 9 * unit
            ):
                continue
            a = np.arctan2(dy[row, column], dx[row, column])
            moved = np.hypot(u - 0.55 * radius * np.cos(a), v - 0.55 * radius * np.sin(a))
            moon = (np.hypot(u, v) <= radius) & (moved > 0.85 * radius)
            found[row - reach : row + reach + 1, column - reach : column + reach + 1] |= moon
    return found


def _clouds(passes: Passes, unit: float) -> np.ndarray:
    """Ridges of hills as bands of paper: the horizon that ties the picture to its frame."""
    hill = part_mask(passes, "hill")
    inside = ndimage.distance_transform_edt(hill)
    return (
        hill
        & (inside <= max(1.0, 1.6 * unit))
        & ndimage.binary_dilation(part_mask(passes, "sky"), disc(max(1.5, 2.5 * unit)))
    )


def _frame(shape: tuple[int, int], unit: float) -> np.ndarray:
    """A border with teeth that look inwards."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    edge = np.minimum(np.minimum(x, shape[1] - 1 - x), np.minimum(y, shape[0] - 1 - y))
    along = np.where(np.minimum(x, shape[1] - 1 - x) < np.minimum(y, shape[0] - 1 - y), y, x) + 0.5
    period = max(4.0, 8 * unit)
    tooth = 1 - np.abs(2 * ((along / period) % 1) - 1)
    return edge < max(2.0, 3.5 * unit) + max(2.0, 5 * unit) * tooth


def _without_specks(paper: np.ndarray, unit: float) -> np.ndarray:
    """Holes of a pixel or two are no cuts: fill them."""
    holes, count = ndimage.label(~paper)
    sizes = ndimage.sum_labels(~paper, holes, np.arange(count + 1))
    small = np.flatnonzero(sizes < max(2.0, 6 * unit * unit))
    return paper | (np.isin(holes, small[small > 0]))

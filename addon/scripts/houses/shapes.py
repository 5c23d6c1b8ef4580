"""Surfaces of a scene, collected by stuff and part; one mesh object for each pair in the end.

Metres; x to the right, y away from the camera, z up. The front wall of a house lies in y = 0, its middle in x = 0.
A part is what a thing is (`PARTS`); its number is the object index of the rendered pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import bpy

Point = tuple[float, float, float]

PARTS = (
    "sky",
    "ground",
    "hill",
    "plant",
    "wall",
    "plinth",
    "wood",
    "roof",
    "window",
    "door",
    "prop",
    "lantern",
    "person",
)
"""What a pixel may show; the place in this list is its object index."""


class Surfaces:
    """Faces of one scene while they are being made."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, str, bool], tuple[list[Point], list[tuple[int, ...]], list[tuple]]] = {}

    def quad(
        self,
        corners: Sequence[Point],
        stuff: str,
        part: str,
        uvs: Sequence[tuple[float, float]] = (),
        smooth: bool = False,
    ) -> None:
        """A face of three or four corners; without `uvs` a quad gets the unit square."""
        points, faces, coordinates = self._pieces.setdefault((stuff, part, smooth), ([], [], []))
        first = len(points)
        points.extend(corners)
        faces.append(tuple(range(first, first + len(corners))))
        coordinates.extend(uvs or ((0, 0), (1, 0), (1, 1), (0, 1))[: len(corners)])

    def box(self, low: Point, high: Point, stuff: str, part: str) -> None:
        """A box between two corners; its uv are metres."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        w, d, h = x1 - x0, y1 - y0, z1 - z0
        for corners, u, v in (
            (((x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)), w, h),
            (((x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)), w, h),
            (((x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)), d, h),
            (((x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)), d, h),
            (((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)), w, d),
            (((x0, y1, z0), (x1, y1, z0), (x1, y0, z0), (x0, y0, z0)), w, d),
        ):
            self.quad(corners, stuff, part, ((0, 0), (u, 0), (u, v), (0, v)))

    def grid(
        self,
        rows: Sequence[Sequence[Point]],
        stuff: str,
        part: str,
        *,
        smooth: bool = True,
        size: tuple[float, float] = (1, 1),
    ) -> None:
        """A surface through rows of equally many points; its uv run from 0 to `size` along and over the rows."""
        points, faces, coordinates = self._pieces.setdefault((stuff, part, smooth), ([], [], []))
        first, count = len(points), len(rows[0])
        for row in rows:
            points.extend(row)
        across, over = size[0] / (count - 1), size[1] / (len(rows) - 1)
        for i in range(len(rows) - 1):
            for k in range(count - 1):
                a = first + i * count + k
                faces.append((a, a + 1, a + count + 1, a + count))
                u, v = k * across, i * over
                coordinates += ((u, v), (u + across, v), (u + across, v + over), (u, v + over))

    def tube(self, path: Sequence[Point], radii: Sequence[float], stuff: str, part: str, spokes: int = 8) -> None:
        """A tube along a path that does not lie down: its rings are level, save where the path runs level itself."""
        level = all(abs(a[2] - b[2]) < 1e-6 for a, b in pairwise(path))
        dx, dy = path[-1][0] - path[0][0], path[-1][1] - path[0][1]
        length = math.hypot(dx, dy) or 1.0
        rows = []
        for (x, y, z), r in zip(path, radii, strict=True):
            ring = [(math.cos(a), math.sin(a)) for a in (2 * math.pi * k / spokes for k in range(spokes + 1))]
            if level:
                rows.append([(x - dy / length * r * c, y + dx / length * r * c, z + r * s) for c, s in ring])
            else:
                rows.append([(x + r * c, y + r * s, z) for c, s in ring])
        self.grid(rows, stuff, part, size=(2 * math.pi * max(radii), math.dist(path[0], path[-1])))

    def turned(
        self,
        centre: Point,
        profile: Iterable[tuple[float, float]],
        stuff: str,
        part: str,
        *,
        spokes: int = 14,
        smooth: bool = True,
    ) -> None:
        """A body of revolution about the vertical through `centre`; `profile` = (radius, height), from below."""
        x, y, z = centre
        rows = [
            [
                (x + r * math.cos(a), y + r * math.sin(a), z + h)
                for a in (2 * math.pi * k / spokes for k in range(spokes + 1))
            ]
            for r, h in profile
        ]
        self.grid(rows, stuff, part, smooth=smooth, size=(4.0, 1.0))

    def build(self, materials: Callable[[str], bpy.types.Material], collection: bpy.types.Collection) -> None:
        """Make the objects, each with its part as `pass_index`."""
        for (stuff, part, smooth), (points, faces, uvs) in self._pieces.items():
            mesh = bpy.data.meshes.new(f"{part} {stuff}")
            mesh.from_pydata(points, [], faces)
            mesh.materials.append(materials(stuff))
            layer = mesh.uv_layers.new(name="UVMap")
            layer.data.foreach_set("uv", [value for uv in uvs for value in uv])
            if smooth:
                mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
            mesh.update()
            obj = bpy.data.objects.new(mesh.name, mesh)
            obj.pass_index = PARTS.index(part)
            collection.objects.link(obj)

"""A small kit for lofted, skinned surfaces: grids of points with bone weights, gathered into one mesh."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import bpy
from mathutils import Vector

from . import compat

Weights = dict[str, float]
Weigh = Callable[[Vector], Weights]


def smoothstep(x: float, low: float = 0.0, high: float = 1.0) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def mix(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


def profile(table: Sequence[Sequence[float]], x: float) -> list[float]:
    """Columns of a table whose first column rises, read smoothly at `x` (Catmull-Rom)."""
    if x <= table[0][0]:
        return list(table[0][1:])
    if x >= table[-1][0]:
        return list(table[-1][1:])
    k = next(i for i in range(1, len(table)) if x <= table[i][0])
    before, here, there, after = (table[min(max(i, 0), len(table) - 1)] for i in (k - 2, k - 1, k, k + 1))
    span = there[0] - here[0]
    t = (x - here[0]) / span
    out = []
    for c in range(1, len(here)):
        start = (there[c] - before[c]) / (there[0] - before[0]) * span
        end = (after[c] - here[c]) / (after[0] - here[0]) * span
        out.append(
            (2 * t**3 - 3 * t**2 + 1) * here[c] + (t**3 - 2 * t**2 + t) * start
            + (3 * t**2 - 2 * t**3) * there[c] + (t**3 - t**2) * end
        )  # fmt: skip
    return out


def steps(start: float, end: float, count: int) -> list[float]:
    """`count` values from `start` to `end`, both included."""
    return [mix(start, end, i / (count - 1)) for i in range(count)]


def around(count: int) -> list[float]:
    """`count` azimuths [rad] of a full turn; 0 is the dancer's front, a quarter is the left."""
    return [2 * math.pi * i / count for i in range(count)]


def section(azimuth: float, width: float, front: float, back: float, power: float = 2.0) -> tuple[float, float]:
    """(x, y) on a closed outline of half-width `width`; `power` 2 is an ellipse, more is boxier."""
    c, s = math.cos(azimuth), math.sin(azimuth)
    depth = front if c > 0 else back
    length = (abs(c) ** power + abs(s) ** power) ** (-1 / power)
    return width * s * length, -depth * c * length


@dataclass
class Cloth:
    """Surfaces of one mesh while they are being made."""

    points: list[Vector] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)
    faces: list[tuple[int, ...]] = field(default_factory=list)
    uvs: list[tuple[float, float]] = field(default_factory=list)
    stuffs: list[str] = field(default_factory=list)

    def grid(
        self,
        rows: Sequence[Sequence[Vector]],
        weigh: Weigh,
        stuff: str | Callable[[int, int], str],
        *,
        closed: bool = True,
        cap_first: bool = False,
        cap_last: bool = False,
        repeat: float = 1.0,
        lengthwise: bool = False,
    ) -> None:
        """A surface through rows of equally many points.

        Args:
            rows: points; a row runs around (closed) or across (open).
            weigh: bone weights of a point.
            stuff: material name, or a function (row, column) -> name.
            closed: whether a row's last point joins its first.
            cap_first, cap_last: close the first or last row with a fan.
            repeat: how often u runs from 0 to 1 along a row; v runs from 0 to 1 over the rows.
            lengthwise: the other way round: u runs over the rows, v along a row.
        """
        first, count = len(self.points), len(rows[0])
        for row in rows:
            for point in row:
                self._add(point, weigh(point))
        across = count if closed else count - 1
        for i in range(len(rows) - 1):
            for k in range(across):
                n = (k + 1) % count
                a, b = first + i * count, first + (i + 1) * count
                u, w = k / across, (k + 1) / across
                low, high = i / (len(rows) - 1), (i + 1) / (len(rows) - 1)
                corners = ((u, low), (w, low), (w, high), (u, high))
                if lengthwise:
                    corners = tuple((y * repeat, x) for x, y in corners)
                else:
                    corners = tuple((x * repeat, y) for x, y in corners)
                name = stuff if isinstance(stuff, str) else stuff(i, k)
                self._face((a + k, a + n, b + n, b + k), corners, name)
        for wanted, i in ((cap_first, 0), (cap_last, len(rows) - 1)):
            if wanted:
                name = stuff if isinstance(stuff, str) else stuff(min(i, len(rows) - 2), 0)
                self._fan([first + i * count + k for k in range(count)], weigh, name)

    def ball(
        self, centre: Vector, radii: Sequence[float], weigh: Weigh, stuff: str, *,
        rings: int = 8, spokes: int = 12, shape: Callable[[Vector], Vector] | None = None,
    ) -> None:  # fmt: skip
        """An ellipsoid; `shape` may move each of its points (given relative to the centre)."""
        rows = []
        for latitude in steps(-math.pi / 2 + 0.12, math.pi / 2 - 0.12, rings):
            row = []
            for azimuth in around(spokes):
                x, y = section(azimuth, 1.0, 1.0, 1.0)
                c = math.cos(latitude)
                p = Vector((radii[0] * x * c, radii[1] * y * c, radii[2] * math.sin(latitude)))
                row.append(centre + (shape(p) if shape else p))
            rows.append(row)
        self.grid(rows, weigh, stuff, cap_first=True, cap_last=True)

    def tube(
        self, path: Sequence[Vector], radii: Sequence[float], weigh: Weigh, stuff: str, *,
        spokes: int = 8, flat: float = 1.0, side: Vector | None = None, repeat: float = 1.0,
    ) -> None:  # fmt: skip
        """A closed tube along a path; `flat` scales its thickness across `side`."""
        rows = []
        for i, point in enumerate(path):
            along = (path[min(i + 1, len(path) - 1)] - path[max(i - 1, 0)]).normalized()
            across = (side or Vector((0.31, 0.71, 0.63))).cross(along).normalized()
            third = along.cross(across)
            row = []
            for azimuth in around(spokes):
                offset = across * math.cos(azimuth) + third * (flat * math.sin(azimuth))
                row.append(point + offset * radii[i])
            rows.append(row)
        self.grid(rows, weigh, stuff, cap_first=True, cap_last=True, repeat=repeat)

    def build(self, name: str, materials: dict[str, bpy.types.Material]) -> bpy.types.Object:
        """The mesh object with vertex groups, uv map and the materials it uses; not yet linked."""
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(self.points, [], self.faces)
        obj = bpy.data.objects.new(name, mesh)
        used = sorted(set(self.stuffs))
        for stuff in used:
            mesh.materials.append(materials[stuff])
        slots = {stuff: i for i, stuff in enumerate(used)}
        mesh.polygons.foreach_set("material_index", [slots[stuff] for stuff in self.stuffs])
        layer = mesh.uv_layers.new(name="UVMap")
        layer.data.foreach_set("uv", [value for uv in self.uvs for value in uv])
        self._skin(obj)
        compat.shade_smooth(mesh)
        return obj

    def _skin(self, obj: bpy.types.Object) -> None:
        groups: dict[str, bpy.types.VertexGroup] = {}
        for i, weights in enumerate(self.weights):
            total = sum(weights.values())
            for bone, weight in weights.items():
                if weight / total > 1e-3:
                    if bone not in groups:
                        groups[bone] = obj.vertex_groups.new(name=bone)
                    groups[bone].add((i,), weight / total, "REPLACE")

    def _add(self, point: Vector, weights: Weights) -> int:
        self.points.append(point)
        self.weights.append(weights)
        return len(self.points) - 1

    def _face(self, corners: tuple, uvs: tuple, stuff: str) -> None:
        self.faces.append(corners)
        self.uvs.extend(uvs)
        self.stuffs.append(stuff)

    def _fan(self, ring: list[int], weigh: Weigh, stuff: str) -> None:
        middle = sum((self.points[i] for i in ring), Vector()) / len(ring)
        centre = self._add(middle, weigh(middle))
        for k, corner in enumerate(ring):
            self._face((corner, ring[(k + 1) % len(ring)], centre), ((0, 0), (1, 0), (0.5, 0.5)), stuff)

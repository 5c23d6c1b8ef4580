"""One measured figure as a report says it: in words, beside its target, and as a bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ritual.errors import BadInput

_OPS = {  # in words, and what is said of a figure that is not so
    ">=": ("at least", "falls short by"),
    ">": ("more than", "falls short by"),
    "<=": ("at most", "too high by"),
    "<": ("less than", "too high by"),
    "==": ("exactly", "off by"),
    "within": ("within a factor, either way, of", "off the factor by"),
}
_EQUAL = 1e-9
_HEADROOM = 1.08  # of a bar's axis over what stands on it


@dataclass(frozen=True)
class Target:
    """What a figure should be: `op` is one of >=, <=, >, <, == and within, a factor either way of 1."""

    op: str
    value: float
    source: str = ""

    def met_by(self, value: float) -> bool:
        """Whether a value is what is asked for; nothing is rounded in its favour."""
        return {
            ">=": value >= self.value, "<=": value <= self.value, ">": value > self.value, "<": value < self.value,
            "==": abs(value - self.value) <= _EQUAL, "within": value <= self.value <= value * self.value**2,
        }[self.op]  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A measured value; None where nothing was measured.

    Attributes:
        key: stable name, such as `dtw_similarity`.
        value, spread: in `unit`; a unit `share` is 0 to 1 and told in per cent.
        n: how many clips, runs or pairs it rests on.
        what: its meaning in words.
    """

    key: str
    value: float | None
    spread: float | None = None
    n: int | None = None
    unit: str = ""
    what: str = ""
    target: Target | None = None

    @staticmethod
    def of(key: str, data: object, units: Mapping[str, str] | None = None) -> Figure:
        """Of a number or of what `evaluate --json` writes.

        Args:
            units: key -> unit of those that do not tell theirs.

        Raises:
            BadInput: it is neither; names the figure.
        """
        unit = (units or {}).get(key, "")
        if not isinstance(data, Mapping):
            return Figure(key, _number(key, data), unit=unit)
        target = data.get("target")
        if target is not None and not (isinstance(target, Mapping) and target.get("op") in _OPS):
            raise BadInput(f"The target of the figure '{key}' has no op of {', '.join(_OPS)}.")
        aim = target and _number(key, target.get("value"))
        count = _number(key, data.get("n"))
        return Figure(
            key,
            _number(key, data.get("value")),
            _number(key, data.get("spread")),
            None if count is None else int(count),
            str(data.get("unit") or unit),
            str(data.get("what") or ""),
            None if aim is None else Target(target["op"], aim, str(target.get("source") or "")),
        )

    @property
    def name(self) -> str:
        """The key as a reader would write it."""
        words = self.key.replace("_", " ").replace("dtw", "DTW").replace(" kl", " KL")
        return words[:1].upper() + words[1:]

    @property
    def words(self) -> str:
        return "not measured" if self.value is None else said(self.value, self.unit)

    @property
    def spread_words(self) -> str:
        return "" if self.spread is None else f"± {said(self.spread, self.unit, self.value)}"

    @property
    def target_words(self) -> str:
        return "" if self.target is None else f"{_OPS[self.target.op][0]} {asked(self.target.value, self.unit)}"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to hold against it."""
        return None if self.target is None or self.value is None else self.target.met_by(self.value)

    @property
    def verdict(self) -> str:
        """`meets the target`, by how much it misses it, or nothing where there is no target."""
        if self.target is None:
            return ""
        if self.met is None:
            return "not measured"
        if self.met:
            return "meets the target"
        gap = abs(self.value - self.target.value)
        points = f"{100 * gap:.2g} percentage points" if self.unit == "share" else f"{gap:.2g} {self.unit}".rstrip()
        return f"{_OPS[self.target.op][1]} {points}"

    @property
    def top(self) -> float:
        """Where its bar's axis must reach."""
        aim = self.target.value if self.target else 0.0
        return max((self.value or 0.0) + (self.spread or 0.0), aim, 0.0)


def said(value: float, unit: str = "", like: float | None = None) -> str:
    """A number with its unit: three digits, or as many decimals as `like` has; a share in per cent, to a tenth."""
    if unit == "share":
        return f"{_grouped(100 * value, 0 if value in (0, 1) else 1)} %"
    shown = value if like is None else like
    size = math.floor(math.log10(abs(shown))) if shown else 0
    return f"{_grouped(value, 0 if shown == 0 else min(max(0, 2 - size), 6))} {unit}".rstrip()


def asked(value: float, unit: str = "") -> str:
    """A target, to as many decimals as it was set with."""
    return f"{100 * value:g} %" if unit == "share" else f"{value:g} {unit}".rstrip()


def _grouped(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"


@dataclass(frozen=True)
class Bar:
    """One bar, every length in per cent of its axis; whiskers and line are None where there is no spread or target."""

    label: str
    kind: str
    figure: Figure
    length: float
    low: float | None
    high: float | None
    line: float | None


def bar(figure: Figure, kind: str, top: float, label: str = "") -> Bar:
    """The bar of a figure on an axis from 0 to `top`."""

    def at(value: float) -> float:
        return round(min(max(100 * value / top, 0.0), 100.0), 2) if top > 0 else 0.0

    value, spread = figure.value, figure.spread
    whiskers = (None, None) if value is None or not spread else (at(value - spread), at(value + spread))
    line = at(figure.target.value) if figure.target else None
    return Bar(label or figure.name, kind, figure, at(value or 0.0), *whiskers, line)


def axis(figures: list[Figure]) -> float:
    """The end of an axis that all of them fit on; 1 for shares that leave it room."""
    top = max((f.top for f in figures), default=0.0)
    return 1.0 if 0.5 < top <= 1.0 else _HEADROOM * top


def _number(key: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadInput(f"The figure '{key}' holds {value!r}, which is no number.")
    return float(value) if math.isfinite(value) else None

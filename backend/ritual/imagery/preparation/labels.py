"""What a recording shows: its type of event, and where one scene goes over into the next.

One recording has a JSON file of its own name beside it, or a row in the `labels.csv` of its folder:

    file,event,transitions
    square.mp4,new-year,3.2:cut 7.48:dissolve
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ritual.errors import BadInput
from ritual.files import write_text

KINDS = ("cut", "dissolve", "fade")
TABLE = "labels.csv"
COLUMNS = ("file", "event", "transitions")


@dataclass(frozen=True)
class Transition:
    """One scene goes over into the next.

    Attributes:
        seconds: from the start to the first frame that is wholly of the new scene.
        kind: of `KINDS`: at once, one through the other, or through black.
        lasts: how long it takes [s]; 0 for a cut.
    """

    seconds: float
    kind: str = "cut"
    lasts: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"'{self.kind}' is no kind of transition; valid kinds: {', '.join(KINDS)}.")
        if not (math.isfinite(self.seconds) and self.seconds > 0 and 0 <= self.lasts <= self.seconds):
            raise BadInput(
                f"A transition at {self.seconds:g} s that lasts {self.lasts:g} s is out of range.",
                hint="Its time lies after 0, and it begins within the recording.",
            )


@dataclass(frozen=True)
class Label:
    """The type of event (`new-year`, any short name; empty = not told) and the transitions in their order."""

    event: str = ""
    transitions: tuple[Transition, ...] = ()

    def __post_init__(self) -> None:
        if self.event != self.event.strip() or len(self.event) > 80 or any(ord(c) < 32 for c in self.event):
            raise BadInput(f"'{self.event[:80]}' is no name of an event: one line, up to 80 characters.")
        times = [t.seconds for t in self.transitions]
        if times != sorted(set(times)):
            raise BadInput("Transitions stand in the order of their times, each time once.")


def read_label(recording: Path) -> Label | None:
    """The label of a recording: from its own JSON file, else from the table of its folder; None where neither has it.

    Raises:
        BadInput: one of them is broken; says where.
    """
    own = recording.with_suffix(".json")
    if own.is_file():
        return _from_json(own)
    table = recording.parent / TABLE
    return read_table(table).get(recording.name) if table.is_file() else None


def write_label(recording: Path, label: Label, /, **more: object) -> Path:
    """Write the JSON file beside a recording; `more` is kept in it and not read back."""
    data = {**asdict(label), **more}
    return write_text(recording.with_suffix(".json"), json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def read_table(path: Path) -> dict[str, Label]:
    """File name -> label.

    Raises:
        BadInput: a column is missing or a row is wrong; names file and line.
    """
    try:
        table = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        rows = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from None
    if missing := [name for name in COLUMNS[:2] if name not in (table.fieldnames or ())]:
        raise BadInput(f"{path} has no column {' and '.join(missing)}.", hint=f"Columns: {', '.join(COLUMNS)}.")
    found = {}
    for line, row in enumerate(rows, 2):
        try:
            moments = tuple(_moment(text) for text in (row.get("transitions") or "").split())
            found[row["file"]] = Label((row["event"] or "").strip(), moments)
        except BadInput as error:
            raise BadInput(f"{path}, line {line}: {error.message}", hint=error.hint) from None
    return found


def write_table(folder: Path, labels: Mapping[str, Label]) -> Path:
    """Write the `labels.csv` of a folder."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for name, label in labels.items():
        moments = (f"{t.seconds:g}:{t.kind}" + (f":{t.lasts:g}" if t.lasts else "") for t in label.transitions)
        table.writerow((name, label.event, " ".join(moments)))
    return write_text(folder / TABLE, text.getvalue())


def _moment(text: str) -> Transition:
    """`7.48:dissolve:0.5`; kind and length may be left out."""
    seconds, _, rest = text.partition(":")
    kind, _, lasts = rest.partition(":")
    try:
        return Transition(float(seconds), kind or "cut", float(lasts or 0))
    except ValueError:
        raise BadInput(f"'{text}' is no transition.", hint="Write for example 7.48:dissolve:0.5.") from None


def _from_json(path: Path) -> Label:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        moments = [Transition(float(t["seconds"]), t.get("kind", "cut"), float(t.get("lasts", 0)))
                   for t in data.get("transitions", ())]  # fmt: skip
        return Label(str(data.get("event", "")), tuple(moments))
    except BadInput as error:
        raise BadInput(f"{path}: {error.message}", hint=error.hint) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        hint = 'It holds "event" and "transitions", a list of {"seconds", "kind", "lasts"}.'
        raise BadInput(f"{path} is no label: {error}.", hint=hint) from None

"""The rulebook: what one culture allows here, in this dance, for this performer, on this occasion.

Messages only: they hold no graph and are what every later stage reads. Built by `culture.compiling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.cycle import Phased, cycle_schedule
from ritual.body.schedule import Schedule
from ritual.body.tempo import Tempo
from ritual.body.turning import TurningLimit
from ritual.culture.motion_files import located


@dataclass(frozen=True)
class Source:
    """What a statement rests on.

    Attributes:
        iri, label: the source in the graph, its short name.
        citation: says plainly what it is, also where it is nothing but common knowledge.
        review: review state of the source itself, as in `Rule.review`.
    """

    iri: str
    label: str
    citation: str
    review: str


@dataclass(frozen=True)
class Rule:
    """One rule in words.

    Attributes:
        iri: the statement in the graph.
        kind: one of `rules.KINDS` (spec §2).
        text: a full sentence.
        source: what it rests on.
        review: `unreviewed`, `paper-only` or `reviewed`.
        allowed: what is allowed instead, as a phrase.
        label: the statement's own name in the graph; may be empty.
    """

    iri: str
    kind: str
    text: str
    source: Source
    review: str
    allowed: str
    label: str = ""


@dataclass(frozen=True, eq=False)
class Stance:
    """A pose that the dance passes through.

    Attributes:
        name: in English.
        phase: in [0, 1), of one cycle.
        angles: (36,) [rad], order of `skeleton.ANGLES`.
        facing: yaw since the start of the cycle [rad], left positive; 2 pi = came round once.
        lift: air under the lower foot [m].
    """

    iri: str
    name: str
    phase: float
    angles: np.ndarray
    facing: float
    lift: float
    source: Source
    review: str


@dataclass(frozen=True)
class ReferenceMotion:
    """Motion capture of a dance: a file that lies beside the graph, and what the graph knows of it.

    Attributes:
        name: in English.
        file: inside the folder of the graph or the one that `RITUAL_MOTIONS` names (`motion_files`).
        folder: of the graph; None = a graph that no folder holds.
        performers: slugs of the roles that it shows; empty = of any.
        licence: in words or as an address; empty where the graph does not say.
        begins, ends: the part of the file that is the dance [s]; `ends` None = to its end.
        cycle_begins: a moment of the file at which a cycle begins [s]; None = not said.
        cycle_seconds: length of a cycle in the file [s]; None = not said.
    """

    iri: str
    name: str
    file: str
    folder: Path | None
    performers: tuple[str, ...]
    licence: str
    begins: float
    ends: float | None
    cycle_begins: float | None
    cycle_seconds: float | None
    source: Source
    review: str

    @property
    def path(self) -> Path | None:
        """Where it lies now; None where it is not there, for a graph may travel without it."""
        return located(self.file, self.folder)


@dataclass(frozen=True)
class Dance:
    """A dance as menus and briefs need it.

    Attributes:
        slug, iri, label, label_zh: its names.
        group, group_label, group_label_zh: slug and names of its ethnic group.
        latitude, longitude: where the group lives, WGS84 [deg].
        performers: `female`, `male`: who may perform it.
        default_performer: who performs where a brief does not say.
        occasions: slugs, the default one first.
        symbols: slugs of the symbols that the dance shows.
        bpm: beats a minute.
        beats_per_cycle: beats of one round of its stances.
    """

    slug: str
    iri: str
    label: str
    label_zh: str
    group: str
    group_label: str
    group_label_zh: str
    latitude: float
    longitude: float
    performers: tuple[str, ...]
    default_performer: str
    occasions: tuple[str, ...]
    symbols: tuple[str, ...]
    bpm: float
    beats_per_cycle: int
    source: Source
    review: str

    @property
    def default_occasion(self) -> str:
        return self.occasions[0]

    @property
    def cycle_seconds(self) -> float:
        """How long one round of the stances takes at the dance's tempo [s]."""
        return self.beats_per_cycle * 60.0 / self.bpm


@dataclass(frozen=True)
class Occasion:
    """A ceremony, feast or gathering; `phrase` is its place in a sentence (`at a funeral`)."""

    slug: str
    iri: str
    label: str
    label_zh: str
    phrase: str


@dataclass(frozen=True)
class Costume:
    """What the performer wears.

    Attributes:
        robe, trim, sash, sleeve, garment_colour, headdress_colour: sRGB, `#rrggbb`.
        garment: what covers the legs: `robe`, `skirt` or `trousers`.
        figure: `female` or `male`: the body that wears it.
        headdress: `peacock-crown`, `turban`, `silver-crown`, `fur-hat`, `headscarf`, `ribbon` or `none`.
        patterns: slugs of the symbols on it that performer and occasion allow.
    """

    iri: str
    robe: str
    trim: str
    sash: str
    sleeve: str
    figure: str
    garment: str
    garment_colour: str
    headdress: str
    headdress_colour: str
    patterns: tuple[str, ...]
    source: Source
    review: str


@dataclass(frozen=True)
class DressCode:
    """What a costume or a texture may not show here.

    Attributes:
        prototypes: (`#rrggbb`, colour name); a colour goes by the nearest one's name.
        pairs: (two colour names, the rule that keeps them apart).
        patterns: (slug of a symbol, the rule that takes it off).
    """

    prototypes: tuple[tuple[str, str], ...] = ()
    pairs: tuple[tuple[tuple[str, ...], Rule], ...] = ()
    patterns: tuple[tuple[str, Rule], ...] = ()


@dataclass(frozen=True)
class DressBreach:
    """`what` is shown (two colours, or a pattern's slug), and the rule that forbids it."""

    what: str
    rule: Rule


@dataclass(frozen=True)
class Binding:
    """A pattern that unfolds along a path.

    Attributes:
        symbol: slug.
        joint: along whose path, one of `skeleton.JOINTS`.
        start, end: part of the cycle, 0..1; start > end goes across its end.
        rule, text: the rule and its words.
    """

    symbol: str
    joint: str
    start: float
    end: float
    rule: str
    text: str


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Everything that later stages may know of the culture.

    Attributes:
        dance: the dance.
        performer: slug of a role.
        occasion: slug.
        stances: canonical stances in the order of their phase.
        domain: poses that are allowed all through the cycle: the body's limits, narrowed by the dance's ranges, minus
            its taboo boxes.
        phased: what is narrower in a part of the cycle.
        turning: which way the dancer may turn.
        bindings: patterns that unfold along a path.
        dress_code: what a costume or a texture may not show here.
        reference_motions: motion capture of the dance that shows this performer.
        rules: every rule that bears on this dance, performer and occasion.
        costume: what the performer wears.
    """

    dance: Dance
    performer: str
    occasion: str
    stances: tuple[Stance, ...]
    domain: AngleDomain
    rules: tuple[Rule, ...]
    costume: Costume
    phased: tuple[Phased, ...] = ()
    turning: tuple[TurningLimit, ...] = ()
    bindings: tuple[Binding, ...] = ()
    dress_code: DressCode = DressCode()
    reference_motions: tuple[ReferenceMotion, ...] = ()

    @property
    def cycle_seconds(self) -> float:
        """How long one round of the stances takes at the dance's tempo [s]."""
        return self.dance.cycle_seconds

    @property
    def tempo(self) -> Tempo:
        """The dance's own."""
        return Tempo.steady(self.dance.bpm, self.dance.beats_per_cycle, heard=False)

    def schedule(self, cycle: np.ndarray) -> Schedule:
        """The domain of every frame of a track whose place in the cycle is (T,), see `Tempo.cycle`."""
        return cycle_schedule(self.domain, self.phased, cycle)

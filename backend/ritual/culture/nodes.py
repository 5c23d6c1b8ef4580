"""Typed reading of a graph that conforms to its shapes: names, numbers, sources, poses."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import rdflib
from rdflib import URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SKOS

from ritual.body.skeleton import ANGLE_INDEX, ANGLES
from ritual.culture.rulebook import Costume, Dance, Occasion, ReferenceMotion, Source, Stance
from ritual.culture.vocabulary import ANGLE, CRM, GEO, RM
from ritual.errors import BadInput, nearest

_ANGLE_TERMS = tuple(ANGLE[name] for name in ANGLES)


class Nodes:
    """The graph's nodes as Python values; every list is sorted, so equal graphs read alike.

    Args:
        data: the triples.
        folder: that they were read from, where files may lie beside them.
    """

    def __init__(self, data: rdflib.Graph, folder: Path | None = None) -> None:
        self.data, self.folder = data, folder
        self._sources: dict[URIRef, Source] = {}

    def of_type(self, *classes: URIRef) -> list[URIRef]:
        return sorted({node for cls in classes for node in self.data.subjects(RDF.type, cls)})

    def all(self, node: URIRef, predicate: URIRef) -> list[URIRef]:
        return sorted(self.data.objects(node, predicate))

    def slug(self, node: URIRef) -> str:
        return str(self.data.value(node, RM.slug))

    def slugs(self, node: URIRef, predicate: URIRef) -> tuple[str, ...]:
        return tuple(sorted(self.slug(value) for value in self.data.objects(node, predicate)))

    def label(self, node: URIRef, language: str = "en") -> str:
        """The preferred name in `language`; empty where there is none."""
        labels = (o for o in self.data.objects(node, SKOS.prefLabel) if o.language == language)
        return str(next(labels, ""))

    def number(self, node: URIRef, predicate: URIRef, default: float = 0.0) -> float:
        value = self.measured(node, predicate)
        return default if value is None else value

    def measured(self, node: URIRef, predicate: URIRef) -> float | None:
        """A number, or None where the node does not say."""
        value = self.data.value(node, predicate)
        return None if value is None else float(value)

    def review(self, node: URIRef) -> str:
        return self.slug(self.data.value(node, RM.review))

    def source(self, node: URIRef) -> Source:
        iri = self.data.value(node, DCTERMS.source)
        if iri not in self._sources:
            citation = str(self.data.value(iri, DCTERMS.bibliographicCitation))
            self._sources[iri] = Source(str(iri), self.label(iri), citation, self.review(iri))
        return self._sources[iri]

    def roles(self, node: URIRef, predicate: URIRef) -> tuple[str, ...]:
        """Slugs of the performer roles that a rule names, and of every narrower one."""
        named = self.data.objects(node, predicate)
        return tuple(sorted({self.slug(role) for name in named for role in self._with_narrower(name)}))

    def _with_narrower(self, role: URIRef) -> set[URIRef]:
        return {node for node in self.data.transitive_subjects(SKOS.broader, role)}

    def rituals(self, node: URIRef) -> frozenset[URIRef]:
        """The rituals that a dance or a ritual is part of, near and far."""
        return frozenset(self.data.transitive_objects(node, RM.partOf)) - {node}

    def scoped(self, rule: URIRef) -> list[URIRef]:
        """The dances, rituals and groups that a rule names as its scope."""
        return [owner for predicate in (RM.dance, RM.ritual, RM.group) for owner in self.all(rule, predicate)]

    def rules_on(self, cls: URIRef, predicates: Iterable[URIRef], things: Iterable[URIRef]) -> list[URIRef]:
        """The rules of a class that name one of the things by one of the properties."""
        pairs = [(predicate, thing) for predicate in predicates for thing in things]
        found = {rule for predicate, thing in pairs for rule in self.data.subjects(predicate, thing)}
        return sorted(rule for rule in found if (rule, RDF.type, cls) in self.data)

    def in_scope(self, rule: URIRef, dance: URIRef) -> bool:
        """Whether the rule names the dance, a ritual that it is part of, or its group."""
        owners = {dance, self.data.value(dance, RM.group), *self.rituals(dance)}
        return not owners.isdisjoint(self.scoped(rule))

    def phases(self, rule: URIRef) -> tuple[float, float] | None:
        """(from, to) of the cycle in which the rule holds, from > to across its end; None = always."""
        start = self.data.value(rule, RM.phaseFrom)
        return None if start is None else (float(start), self.number(rule, RM.phaseTo))

    def attributed(self, node: URIRef) -> str:
        """Who said it (prov:wasAttributedTo), by name."""
        who = self.data.value(node, PROV.wasAttributedTo)
        return self.label(who) or str(who)

    def angle(self, node: URIRef) -> int:
        """Index of the angle that a range or an interval is about."""
        return ANGLE_INDEX[str(self.data.value(node, RM.onAngle)).removeprefix(ANGLE)]

    def pose(self, node: URIRef) -> np.ndarray:
        """(36,) angles of a stance [rad]; an angle that it does not name is 0."""
        said = dict(self.data.predicate_objects(node))
        return np.array([math.radians(float(said.get(term, 0.0))) for term in _ANGLE_TERMS])

    def dance(self, node: URIRef) -> Dance:
        group = self.data.value(node, RM.group)
        place = self.data.value(group, CRM.P74_has_current_or_former_residence)
        default = self.data.value(node, RM.defaultOccasion)
        first = self.slug(default) if default is not None else ""
        return Dance(
            slug=self.slug(node),
            iri=str(node),
            label=self.label(node),
            label_zh=self.label(node, "zh"),
            group=self.slug(group),
            group_label=self.label(group),
            group_label_zh=self.label(group, "zh"),
            latitude=self.number(place, GEO.lat),
            longitude=self.number(place, GEO.long),
            performers=self.slugs(node, RM.performer),
            default_performer=self.slug(self.data.value(node, RM.defaultPerformer)),
            occasions=tuple(sorted(self.slugs(node, RM.occasion), key=lambda slug: (slug != first, slug))),
            symbols=self.slugs(node, RM.symbol),
            bpm=self.number(node, RM.bpm),
            beats_per_cycle=int(self.number(node, RM.beatsPerCycle)),
            source=self.source(node),
            review=self.review(node),
        )

    def stance(self, node: URIRef) -> Stance:
        return Stance(
            iri=str(node),
            name=self.label(node),
            phase=self.number(node, RM.phase),
            angles=self.pose(node),
            facing=math.radians(self.number(node, RM.facing)),
            lift=self.number(node, RM.lift),
            source=self.source(node),
            review=self.review(node),
        )

    def reference_motion(self, node: URIRef) -> ReferenceMotion:
        return ReferenceMotion(
            iri=str(node),
            name=self.label(node),
            file=str(self.data.value(node, RM.file)),
            folder=self.folder,
            performers=self.roles(node, RM.performer),
            licence=str(self.data.value(node, DCTERMS.license, default="")),
            begins=self.number(node, RM.beginsAt),
            ends=self.measured(node, RM.endsAt),
            cycle_begins=self.measured(node, RM.cycleBegins),
            cycle_seconds=self.measured(node, RM.cycleSeconds),
            source=self.source(node),
            review=self.review(node),
        )

    def occasion(self, node: URIRef) -> Occasion:
        phrase = str(self.data.value(node, RM.phrase))
        return Occasion(self.slug(node), str(node), self.label(node), self.label(node, "zh"), phrase)

    def figure(self, performer: str) -> str:
        """`female` or `male`: the broadest role above a performer's."""
        above = {r: self.data.transitive_objects(r, SKOS.broader) for r in self.of_type(RM.PerformerRole)}
        roots = next({*found} for role, found in above.items() if self.slug(role) == performer)
        return "male" if RM.Male in roots else "female"

    @cached_property
    def colour_prototypes(self) -> tuple[tuple[str, str], ...]:
        """(`#rrggbb`, slug of the colour) of every colour."""
        colours = self.of_type(RM.Colour)
        return tuple(sorted((str(p), self.slug(c)) for c in colours for p in self.data.objects(c, RM.prototype)))

    def costume(self, node: URIRef, performer: str) -> Costume:
        """The costume with all its patterns; which of them may be shown is the rules' business."""

        def colour(name: str, default: str = "") -> str:
            return str(self.data.value(node, RM[name], default=default)).lower()

        robe, trim = colour("robeColour"), colour("trimColour")
        return Costume(
            iri=str(node),
            robe=robe,
            trim=trim,
            sash=colour("sashColour"),
            sleeve=colour("sleeveColour"),
            figure=self.figure(performer),
            garment=self.slug(self.data.value(node, RM.garment)),
            garment_colour=colour("garmentColour", robe),
            headdress=self.slug(self.data.value(node, RM.headdress)),
            headdress_colour=colour("headdressColour", trim),
            patterns=self.slugs(node, RM.symbol),
            source=self.source(node),
            review=self.review(node),
        )

    @cached_property
    def _phrases(self) -> dict[str, str]:
        return {self.slug(n): str(self.data.value(n, RM.phrase)) for n in self.of_type(RM.Occasion)}

    def phrases(self, occasions: Iterable[str]) -> list[str]:
        """`at a funeral` for each slug of an occasion, in the order given."""
        return [self._phrases[slug] for slug in occasions]

    def phrases_of(self, things: Iterable[URIRef]) -> list[str]:
        """The rm:phrase of each occasion or scene, in the order given."""
        return [str(self.data.value(thing, RM.phrase)) for thing in things]

    def names(self, node: URIRef) -> list[tuple[str, str]]:
        """(name, language) of every preferred and other name."""
        values = {o for p in (SKOS.prefLabel, SKOS.altLabel) for o in self.data.objects(node, p)}
        return sorted((str(o), o.language or "") for o in values)

    def known(self, slug: str | None, cls: URIRef, what: str) -> None:
        """Raises: BadInput: nothing of the class has the slug; names the nearest."""
        slugs = [self.slug(node) for node in self.of_type(cls)]
        if slug is not None and slug not in slugs:
            raise BadInput(f"Unknown {what} '{slug}'.", hint=nearest(slug, slugs))

    def find(self, name: str, classes: tuple[URIRef, ...], group: str | None = None) -> list[URIRef]:
        """The nodes that go by a slug, by words of a slug after its first, or by a name in any language.

        Args:
            name: as people type it.
            classes: the kinds of node to look among.
            group: slug; where some of those found are this group's, only they are meant.

        Raises:
            BadInput: there is none; names the nearest.
        """
        wanted = name.strip().casefold()
        among = {self.slug(node): node for node in self.of_type(*classes)}
        if wanted in among:
            return [among[wanted]]
        named = {s for s, n in among.items() if wanted in {text.casefold() for text, _ in self.names(n)}}
        found = named | {s for s in among if f"-{wanted.replace(' ', '-')}-" in f"{s}-"}
        found = {s for s in found if group in self.slugs(among[s], RM.group)} or found
        if not found:
            raise BadInput(f"Unknown symbol or colour '{name}'.", hint=nearest(name, among))
        return [among[slug] for slug in sorted(found)]

    def angle_label(self, index: int) -> str:
        return str(self.data.value(ANGLE[ANGLES[index]], RDFS.label))

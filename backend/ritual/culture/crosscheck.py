"""What SHACL cannot say: rules that contradict each other, domains without a pose, stances that break a rule."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from rdflib import URIRef
from rdflib.namespace import RDF

from ritual.body.angle_domain import AngleDomain
from ritual.body.cycle import Phased, narrowed
from ritual.body.skeleton import SKELETON
from ritual.culture.compiling import DanceRules
from ritual.culture.conflicts import dance_conflicts, graph_conflicts
from ritual.culture.nodes import Nodes
from ritual.culture.problems import Problem
from ritual.culture.rulebook import DressCode, Stance
from ritual.culture.rules import AngleRule
from ritual.culture.vocabulary import ANGLE, RM, short
from ritual.culture.wardrobe import costume_breaches
from ritual.culture.wording import listed
from ritual.errors import EmptyDomain

OTHER = ""  # any occasion that no rule names
_TOLERANCE = 1e-9  # rad
_INSTANT = 1e-9  # of a cycle


def node_problems(nodes: Nodes) -> list[Problem]:
    """What one node gets wrong by itself; a graph with such a problem cannot be compiled."""
    return [*_slugs(nodes), *_ranges(nodes), *graph_conflicts(nodes)]


def dance_problems(rules: DanceRules) -> list[Problem]:
    """What a dance's statements get wrong together."""
    found = [*_defaults(rules), *_conflicts(rules), *_missing(rules), *_same_phase(rules)]
    if not found:
        found = [*_wardrobe(rules), *_domains(rules), *dance_conflicts(rules)]
    return found


def _slugs(nodes: Nodes) -> Iterator[Problem]:
    owners: dict[tuple[URIRef, str], list[URIRef]] = defaultdict(list)
    for node, slug in sorted(nodes.data.subject_objects(RM.slug)):
        for cls in nodes.data.objects(node, RDF.type):
            if cls.startswith(RM):
                owners[cls, str(slug)].append(node)
    for (_, slug), (first, *others) in owners.items():
        for node in others:
            text = f"has the slug '{slug}', which {short(first)} has already; give it another"
            yield Problem(node, text, RM.slug, nodes.data.value(node, RM.slug))


def _ranges(nodes: Nodes) -> Iterator[Problem]:
    for node in nodes.of_type(RM.AngleRange):
        angle = SKELETON.angles[nodes.angle(node)]
        for bound in (RM.minimum, RM.maximum):
            value = nodes.number(node, bound)
            if not angle.min_deg <= value <= angle.max_deg:
                text = (
                    f"allows {angle.name} {value:g} deg, which the body cannot do; "
                    f"its range is {angle.min_deg:g} to {angle.max_deg:g} deg"
                )
                yield Problem(node, text, bound, nodes.data.value(node, bound))


def _defaults(rules: DanceRules) -> Iterator[Problem]:
    dance, data = rules.dance, rules.nodes.data
    if dance.default_performer not in dance.performers:
        text = "has an rm:defaultPerformer that is not among its rm:performer"
        yield Problem(rules.node, text, RM.defaultPerformer, data.value(rules.node, RM.defaultPerformer))
    occasion = data.value(rules.node, RM.defaultOccasion)
    if occasion is not None and rules.nodes.slug(occasion) not in dance.occasions:
        text = "has an rm:defaultOccasion that is not among its rm:occasion"
        yield Problem(rules.node, text, RM.defaultOccasion, occasion)


def _conflicts(rules: DanceRules) -> Iterator[Problem]:
    """A dance must not list what a rule forbids it everywhere."""
    dance = rules.dance
    for rule in rules.performer_rules:
        for performer in sorted({*rule.performers} & {*dance.performers}):
            if all(rule.holds(performer, occasion) for occasion in dance.occasions):
                yield Problem(rules.node, f"lists {performer} performers, whom {short(rule.node)} forbids it")
    own = frozenset([rules.node, *rules.nodes.all(rules.node, RM.symbol)])
    for ban in (ban for ban in rules.bans if ban.touches(own)):
        for occasion in sorted({*ban.occasions} & {*dance.occasions}):
            if all(ban.holds(performer, occasion) for performer in dance.performers):
                yield Problem(rules.node, f"lists the occasion '{occasion}', where {short(ban.node)} forbids it")


def _missing(rules: DanceRules) -> Iterator[Problem]:
    for performer in rules.dance.performers:
        if not rules.stances(performer):
            yield Problem(rules.node, f"has no rm:Stance for a {performer} performer; give it at least one")
        if not any(not who or performer in who for _, _, who in rules.costumes):
            text = f"has no rm:costume for a {performer} performer, nor has its group"
            yield Problem(rules.node, text)


def _same_phase(rules: DanceRules) -> Iterator[Problem]:
    clashes = set()
    for performer in rules.dance.performers:
        for first, second in pairwise(rules.stances(performer)):
            if first.phase == second.phase:
                clashes.add((first.iri, second.iri, second.phase))
    for first, second, phase in sorted(clashes):
        text = f"has the phase {phase:g}, which {short(URIRef(first))} has already; give it another"
        yield Problem(URIRef(second), text)


def _wardrobe(rules: DanceRules) -> Iterator[Problem]:
    """A costume must not carry what the performers that it names may not wear, nor a forbidden pair."""
    nodes = rules.nodes
    for _, node, performers in rules.costumes:
        for rule in rules.wear_rules:
            worn = sorted(set(rule.symbols) & set(nodes.all(node, RM.symbol)))
            if worn and performers and all(map(rule.forbids, performers)):
                only = f"{' '.join(rule.only)} performers only"
                text = f"carries {short(worn[0])}, which {short(rule.node)} allows to {only}"
                yield Problem(node, text, RM.symbol, worn[0])
        costume = nodes.costume(node, rules.dance.default_performer)
        pairs = tuple((ban.colours, ban.worded(rules.dance)) for ban in rules.colour_bans)
        for breach in costume_breaches(costume, DressCode(nodes.colour_prototypes, pairs)):
            yield Problem(node, f"joins {breach.what}, which {short(URIRef(breach.rule.iri))} forbids")


def _domains(rules: DanceRules) -> Iterator[Problem]:
    mentioned = {occasion for rule in rules.angle_rules() for occasion in rule.occasions}
    seen = set()
    for performer in rules.dance.performers:
        for occasion in (OTHER, *sorted(mentioned)):
            active = rules.angle_rules(performer, occasion)
            key = (performer, *(rule.node for rule in active))
            if key in seen:
                continue
            seen.add(key)
            if _has_pose(rules, performer, occasion):
                yield from _stances(rules, performer, active)
            else:
                guilty = [short(rule.node) for rule in _excluding(rules, performer, occasion)]
                why = f"{listed(guilty)} exclude each other" if guilty[1:] else f"{guilty[0]} forbids every one"
                where = f" at the occasion '{occasion}'" if occasion else ""
                yield Problem(rules.node, f"leaves a {performer} performer no allowed pose{where}: {why}")


def _has_pose(rules: DanceRules, performer: str, occasion: str) -> bool:
    try:
        always = rules.domain(performer, occasion)
        for held in _meeting(rules.phased(performer, occasion)):
            narrowed(always, held)
    except EmptyDomain:
        return False
    return True


def _meeting(parts: tuple[Phased, ...]) -> set[tuple[Phased, ...]]:
    """The parts that hold on either side of each moment of the cycle at which one begins or ends."""
    moments = {phase % 1.0 for part in parts for phase in (part.start, part.end)}
    just_before = [(np.array([moment - _INSTANT]), 2 * _INSTANT) for moment in moments]
    return {tuple(part for part in parts if part.touches(*span)[0]) for span in just_before}


def _excluding(rules: DanceRules, performer: str, occasion: str) -> list[AngleRule]:
    """The smallest set of rules that still leaves no pose: each is dropped unless it is needed."""
    ranges, taboos = rules.ranges, rules.taboos
    needed = rules.angle_rules(performer, occasion)
    try:
        for rule in list(needed):
            rest = [other for other in needed if other is not rule]
            rules.ranges = [r for r in rest if not r.taboo]
            rules.taboos = [r for r in rest if r.taboo]
            if not _has_pose(rules, performer, occasion):
                needed = rest
    finally:
        rules.ranges, rules.taboos = ranges, taboos
    return needed


def _stances(rules: DanceRules, performer: str, active: list[AngleRule]) -> Iterator[Problem]:
    body = AngleDomain.physiological()
    for stance in rules.stances(performer):
        outside = (stance.angles < body.lower - _TOLERANCE) | (stance.angles > body.upper + _TOLERANCE)
        for j in outside.nonzero()[0]:
            angle = SKELETON.angles[j]
            allowed = f"from {angle.min_deg:g} to {angle.max_deg:g} deg, the range of the body"
            yield _held(stance, [int(j)], performer, allowed)
        for rule in active:
            if _in_force(rule, stance) and rule.broken_by(stance.angles, _TOLERANCE):
                allowed = f"{rule.worded(rules.dance).allowed}, by {short(rule.node)}"
                yield _held(stance, [span.angle for span in rule.spans], performer, allowed)


def _in_force(rule: AngleRule, stance: Stance) -> bool:
    return rule.phases is None or bool(Phased(*rule.phases).touches(np.array([stance.phase]), 0.0)[0])


def _held(stance: Stance, angles: list[int], performer: str, allowed: str) -> Problem:
    names = [SKELETON.angle_names[j] for j in angles]
    values = [f"{name} at {math.degrees(stance.angles[j]):g} deg" for name, j in zip(names, angles, strict=True)]
    text = f"holds {' and '.join(values)}; a {performer} performer is allowed {allowed}"
    return Problem(URIRef(stance.iri), text, ANGLE[names[0]])

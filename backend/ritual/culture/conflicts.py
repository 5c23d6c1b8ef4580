"""Rules that contradict each other: told, never settled silently. The graph loads; a curator decides."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from rdflib import URIRef

from ritual.culture.compiling import DanceRules
from ritual.culture.nodes import Nodes
from ritual.culture.problems import WARNING, Problem
from ritual.culture.rules import ContextualMeaning, RuleNode, WearRule
from ritual.culture.vocabulary import RM, short
from ritual.culture.wording import listed


def graph_conflicts(nodes: Nodes) -> Iterator[Problem]:
    """Contradictions that no dance need be asked about: who wears a symbol, what a thing means, idle exceptions."""
    yield from _wearers(nodes)
    yield from _meanings(nodes)
    yield from _idle_exceptions(nodes)


def dance_conflicts(rules: DanceRules) -> Iterator[Problem]:
    """Contradictions in one dance: which way it turns, and patterns that it shows though they are bound elsewhere."""
    yield from _turning(rules)
    yield from _bound_elsewhere(rules)


def _wearers(nodes: Nodes) -> Iterator[Problem]:
    by_symbol: dict[URIRef, list[WearRule]] = defaultdict(list)
    for node in nodes.of_type(RM.WearRule):
        rule = WearRule(nodes, node)
        for symbol in rule.symbols:
            by_symbol[symbol].append(rule)
    for symbol, rules in sorted(by_symbol.items()):
        for first, second in combinations(rules, 2):
            if not {*first.only} & {*second.only} and _meet(first, second):
                text = f"gives {short(symbol)} to other performers than {short(first.node)}, so nobody wears it"
                yield Problem(second.node, text, RM.onlyPerformer, severity=WARNING)


def _meanings(nodes: Nodes) -> Iterator[Problem]:
    rules = [ContextualMeaning(nodes, node) for node in nodes.of_type(RM.ContextualMeaning)]
    for first, second in combinations(rules, 2):
        things = first.things & second.things
        same = (first.groups, first.dress, first.occasions) == (second.groups, second.dress, second.occasions)
        if things and same and {*first.meanings} != {*second.meanings} and _meet(first, second):
            text = f"gives {short(min(things))} another meaning than {short(first.node)} in the same context"
            yield Problem(second.node, text, RM.meaning, severity=WARNING)


def _meet(first: RuleNode, second: RuleNode) -> bool:
    """Whether there is a performer and an occasion for which both rules hold."""
    performers = not first.performers or not second.performers or {*first.performers} & {*second.performers}
    occasions = not first.occasions or not second.occasions or {*first.occasions} & {*second.occasions}
    return bool(performers and occasions)


def _idle_exceptions(nodes: Nodes) -> Iterator[Problem]:
    """An exception for performers or at occasions that its rule does not name anyway."""
    for node in nodes.of_type(RM.Exception):
        for rule in nodes.all(node, RM.exceptionTo):
            for predicate in (RM.performer, RM.occasion):
                lifted, held = nodes.all(node, predicate), nodes.all(rule, predicate)
                if lifted and held and not {*lifted} & {*held}:
                    names = listed([short(n) for n in lifted])
                    text = f"lifts {short(rule)} for {names}, where it does not hold anyway"
                    yield Problem(node, text, predicate, severity=WARNING)


def _turning(rules: DanceRules) -> Iterator[Problem]:
    for first, second in combinations(rules.rotation_rules, 2):
        if first.clockwise != second.clockwise and _meet(first, second):
            text = f"turns {rules.dance.label} another way than {short(first.node)} does; no turn is left to it"
            yield Problem(second.node, text, RM.direction, severity=WARNING)
    for rule in rules.rotation_rules:
        sign = -1 if rule.clockwise else 1
        cycles = [rules.stances(performer) for performer in rules.dance.performers if rule.holds(performer)]
        if any(_turned_back([sign * stance.facing for stance in cycle]) > rule.swing for cycle in cycles if cycle):
            way = "clockwise" if rule.clockwise else "counter-clockwise"
            text = f"has stances that turn against {short(rule.node)}, which lets it turn {way} only"
            yield Problem(rules.node, text, severity=WARNING)


def _turned_back(facing: list[float]) -> float:
    """How far a cycle falls behind the furthest that it has turned [deg]; its last stance leads to its first again.

    Args:
        facing: yaw of each stance [rad], positive the way that is allowed.
    """
    first, last = facing[0], facing[-1]
    whole_turns = 2 * math.pi * round((last - first) / (2 * math.pi))
    furthest, back = first, 0.0
    for yaw in [*facing, first + whole_turns]:
        furthest = max(furthest, yaw)
        back = max(back, furthest - yaw)
    return math.degrees(back)


def _bound_elsewhere(rules: DanceRules) -> Iterator[Problem]:
    shown = {*rules.nodes.all(rules.node, RM.symbol)}
    for binding in rules.bindings:
        if binding.symbol in shown and rules.node not in binding.dances:
            text = f"shows {short(binding.symbol)}, which {short(binding.node)} binds to another dance"
            yield Problem(rules.node, text, RM.symbol, binding.symbol, severity=WARNING)
        if binding.symbol not in shown and rules.node in binding.dances:
            text = f"does not show {short(binding.symbol)}, though {short(binding.node)} lets it unfold there"
            yield Problem(rules.node, text, RM.symbol, severity=WARNING)

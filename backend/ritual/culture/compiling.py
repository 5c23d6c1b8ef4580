"""From the nodes of one dance to what holds for a performer and an occasion: domain, costume, rules, refusals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from rdflib import URIRef

from ritual.body.angle_domain import AngleDomain, Reason
from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Costume, Dance, Rule, Rulebook, Stance
from ritual.culture.rules import (
    ANY,
    AngleRule,
    ColourPairBan,
    OccasionBan,
    PerformerRule,
    RuleNode,
    WearRule,
    dance_statements,
    in_order,
)
from ritual.culture.vocabulary import RM
from ritual.errors import EmptyDomain


class DanceRules:
    """Everything in the graph that bears on one dance."""

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        self.nodes, self.node = nodes, node
        self.dance = nodes.dance(node)
        self.group = nodes.data.value(node, RM.group)
        self.costumes = self._costumes()
        of_dance = sorted(nodes.data.subjects(RM.dance, node))
        kinds = {cls: set(nodes.of_type(cls)) for cls in (RM.AngleRange, RM.AngleTaboo, RM.PerformerRule)}
        self.ranges = [AngleRule(nodes, n, taboo=False) for n in of_dance if n in kinds[RM.AngleRange]]
        self.taboos = [AngleRule(nodes, n, taboo=True) for n in of_dance if n in kinds[RM.AngleTaboo]]
        self.performer_rules = [PerformerRule(nodes, n) for n in of_dance if n in kinds[RM.PerformerRule]]
        stances = set(nodes.of_type(RM.Stance))
        self._stances = [
            (nodes.stance(n), nodes.slugs(n, RM.performer)) for n in of_dance if n in stances
        ]
        self._read_symbol_rules()

    def _costumes(self) -> list[tuple[int, URIRef, tuple[str, ...]]]:
        """(rank, costume, performers): the dance's own before its group's, a performer's own before all's."""
        found = []
        for rank, owner in enumerate((self.node, self.group)):
            for costume in self.nodes.all(owner, RM.costume):
                performers = self.nodes.slugs(costume, RM.performer)
                found.append((2 * rank + (not performers), costume, performers))
        return sorted(found)

    def _read_symbol_rules(self) -> None:
        nodes = self.nodes
        shown = {symbol for _, costume, _ in self.costumes for symbol in nodes.all(costume, RM.symbol)}
        shown |= set(nodes.all(self.node, RM.symbol))
        self.symbols = frozenset(shown | set(nodes.data.subjects(RM.group, self.group)))
        self.all_bans = [OccasionBan(nodes, n) for n in nodes.of_type(RM.OccasionBan)]
        self.bans = [ban for ban in self.all_bans if ban.touches(self.symbols | {self.node})]
        self.all_wear_rules = [WearRule(nodes, n) for n in nodes.of_type(RM.WearRule)]
        self.wear_rules = [rule for rule in self.all_wear_rules if not self.symbols.isdisjoint(rule.symbols)]
        pairs = [ColourPairBan(nodes, n) for n in nodes.of_type(RM.ColourPairBan)]
        self.colour_bans = [p for p in pairs if self.group in p.groups or self.node in p.dances]

    def angle_rules(self, performer: str | None = ANY, occasion: str | None = ANY) -> list[AngleRule]:
        return [rule for rule in (*self.ranges, *self.taboos) if rule.holds(performer, occasion)]

    def rules(self, performer: str | None = ANY, occasion: str | None = ANY) -> tuple[Rule, ...]:
        """Every rule that bears on the dance, for one performer and occasion or for all of them."""
        nodes: list[RuleNode] = [
            rule
            for rule in (*self.performer_rules, *self.bans, *self.colour_bans, *self.wear_rules)
            if rule.holds(performer, occasion)
        ]
        nodes += self.angle_rules(performer, occasion)
        worded = [*self._own_statements(occasion), *(node.worded(self.dance) for node in nodes)]
        return in_order(worded)

    def _own_statements(self, occasion: str | None) -> tuple[Rule, Rule]:
        performers, occasions = dance_statements(self.nodes, self.dance)
        if occasion is not ANY and occasion not in self.dance.occasions:
            (phrase,) = self.nodes.phrases([occasion])
            unknown = f"{occasions.text[:-1]}; whether it is performed {phrase} the graph does not say."
            occasions = replace(occasions, text=unknown)
        return performers, occasions

    def refusals(self, performer: str, occasion: str, mentioned: Iterable[str] = ()) -> list[Rule]:
        """The rules that forbid the brief; `mentioned`: IRIs of things that its prompt names."""
        found = [r.worded(self.dance) for r in self.performer_rules if r.holds(performer, occasion)]
        if performer not in self.dance.performers and not found:
            found.append(dance_statements(self.nodes, self.dance)[0])
        named = frozenset(map(URIRef, mentioned))
        things = named | {self.node, *self.nodes.all(self.node, RM.symbol)}
        found += [b.worded(self.dance) for b in self.all_bans if b.holds(performer, occasion) and b.touches(things)]
        return found + worn_wrongly(self.all_wear_rules, named, performer)

    def stances(self, performer: str | None = ANY) -> tuple[Stance, ...]:
        """In the order of their phase."""
        own = [s for s, who in self._stances if performer is ANY or not who or performer in who]
        return tuple(sorted(own, key=lambda stance: (stance.phase, stance.iri)))

    def domain(self, performer: str, occasion: str) -> AngleDomain:
        """Allowed poses.

        Raises:
            EmptyDomain: two ranges exclude each other; names the rules.
        """
        body = AngleDomain.physiological()
        lower, upper = body.lower, body.upper
        low_by, high_by = dict[int, AngleRule](), dict[int, AngleRule]()
        for rule in (rule for rule in self.ranges if rule.holds(performer, occasion)):
            (span,) = rule.spans
            j, low, high = span.angle, math.radians(span.low), math.radians(span.high)
            if low > lower[j]:
                lower[j], low_by[j] = low, rule
            if high < upper[j]:
                upper[j], high_by[j] = high, rule
            if lower[j] > upper[j]:
                guilty = [str(by[j].node) for by in (low_by, high_by) if j in by]
                raise EmptyDomain(f"No pose satisfies these rules together: {', '.join(guilty)}.")
        reasons = {j: _reason(self.dance, low_by.get(j), high_by.get(j)) for j in low_by | high_by}
        boxes = [rule.box(self.dance) for rule in self.taboos if rule.holds(performer, occasion)]
        return AngleDomain(lower, upper, tuple(boxes), reasons)

    def costume(self, performer: str, occasion: str) -> Costume:
        """What the performer wears, without the patterns that a wear rule or an occasion ban takes off."""
        node = next(c for _, c, who in self.costumes if not who or performer in who)
        costume = self.nodes.costume(node)
        taken = {s for rule in self.wear_rules if rule.forbids(performer) for s in rule.symbols}
        taken |= {s for ban in self.bans if ban.holds(performer, occasion) for s in ban.forbidden}
        worn = [s for s in self.nodes.all(node, RM.symbol) if s not in taken]
        return replace(costume, patterns=tuple(sorted(self.nodes.slug(s) for s in worn)))

    def rulebook(self, performer: str, occasion: str) -> Rulebook:
        return Rulebook(
            dance=self.dance,
            performer=performer,
            occasion=occasion,
            stances=self.stances(performer),
            domain=self.domain(performer, occasion),
            rules=self.rules(performer, occasion),
            costume=self.costume(performer, occasion),
        )


def worn_wrongly(rules: Iterable[WearRule], symbols: frozenset[URIRef], performer: str) -> list[Rule]:
    """The wear rules that keep these symbols from the performer."""
    return [rule.worded(None) for rule in rules if rule.forbids(performer) and symbols & {*rule.symbols}]


def _reason(dance: Dance, low: AngleRule | None, high: AngleRule | None) -> Reason:
    """Why an angle's limits are what they are: one rule, or the two that set a side each."""
    reasons = [rule.reason(dance) for rule in dict.fromkeys((low, high)) if rule is not None]
    return Reason(
        ", ".join(reason.rule for reason in reasons),
        " ".join(reason.text for reason in reasons),
        "; ".join(dict.fromkeys(reason.source for reason in reasons)),
    )

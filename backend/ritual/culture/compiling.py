"""From the nodes of one dance to what holds for a performer and an occasion: domain, costume, rules, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property

from rdflib import URIRef
from rdflib.namespace import RDF

from ritual.body.angle_domain import AngleDomain, Reason
from ritual.body.cycle import Phased
from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Costume, Dance, DressCode, ReferenceMotion, Rule, Rulebook, Stance
from ritual.culture.rules import (
    ANY,
    AngleRule,
    ColourPairBan,
    ContextualMeaning,
    OccasionBan,
    PerformerRule,
    Permission,
    RotationRule,
    RuleNode,
    SceneBan,
    ShapeMeaning,
    TrajectoryBinding,
    WearRule,
    dance_statements,
    in_order,
)
from ritual.culture.vocabulary import ODRL, RM
from ritual.errors import EmptyDomain


class DanceRules:
    """Everything in the graph that bears on one dance."""

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        self.nodes, self.node = nodes, node
        self.dance = nodes.dance(node)
        self.group = nodes.data.value(node, RM.group)
        self.costumes = self._costumes()
        of_dance = self._of_dance()
        self.ranges = [AngleRule(nodes, n, node, taboo=False) for n in of_dance(RM.AngleRange)]
        self.taboos = [AngleRule(nodes, n, node, taboo=True) for n in of_dance(RM.AngleTaboo)]
        self.performer_rules = [PerformerRule(nodes, n, node) for n in of_dance(RM.PerformerRule)]
        self.colour_bans = [ColourPairBan(nodes, n, node) for n in of_dance(RM.ColourPairBan)]
        stances = [n for n in sorted(nodes.data.subjects(RM.dance, node)) if (n, RDF.type, RM.Stance) in nodes.data]
        self._stances = [(nodes.stance(n), nodes.roles(n, RM.performer)) for n in stances]
        self._motions = [nodes.reference_motion(n) for n in nodes.all(node, RM.referenceMotion)]
        self._read_symbol_rules(of_dance)

    def _of_dance(self) -> Callable[[URIRef], list[URIRef]]:
        """The rules of a class that name this dance, a ritual that it is part of, or its group."""
        data = self.nodes.data
        scopes = [(RM.dance, self.node), (RM.group, self.group)]
        scopes += [(RM.ritual, ritual) for ritual in self.nodes.rituals(self.node)]
        found = {rule for predicate, owner in scopes for rule in data.subjects(predicate, owner)}
        return lambda cls: sorted(rule for rule in found if (rule, RDF.type, cls) in data)

    def _costumes(self) -> list[tuple[int, URIRef, tuple[str, ...]]]:
        """(rank, costume, performers): the dance's own before its group's, a performer's own before all's."""
        found = []
        for rank, owner in enumerate((self.node, self.group)):
            for costume in self.nodes.all(owner, RM.costume):
                performers = self.nodes.roles(costume, RM.performer)
                found.append((2 * rank + (not performers), costume, performers))
        return sorted(found)

    def _read_symbol_rules(self, of_dance: Callable[[URIRef], list[URIRef]]) -> None:
        nodes, node = self.nodes, self.node
        shown = {symbol for _, costume, _ in self.costumes for symbol in nodes.all(costume, RM.symbol)}
        shown |= set(nodes.all(node, RM.symbol))
        self.symbols = frozenset(shown | set(nodes.data.subjects(RM.group, self.group)))
        own = self.symbols | {node}
        self.bans, self.scene_bans = self._bans(own)
        self.wear_rules = self._wear_rules(self.symbols)
        self.bindings = self._bindings(self.symbols)
        turning = {*of_dance(RM.RotationRule), *self._on_shown_symbols(RM.RotationRule)}
        self.rotation_rules = [RotationRule(nodes, n, node) for n in sorted(turning)]
        self.permissions = self._permissions(own)
        contextual = {*nodes.rules_on(RM.ContextualMeaning, (RM.symbol, RM.colour), self.symbols)}
        contextual |= {*nodes.rules_on(RM.ContextualMeaning, (RM.group,), [self.group])}
        by_shape = nodes.rules_on(RM.ShapeMeaning, (RM.symbol,), self.symbols)
        self.meanings: list[ContextualMeaning | ShapeMeaning] = [
            *(ContextualMeaning(nodes, n, node) for n in sorted(contextual)),
            *(ShapeMeaning(nodes, n, node) for n in by_shape),
        ]

    def _bans(self, things: Iterable[URIRef]) -> tuple[list[OccasionBan], list[SceneBan]]:
        """The bans on things, at occasions and in scenes."""
        nodes, node = self.nodes, self.node
        return (
            [OccasionBan(nodes, n, node) for n in nodes.rules_on(RM.OccasionBan, (RM.forbids,), things)],
            [SceneBan(nodes, n, node) for n in nodes.rules_on(RM.SceneBan, (RM.forbids,), things)],
        )

    def _wear_rules(self, symbols: Iterable[URIRef]) -> list[WearRule]:
        nodes = self.nodes
        return [WearRule(nodes, n, self.node) for n in nodes.rules_on(RM.WearRule, (RM.symbol,), symbols)]

    def _bindings(self, symbols: Iterable[URIRef]) -> list[TrajectoryBinding]:
        """The bindings of symbols, and those to this dance."""
        nodes = self.nodes
        found = {*nodes.rules_on(RM.TrajectoryBinding, (RM.symbol,), symbols)}
        found |= {*nodes.rules_on(RM.TrajectoryBinding, (RM.dance,), [self.node])}
        return [TrajectoryBinding(nodes, n, self.node) for n in sorted(found)]

    def _permissions(self, things: Iterable[URIRef]) -> list[Permission]:
        """What communities do not permit of things."""
        data = self.nodes.data
        rules = {rule for thing in things for rule in data.subjects(ODRL.target, thing)}
        of_policy = {(policy, rule) for rule in rules for policy in data.subjects(ODRL.prohibition, rule)}
        return [Permission(self.nodes, rule, policy) for policy, rule in sorted(of_policy)]

    def _on_shown_symbols(self, cls: URIRef) -> list[URIRef]:
        """Rules of a class that name no scope, but a symbol that the dance shows."""
        nodes = self.nodes
        shown = nodes.all(self.node, RM.symbol)
        return [n for n in nodes.rules_on(cls, (RM.symbol,), shown) if not nodes.scoped(n)]

    @cached_property
    def _on_all_symbols(
        self,
    ) -> tuple[list[WearRule], list[OccasionBan], list[SceneBan], list[TrajectoryBinding], list[Permission]]:
        """The rules on every symbol of the graph, for a texture may show any; only a dress code needs them."""
        symbols = self.nodes.of_type(RM.Symbol)
        bans, scene_bans = self._bans(symbols)
        return self._wear_rules(symbols), bans, scene_bans, self._bindings(symbols), self._permissions(symbols)

    def angle_rules(self, performer: str | None = ANY, occasion: str | None = ANY) -> list[AngleRule]:
        return [rule for rule in (*self.ranges, *self.taboos) if rule.holds(performer, occasion)]

    def rules(self, performer: str | None = ANY, occasion: str | None = ANY) -> tuple[Rule, ...]:
        """Every rule that bears on the dance, for one performer and occasion or for all of them."""
        nodes: list[RuleNode | Permission] = [
            rule
            for rule in (*self.performer_rules, *self.bans, *self.colour_bans, *self.wear_rules, *self.rotation_rules)
            if rule.holds(performer, occasion)
        ]
        nodes += [ban for ban in self.scene_bans if ban.holds(performer, occasion)]
        nodes += [binding for binding in self.bindings if binding.symbol in self.symbols]
        nodes += self.permissions
        nodes += [rule for rule in self.meanings if rule.holds(performer, occasion)]
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
        if performer not in self.nodes.roles(self.node, RM.performer) and not found:
            found.append(dance_statements(self.nodes, self.dance)[0])
        named = frozenset(map(URIRef, mentioned))
        things = named | {self.node, *self.nodes.all(self.node, RM.symbol)}
        at = (performer, occasion)
        bans, scene_bans = self._bans(things)
        found += [ban.worded(self.dance) for ban in bans if ban.holds(*at)]
        found += [ban.worded() for ban in scene_bans if named & ban.scenes and ban.holds(*at)]
        found += [
            binding.worded()
            for binding in self._bindings(named)
            if binding.symbol in named and self.node not in binding.dances and binding.holds(*at)
        ]
        found += [permission.worded() for permission in self._permissions(things) if permission.action == "derive"]
        return found + worn_wrongly(self._wear_rules(named), named, performer, occasion)

    def stances(self, performer: str | None = ANY) -> tuple[Stance, ...]:
        """In the order of their phase."""
        own = [s for s, who in self._stances if performer is ANY or not who or performer in who]
        return tuple(sorted(own, key=lambda stance: (stance.phase, stance.iri)))

    def reference_motions(self, performer: str | None = ANY) -> tuple[ReferenceMotion, ...]:
        return tuple(m for m in self._motions if performer is ANY or not m.performers or performer in m.performers)

    def domain(self, performer: str, occasion: str) -> AngleDomain:
        """Allowed poses.

        Raises:
            EmptyDomain: no pose satisfies all ranges and taboos; names the rules that exclude each other.
        """
        body = AngleDomain.physiological()
        lower, upper = body.lower, body.upper
        low_by, high_by = dict[int, AngleRule](), dict[int, AngleRule]()
        always = [rule for rule in self.angle_rules(performer, occasion) if rule.phases is None]
        for rule in (rule for rule in always if not rule.taboo):
            j, low, high = rule.limits
            if low > lower[j]:
                lower[j], low_by[j] = low, rule
            if high < upper[j]:
                upper[j], high_by[j] = high, rule
            if lower[j] > upper[j]:
                guilty = [str(by[j].node) for by in (low_by, high_by) if j in by]
                raise EmptyDomain(f"No pose satisfies these rules together: {', '.join(guilty)}.")
        reasons = {j: _reason(self.dance, low_by.get(j), high_by.get(j)) for j in low_by | high_by}
        boxes = [rule.box(self.dance) for rule in always if rule.taboo]
        compiled = AngleDomain(lower, upper, tuple(boxes), reasons)
        compiled.check()
        return compiled

    def phased(self, performer: str, occasion: str) -> tuple[Phased, ...]:
        """What is narrower in a part of the cycle."""
        return tuple(
            Phased(*rule.phases, boxes=(rule.box(self.dance),))
            if rule.taboo
            else Phased(*rule.phases, limits=((*rule.limits, rule.reason(self.dance)),))
            for rule in self.angle_rules(performer, occasion)
            if rule.phases is not None
        )

    def costume(self, performer: str, code: DressCode) -> Costume:
        """What the performer wears, without the patterns that the dress code takes off."""
        node = next(c for _, c, who in self.costumes if not who or performer in who)
        costume = self.nodes.costume(node, performer)
        taken = {slug for slug, _ in code.patterns}
        return replace(costume, patterns=tuple(slug for slug in costume.patterns if slug not in taken))

    def dress_code(
        self, performer: str, occasion: str, scenes: frozenset[URIRef] = frozenset()
    ) -> DressCode:
        """What a costume or a texture may not show."""
        nodes, at = self.nodes, (performer, occasion)
        symbols = {*nodes.of_type(RM.Symbol)}
        wear_rules, bans, scene_bans, bindings, permissions = self._on_all_symbols
        off = [(s, rule) for rule in wear_rules if rule.forbids(*at) for s in rule.symbols]
        off += [(s, ban) for ban in bans if ban.holds(*at) for s in ban.forbidden]
        off += [(s, ban) for ban in scene_bans if ban.scenes & scenes and ban.holds(*at) for s in ban.forbidden]
        off += [(b.symbol, b) for b in bindings if self.node not in b.dances and b.holds(*at)]
        off += [(target, permission) for permission in permissions for target in sorted(permission.targets)]
        pairs = [(ban.colours, ban.worded(self.dance)) for ban in self.colour_bans if ban.holds(*at)]
        worded = [(nodes.slug(thing), rule.worded(None)) for thing, rule in off if thing in symbols]
        return DressCode(nodes.colour_prototypes, tuple(pairs), tuple(worded))

    def rulebook(self, performer: str, occasion: str, mentioned: Iterable[str] = ()) -> Rulebook:
        code = self.dress_code(performer, occasion, frozenset(map(URIRef, mentioned)))
        turning = [rule for rule in self.rotation_rules if rule.holds(performer, occasion)]
        bindings = [b for b in self.bindings if self.node in b.dances and b.holds(performer, occasion)]
        return Rulebook(
            dance=self.dance,
            performer=performer,
            occasion=occasion,
            stances=self.stances(performer),
            domain=self.domain(performer, occasion),
            rules=self.rules(performer, occasion),
            costume=self.costume(performer, code),
            dress_code=code,
            phased=self.phased(performer, occasion),
            turning=tuple(rule.limit(self.dance) for rule in turning),
            bindings=tuple(rule.binding() for rule in bindings),
            reference_motions=self.reference_motions(performer),
        )


def worn_wrongly(
    rules: Iterable[WearRule], symbols: frozenset[URIRef], performer: str, occasion: str | None = ANY
) -> list[Rule]:
    """The wear rules that keep these symbols from the performer."""
    forbidding = (rule for rule in rules if rule.forbids(performer, occasion))
    return [rule.worded(None) for rule in forbidding if symbols & {*rule.symbols}]


def _reason(dance: Dance, low: AngleRule | None, high: AngleRule | None) -> Reason:
    """Why an angle's limits are what they are: one rule, or the two that set a side each."""
    reasons = [rule.reason(dance) for rule in dict.fromkeys((low, high)) if rule is not None]
    return Reason(
        ", ".join(reason.rule for reason in reasons),
        " ".join(reason.text for reason in reasons),
        "; ".join(dict.fromkeys(reason.source for reason in reasons)),
    )

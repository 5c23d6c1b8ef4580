"""How central each node of the semantic graph is, in four ways; exact on the shipped graph, bounded on a huge one.

Which of the four stands in the headline was settled before any was compared with the taboo indicator:
docs/decisions/0010-taboo-level.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import eigsh

from ritual.culture.semantics import SemanticGraph

VISITS = 400_000  # nodes that all shortest-path searches together may visit in Python: a few seconds
FEWEST_PIVOTS = 16  # an estimate from fewer searches is worth nothing
_COMPILED_VISITS = 40 * VISITS


@dataclass(frozen=True)
class Centrality:
    """One centrality of every node.

    Attributes:
        name: `degree`, `eigenvector`, `betweenness` or `closeness`.
        values: by IRI; empty where it was not computed.
        note: how the values were estimated, or why there are none; empty where they are exact.
    """

    name: str
    values: dict[str, float]
    note: str = ""


def degree(graph: SemanticGraph) -> Centrality:
    """Sum of the weights of a node's edges / (number of nodes - 1)."""
    others = max(len(graph.network) - 1, 1)
    return Centrality("degree", {iri: sum_ / others for iri, sum_ in graph.network.degree(weight="weight")})


def eigenvector(graph: SemanticGraph) -> Centrality:
    """Leading eigenvector (of length 1) of the weights in the largest connected part; 0 outside it."""
    values = dict.fromkeys(graph.network, 0.0)
    part = sorted(max(nx.connected_components(graph.network), key=lambda part: (len(part), min(part))))
    if len(part) < 3:
        return Centrality("eigenvector", {}, "eigenvector: left out, no three nodes of the graph are connected")
    weights = nx.to_scipy_sparse_array(graph.network, nodelist=part, weight="weight", dtype=float)
    _, vector = eigsh(weights, k=1, which="LA", v0=np.ones(len(part)))  # the same start gives the same digits
    values |= dict(zip(part, np.abs(vector[:, 0]).tolist(), strict=True))
    return Centrality("eigenvector", values)


def betweenness(graph: SemanticGraph) -> Centrality:
    """Share of all shortest paths that pass through a node."""
    pivots = _pivots(graph, VISITS)
    if pivots < min(FEWEST_PIVOTS, len(graph.network)):
        return Centrality("betweenness", {}, f"betweenness: left out, {len(graph.network)} nodes are too many")
    sample = None if pivots == len(graph.network) else pivots
    values = nx.betweenness_centrality(graph.network, k=sample, weight="length", seed=0)
    return Centrality("betweenness", values, _estimated("betweenness", pivots, graph))


def closeness(graph: SemanticGraph) -> Centrality:
    """Mean of 1 / distance to the other nodes, 0 for those out of reach (harmonic: needs no connected graph)."""
    nodes = list(graph.network)
    pivots = min(len(nodes), max(FEWEST_PIVOTS, _pivots(graph, _COMPILED_VISITS)))
    lengths = nx.to_scipy_sparse_array(graph.network, nodelist=nodes, weight="length", dtype=float)
    chosen = np.sort(np.random.default_rng(0).choice(len(nodes), pivots, replace=False))
    total = np.zeros(len(nodes))
    for pivot in chosen:
        distance = dijkstra(lengths, directed=False, indices=pivot)
        distance[pivot] = math.inf  # a node is not near itself
        total += 1.0 / distance
    seen = np.full(len(nodes), pivots)
    seen[chosen] -= 1
    values = dict(zip(nodes, (total / np.maximum(seen, 1)).tolist(), strict=True))
    return Centrality("closeness", values, _estimated("closeness", pivots, graph))


CENTRALITIES: dict[str, Callable[[SemanticGraph], Centrality]] = {
    "degree": degree,
    "eigenvector": eigenvector,
    "betweenness": betweenness,
    "closeness": closeness,
}
DEFAULT = "degree"


def _pivots(graph: SemanticGraph, visits: int) -> int:
    """From how many nodes shortest paths may be searched."""
    return min(len(graph.network), visits // max(len(graph.network), 1))


def _estimated(name: str, pivots: int, graph: SemanticGraph) -> str:
    nodes = len(graph.network)
    return "" if pivots == nodes else f"{name}: estimated from {pivots} of {nodes} nodes"

"""The semantic graph to look at: what is drawn, where it lies, as SVG and as one self-contained page."""

from ritual.culture.curation.graph_view.network import DEFAULT_KINDS, KINDS, Link, Network, Thing, network
from ritual.culture.curation.graph_view.page import page
from ritual.culture.curation.graph_view.svg import svg

__all__ = ["DEFAULT_KINDS", "KINDS", "Link", "Network", "Thing", "network", "page", "svg"]

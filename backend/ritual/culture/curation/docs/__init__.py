"""The knowledge graph as a static site: a page per thing, with pictures, sources and review states."""

from ritual.culture.curation.docs.build import build
from ritual.culture.curation.docs.publish import publish, vacant

__all__ = ["build", "publish", "vacant"]

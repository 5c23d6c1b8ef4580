"""A new group, dance, symbol or taboo: a commented file that holds together and says what is still to be filled in."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from pathlib import Path
from string import Template

import rdflib
from rdflib import Literal
from rdflib.namespace import RDF
from rdflib.term import Node

from ritual.culture.curation.revisions import state
from ritual.culture.vocabulary import KG, RM, short
from ritual.errors import BadInput, nearest
from ritual.files import write_text
from ritual.resources import resource

_TEMPLATES = Path(__file__).with_name("templates")
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·（）]"
_ASCII_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Kind(StrEnum):
    """What can be begun from a template."""

    GROUP = "group"
    DANCE = "dance"
    SYMBOL = "symbol"
    TABOO = "taboo"


def begin(
    kind: Kind,
    name: str,
    *,
    group: str | None = None,
    dance: str | None = None,
    slug: str | None = None,
    out: Path | None = None,
    graph: Path | None = None,
) -> Path:
    """Write a template.

    Args:
        name: in English, in Chinese, or both.
        group: slug of the group that a dance, a symbol or a taboo belongs to.
        dance: slug of the dance that a taboo holds for, instead of a group.
        slug: short name; None = made from the English name.
        out: the file; None = named after the slug, in the working folder.
        graph: the folder of the graph; None = the one that ships.

    Raises:
        BadInput: the file is there already, the name says nothing, the group or the dance is unknown or left out, or
            the graph has such a thing already.
    """
    english, chinese = _names(name)
    data = state(str(graph or resource("knowledge_graph"))).data
    place = _scope(kind, group, dance, data)
    slug = _slug(kind, slug or english, "" if place is None else str(data.value(place[1], RM.slug)), given=bool(slug))
    node = KG[f"symbol-{slug}" if kind is Kind.SYMBOL else slug]
    if (node, None, None) in data:
        raise BadInput(f"The graph has {short(node)} already.", hint="Choose another name, or another --slug.")
    path = out or Path(f"{slug}.ttl")
    if path.exists():
        raise BadInput(f"{path} is there already; nothing was written.", hint="Name another file with --out.")
    words = _words(english, chinese)
    if place is not None:
        words |= {"group": short(place[1]).removeprefix("kg:"), "scope": f"{short(place[0])} {short(place[1])}"}
    title = " ".join(name.split())
    text = _template(kind, {**words, "slug": slug, "title": title, "file": path.name, "occasion": _occasion(data)})
    return write_text(path, text)


def _names(name: str) -> tuple[str, str]:
    """(English, Chinese) parts of a name; one may be empty."""
    chinese = "".join(re.findall(_HAN, name)).strip("（）·")
    english = " ".join(re.sub(_HAN, " ", name).split())
    if not re.search(r"\w", english) and not chinese:
        raise BadInput(f"'{name}' is no name.", hint="Give a name in English, in Chinese, or both.")
    return english, chinese


def _words(english: str, chinese: str) -> dict[str, str]:
    """The names as they stand in Turtle; a place to fill in where one is missing."""
    known = {
        "en": english or "TODO: the name in English",
        "zh": chinese or "TODO：中文名",
        "en_woman": f"{english or 'TODO: the group in English:'} woman's dress",
        "en_man": f"{english or 'TODO: the group in English:'} man's dress",
        "zh_woman": f"{chinese or 'TODO：中文名'}女装",
        "zh_man": f"{chinese or 'TODO：中文名'}男装",
    }
    return {key: Literal(text, lang=key[:2]).n3() for key, text in known.items()}


def _scope(kind: Kind, group: str | None, dance: str | None, data: rdflib.Graph) -> tuple[Node, Node] | None:
    """(property, node) of where a new thing belongs."""
    if kind is Kind.GROUP:
        return None
    if kind is Kind.TABOO and dance is not None:
        return RM.dance, _find(data, RM.Dance, dance, "dance")
    if group is None:
        wanted = "--dance or --group" if kind is Kind.TABOO else "--group"
        hint = f"Groups: {', '.join(sorted(_slugs(data, RM.Group)))}."
        raise BadInput(f"Say with {wanted} where the {kind} belongs.", hint=hint)
    return RM.group, _find(data, RM.Group, group, "group")


def _slugs(data: rdflib.Graph, kind: Node) -> dict[str, Node]:
    return {str(data.value(node, RM.slug)): node for node in data.subjects(RDF.type, kind)}


def _find(data: rdflib.Graph, kind: Node, slug: str, what: str) -> Node:
    known = _slugs(data, kind)
    if slug not in known:
        raise BadInput(f"Unknown {what} '{slug}'.", hint=nearest(slug, known))
    return known[slug]


def _slug(kind: Kind, name: str, owner: str, *, given: bool) -> str:
    """`dai-umbrella` for the umbrella dance of the Dai; `new-dance` where nothing can be made of a Chinese name."""
    if given and not _ASCII_SLUG.fullmatch(name):
        hint = "Lower-case letters, digits and hyphens, such as dai-umbrella."
        raise BadInput(f"'{name}' is no slug.", hint=hint)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)) or f"new-{kind}"
    if kind is Kind.TABOO and not given:
        slug = slug if "taboo" in slug else f"taboo-{slug}"
    return slug if given or not owner or f"{slug}-".startswith(f"{owner}-") else f"{owner}-{slug}"


def _occasion(data: rdflib.Graph) -> str:
    known = _slugs(data, RM.Occasion)
    return short(known.get("new-year") or min(known.values(), default=KG["new-year"]))


def _template(kind: Kind, words: dict[str, str]) -> str:
    return Template((_TEMPLATES / f"{kind}.ttl").read_text(encoding="utf-8")).substitute(words)

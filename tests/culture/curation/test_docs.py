"""The site says what the graph says, its links lead somewhere, and it is swapped in whole or not at all."""

import math
import re
import warnings
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import html5rdf
import numpy as np
import pytest
from rdflib import RDF
from typer.testing import CliRunner

from ritual.body.skeleton import ANGLES
from ritual.cli.main import app
from ritual.culture.curation import docs
from ritual.culture.curation.docs.figures import figures
from ritual.culture.curation.docs.publish import MARKER
from ritual.culture.curation.docs.worldmap import Spot, world_map
from ritual.culture.graph import load_graph
from ritual.culture.nodes import Nodes
from ritual.culture.vocabulary import RM
from ritual.errors import BadInput
from ritual.resources import resource


@pytest.fixture(scope="module")
def site(shipped):
    return docs.build(shipped, resource("knowledge_graph"))


@pytest.fixture
def small(dong, folder):
    return docs.build(dong, folder)


def pages(site):
    return {name: text for name, text in site.items() if name.endswith(".html")}


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def links(page):
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"]+)"', page)]


def test_there_is_a_page_for_every_group_dance_symbol_concept_and_occasion(shipped, site):
    for folder, cls in [("groups", RM.Group), ("dances", RM.Dance), ("symbols", RM.Symbol),
                        ("concepts", RM.Concept), ("occasions", RM.Occasion)]:  # fmt: skip
        nodes = set(shipped.triples.subjects(RDF.type, cls))
        slugs = {str(shipped.triples.value(node, RM.slug)) for node in nodes}
        assert {f"{folder}/{slug}.html" for slug in slugs} <= set(site) and slugs


def test_no_link_is_dead(site):
    ids = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in pages(site).items()}
    checked = 0
    for name, text in pages(site).items():
        if name == "graph.html":
            text = text.split("<script")[0]
        for link in links(text):
            path, _, fragment = link.partition("#")
            target = (Path("/", name).parent / unquote(path)).resolve() if path else Path("/", name)
            target = str(target).lstrip("/")
            assert target in site, f"{name} links to {link}"
            if fragment and target != "graph.html":
                assert unquote(fragment) in ids[target], f"{name} links to {link}"
            checked += 1
    assert checked > 1000


def test_links_from_the_graph_and_the_search_lead_to_pages(site):
    import json

    card = json.loads(re.search(r'type="application/json">(.*?)</script>', site["graph.html"], re.DOTALL)[1])
    search = json.loads(site["search.js"].removeprefix("window.SEARCH = ").rstrip(";\n"))
    addresses = [entry["page"] for entry in card.values()] + [entry[4] for entry in search]
    assert all(address.split("#")[0] in site for address in addresses) and len(addresses) > 200
    assert any(entry[1] == "傣族孔雀舞" for entry in search)


def test_every_page_is_valid_html_and_asks_the_network_for_nothing(site):
    for name, text in pages(site).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            html5rdf.HTMLParser(strict=True).parse(text)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), f"{name} has an id twice"
        assert not [link for link in links(text) if "://" in link or link.startswith("//")], name
        assert "<title>" in text and 'lang="en"' in text and text.count("<h1") == 1, name


def test_a_page_says_names_definition_rules_source_and_review(site):
    page = text_of(site["dances/dai-peacock.html"])
    assert "Dai peacock dance 傣族孔雀舞" in page
    assert "left wrist flexion stays at or below 65 deg" in page
    assert "unreviewed" in page and "rests on one paper alone" in page
    assert "Source: General knowledge; no source supports this statement yet." in page


def test_costumes_show_their_colours_and_stances_their_figures(shipped, site):
    page = site["dances/dai-peacock.html"]
    stances = [n for n in Nodes(shipped.triples).of_type(RM.Stance) if "dai-peacock" in n]
    assert page.count('class="figure"') == len(stances) > 0
    assert re.search(r'class="swatch big" style="background:#[0-9a-f]{6}"', page)


def test_a_figure_is_the_pose_of_its_stance(dong):
    nodes = Nodes(dong.triples)
    stance = nodes.stance(next(n for n in nodes.of_type(RM.Stance) if n.endswith("02")))
    raised = np.zeros(len(ANGLES))
    raised[ANGLES.index("left_shoulder_abduction")] = math.pi / 2
    plain, arm = figures([stance.__class__(**{**vars(stance), "angles": a, "lift": 0.0}) for a in (0 * raised, raised)])
    left = [re.findall(r'class="left" d="([^"]+)"', figure)[0] for figure in (plain, arm)]
    reach = [max(float(x) for x in re.findall(r"[ML]([\d.-]+) ", path)) for path in left]
    assert reach[1] - reach[0] > 20  # the raised left arm reaches to the viewer's right, by most of 0.6 m
    assert re.findall(r'class="right" d="([^"]+)"', plain)[0] == re.findall(r'class="right" d="([^"]+)"', arm)[0]


def test_names_in_the_graph_cannot_break_out_of_a_page(edited):
    folder = edited('"Dong sun"@en', '"<script>alert(1)</script>"@en')
    for text in pages(docs.build(load_graph(folder), folder)).values():
        assert "<script>alert" not in text


def test_a_rule_and_its_shapes_messages_are_on_the_site(small):
    assert "dong-lusheng-wrist" in small["rules.html"] and "above 65" in text_of(small["rules.html"])
    ontology = text_of(small["ontology.html"])
    assert "needs one rm:bpm, the tempo from 20 to 240 beats a minute" in ontology
    assert "skos:prefLabel" in ontology and "Beats a minute." in ontology


def test_the_same_graph_gives_the_same_site(dong, folder, small):
    assert docs.build(dong, folder) == small


def test_the_map_puts_north_up_and_east_right_and_labels_apart():
    places = (22.0, 100.8, "Dai"), (22.2, 101.0, "Hani"), (43.9, 116.1, "Mongolian")
    svg = world_map([Spot(*place, address="a.html") for place in places])
    dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
    assert dots[2][0] > dots[0][0] and dots[2][1] < dots[0][1]
    labels = re.findall(r'r="5"/><text x="([\d.]+)" y="([\d.]+)"', svg)
    (ax, ay), (bx, by) = [(float(x), float(y)) for x, y in labels[:2]]
    assert abs(ay - by) >= 10 or abs(ax - bx) >= 20
    assert world_map([]) == ""


def test_a_site_is_replaced_whole(tmp_path):
    out = tmp_path / "site"
    docs.publish({"index.html": "one", "old/page.html": "gone"}, out)
    docs.publish({"index.html": "two"}, out)
    assert (out / "index.html").read_text() == "two" and not (out / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_is_not_a_site_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(BadInput, match="left alone"):
            docs.publish({"index.html": ""}, tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    with pytest.raises(BadInput, match="does not exist"):
        docs.publish({"index.html": ""}, tmp_path / "no" / "site")


def test_a_site_that_cannot_be_written_leaves_the_old_one(tmp_path):
    out = docs.publish({"index.html": "one"}, tmp_path / "site")
    with pytest.raises(BadInput, match="cannot be written"):
        docs.publish({"a": "a file", "a/b": "in a file"}, out)
    assert (out / "index.html").read_text() == "one" and (out / MARKER).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_command_writes_the_site(folder, tmp_path):
    result = CliRunner().invoke(app, ["kg", "docs", "--out", str(tmp_path / "site"), "--graph", str(folder)])
    assert result.exit_code == 0 and "pages" in result.output
    assert "Dong lusheng dance" in (tmp_path / "site" / "dances" / "dong-lusheng.html").read_text(encoding="utf-8")
    result = CliRunner().invoke(app, ["kg", "docs", "--out", str(folder), "--graph", str(folder)])
    assert result.exit_code == 2 and "left alone" in result.output and (folder / "shapes.ttl").exists()

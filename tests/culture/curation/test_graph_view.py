"""The semantic graph is drawn so that one can read it, and explored on one page that needs nothing beside itself."""

import itertools
import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import html5rdf
import pytest
from rdflib import URIRef
from rdflib.namespace import RDF
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.culture.curation import graph_view
from ritual.culture.curation.cards import Cards
from ritual.culture.curation.graph_view.layout import layout
from ritual.culture.graph import load_graph
from ritual.culture.vocabulary import KG
from ritual.errors import BadInput

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def cards(shipped):
    return Cards(shipped)


@pytest.fixture(scope="module")
def drawn(cards):
    return graph_view.network(cards)


def kg(*args):
    return CliRunner().invoke(app, ["kg", "graph", *map(str, args)])


def test_every_group_dance_symbol_concept_occasion_and_rule_is_drawn(cards, drawn):
    kinds = {thing.kind for thing in drawn.things}
    assert {"group", "dance", "symbol", "concept", "occasion", "rule"} <= kinds
    for kind in ("group", "dance", "symbol"):
        nodes = set(cards.data.subjects(RDF.type, graph_view.KINDS[kind]))
        assert {thing.iri for thing in drawn.things if thing.kind == kind} >= set(map(str, nodes)) != set()


def test_links_join_drawn_things_and_a_symmetric_one_is_drawn_once(drawn):
    drawn_iris = {thing.iri for thing in drawn.things}
    pairs = [frozenset((link.start, link.end)) for link in drawn.links if link.sort in ("opposes", "near")]
    assert all(link.start in drawn_iris and link.end in drawn_iris for link in drawn.links)
    assert len(pairs) == len(set(pairs)) > 0


def test_around_a_node_keeps_what_is_within_the_depth(dong):
    cards = Cards(dong)
    near = graph_view.network(cards, around=URIRef(KG["dong-drum"]), depth=1)
    labels = {thing.label for thing in near.things}
    assert labels >= {"Dong drum", "Dong", "harmony"} and "Dong sun" not in labels
    assert "Dong sun" in {t.label for t in graph_view.network(cards, around=URIRef(KG["dong-drum"]), depth=2).things}


def test_an_unknown_kind_and_a_centre_that_is_not_drawn_are_refused(dong):
    with pytest.raises(BadInput, match="Unknown kind 'dnace'") as error:
        graph_view.network(Cards(dong), ["dnace"])
    assert "dance" in error.value.hint
    with pytest.raises(BadInput, match="not drawn: costume"):
        graph_view.network(Cards(dong), around=URIRef(KG["dong-costume"]))


def test_no_two_names_or_marks_overlap(drawn):
    laid = layout(drawn)
    boxes = []
    for place in laid.placed:
        wide = max([place.radius, *(3.2 * sum(2 if ord(c) > 0x2E00 else 1 for c in line) for line in place.lines)])
        left, top = place.x - wide, place.y - place.radius
        right, bottom = place.x + wide, place.y + place.radius + 14 * len(place.lines)
        boxes.append((left, top, right, bottom))
        assert min(left, top) >= 0 and right <= laid.width and bottom <= laid.height
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (a, b)


def test_the_same_graph_gives_the_same_picture(cards):
    kinds = ("group", "dance", "symbol")
    first, second = (graph_view.svg(graph_view.network(cards, kinds)) for _ in range(2))
    assert first == second


def test_the_svg_is_well_formed_and_names_what_it_shows(drawn):
    root = ElementTree.fromstring(graph_view.svg(drawn))
    texts = "".join(root.itertext())
    assert "Dai peacock dance" in texts and "opposes" in texts and "is near" in texts
    assert len(root.findall(".//{*}g[@data-iri]")) == len(drawn.things)


def test_one_thing_and_nothing_at_all_can_be_drawn(dong):
    alone = graph_view.network(Cards(dong), ["dance"])
    assert len(alone.things) == 1 and "Dong lusheng" in graph_view.svg(alone)
    ElementTree.fromstring(graph_view.svg(graph_view.Network((), ())))


def test_the_page_needs_nothing_beside_itself(cards, drawn):
    text = graph_view.page(cards, drawn)
    html5rdf.HTMLParser(strict=True).parse(text)
    assert not re.search(r"""(src|href)=["'](?!#)|url\(|@import|fetch\(|XMLHttp""", text)
    data = json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.DOTALL)[1])
    card = data[str(KG["dai-peacock"])]
    assert card["zh"] == "傣族孔雀舞" and card["source"] and card["review"] and card["rules"]


def test_a_name_cannot_break_out_of_the_page(edited):
    cards = Cards(load_graph(edited('"Dong sun"@en', '"</script><b>&</b>"@en')))
    drawn = graph_view.network(cards)
    text = graph_view.page(cards, drawn, title="</title><script>")
    assert text.count("</script>") == 2 and "<b>" not in text and "</title><script>" not in text
    ElementTree.fromstring(graph_view.svg(drawn))


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_in_a_browser_the_address_opens_the_panel_of_a_node(cards, drawn, tmp_path):
    path = tmp_path / "graph.html"
    path.write_text(graph_view.page(cards, drawn), encoding="utf-8")
    address = f"{path.as_uri()}#kg:dai-peacock"
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/p", "--dump-dom"]
    dom = subprocess.run([*command, address], capture_output=True, text=True, timeout=300).stdout
    panel = re.search(r'<aside id="panel"(.*?)</aside>', dom, re.DOTALL)[1]
    assert "hidden" not in panel.split(">")[0] and "Dai peacock dance" in panel and "Rules that touch it" in panel


def test_the_command_writes_svg_and_html_and_refuses_other_names(folder, tmp_path):
    for name in ("g.svg", "g.html"):
        result = kg("--out", tmp_path / name, "--around", "侗族太阳纹", "--graph", folder)
        assert result.exit_code == 0 and "Dong sun" in (tmp_path / name).read_text(encoding="utf-8")
    for args, what in [(("g.png",), "must end in .svg or .html"), (("g.svg", "--around", "harvest"), "may mean")]:
        result = kg("--out", tmp_path / args[0], *args[1:], "--graph", folder)
        assert result.exit_code == 2 and what in result.output and "Traceback" not in result.output


def test_drawing_does_not_wait_for_torch(tmp_path):
    code = (
        "import sys; from typer.testing import CliRunner; from ritual.cli.main import app;"
        f"r = CliRunner().invoke(app, ['kg', 'graph', '--out', {str(tmp_path / 'g.html')!r}]); assert r.exit_code == 0;"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

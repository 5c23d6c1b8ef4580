"""Templates: sound as they are written, in order, and open about what is still to be filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ritual.culture.curation.check import check
from ritual.culture.curation.fmt import formatted
from ritual.culture.curation.new import Kind, begin
from ritual.errors import BadInput

BELONGS = {Kind.GROUP: {}, Kind.DANCE: {"group": "dong"}, Kind.SYMBOL: {"group": "dong"}, Kind.TABOO: {"group": "dong"}}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", ["new thing", "新事物", 'new "thing" 新事物'])
def test_a_template_is_sound_in_order_and_says_what_is_open(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, kind: Kind, name: str
) -> None:
    path = begin(kind, name, **BELONGS[kind], out=tmp_path_factory.mktemp("new") / "x.ttl", graph=folder)
    report = check([path], folder)
    assert report.count("error") == 0, report.findings
    assert report.count("warning") > 0
    assert any("still to be done" in finding.message for finding in report.findings)
    text = path.read_text(encoding="utf-8")
    assert formatted(text, "x.ttl") == text
    assert "$" not in text


def test_a_dance_brings_two_stances_with_angles_and_joins_the_graph(folder: Path) -> None:
    from ritual.culture.graph import load_graph

    begin(Kind.DANCE, "step dance 踏舞", group="dong", out=folder / "groups" / "step.ttl", graph=folder)
    dance = load_graph(folder).rulebook("dong-step-dance")
    assert (dance.dance.label, dance.dance.label_zh) == ("step dance", "踏舞")
    assert len(dance.stances) == 2 and all(stance.angles.any() for stance in dance.stances)


def test_a_taboo_holds_where_it_is_said_to_hold(folder: Path) -> None:
    from ritual.culture.graph import load_graph

    begin(Kind.TABOO, "bent wrist", dance="dong-lusheng", out=folder / "groups" / "t.ttl", graph=folder)
    texts = [rule.text for rule in load_graph(folder).explain("dong-lusheng", "female")]
    assert any("left wrist flexion stays at or below 79 deg" in text for text in texts)


@pytest.mark.parametrize(
    ("kind", "name", "options", "slug"),
    [
        (Kind.GROUP, "Du-long People", {}, "du-long-people"),
        (Kind.DANCE, "umbrella dance", {"group": "dong"}, "dong-umbrella-dance"),
        (Kind.DANCE, "Dong umbrella", {"group": "dong"}, "dong-umbrella"),
        (Kind.SYMBOL, "Café's sun", {"group": "dong"}, "dong-cafes-sun"),
        (Kind.SYMBOL, "太阳", {"group": "dong"}, "dong-new-symbol"),
        (Kind.SYMBOL, "太阳", {"group": "dong", "slug": "dong-taiyang"}, "dong-taiyang"),
        (Kind.TABOO, "high elbow", {"dance": "dong-lusheng"}, "dong-lusheng-taboo-high-elbow"),
    ],
)
def test_the_file_is_named_after_the_slug(
    folder: Path, tmp_path_factory, monkeypatch: pytest.MonkeyPatch, kind: Kind, name: str, options: dict, slug: str
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    assert begin(kind, name, **options, graph=folder) == Path(f"{slug}.ttl")
    assert f'rm:slug "{slug}"' in Path(f"{slug}.ttl").read_text(encoding="utf-8") or kind is Kind.TABOO


def test_a_file_is_never_written_over(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("here") / "mine.ttl"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match=r"mine\.ttl is there already; nothing was written\."):
        begin(Kind.GROUP, "Dulong", out=path, graph=folder)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("kind", "name", "options", "message"),
    [
        (Kind.GROUP, " ? ", {}, "is no name"),
        (Kind.GROUP, "Dong", {}, "The graph has kg:dong already"),
        (Kind.DANCE, "x", {}, "Say with --group where the dance belongs"),
        (Kind.TABOO, "x", {}, "Say with --dance or --group where the taboo belongs"),
        (Kind.DANCE, "x", {"group": "dongg"}, "Unknown group 'dongg'. Did you mean dong"),
        (Kind.TABOO, "x", {"dance": "lusheng"}, "Unknown dance 'lusheng'"),
        (Kind.GROUP, "x", {"slug": "A b"}, "'A b' is no slug"),
    ],
)
def test_what_cannot_be_begun_is_refused(folder: Path, kind: Kind, name: str, options: dict, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        begin(kind, name, **options, out=folder / "x.ttl", graph=folder)
    assert message in str(caught.value)
    assert not (folder / "x.ttl").exists()

"""`ritual image ornament` writes a folder that is a collection, or says what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.culture.graph import Graph, load_graph
from ritual.pictures.collection import Collection

runner = CliRunner()


def ornament(*args: object) -> object:
    return runner.invoke(app, ["image", "ornament", *map(str, args)])


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load_graph()


def test_the_folder_is_a_collection_of_what_was_asked(tmp_path: Path, graph: Graph) -> None:
    result = ornament(
        "--form", "spiral", "--form", "horn", "--group", "miao", "--count", 6, "--size", 64, "--out", tmp_path
    )
    assert result.exit_code == 0, result.output
    assert "6 patterns drawn" in result.output
    collection = Collection(tmp_path, graph)
    assert len(collection) == 6 and not collection.bad
    assert {a.form for a in collection.annotations} == {"spiral", "horn"}
    assert {a.group for a in collection.annotations} == {"miao"} and all(a.concepts for a in collection.annotations)
    assert len(set(collection.families)) > 3
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (3 * 70 + 6, 2 * 70 + 6)


def test_the_same_seed_draws_the_same_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert (
            ornament(
                "--symbol", "han-lotus", "--count", 2, "--size", 64, "--seed", seed, "--out", tmp_path / name
            ).exit_code
            == 0
        )
    sheets = [(tmp_path / name / "sheet.png").read_bytes() for name in "abc"]
    assert sheets[0] == sheets[1] != sheets[2]


def test_svg_holds_the_bare_drawing(tmp_path: Path) -> None:
    assert ornament("--symbol", "han-lotus", "--svg", "--count", 2, "--out", tmp_path).exit_code == 0
    drawings = sorted(tmp_path.glob("*.svg"))
    assert len(drawings) == 2 and drawings[0].read_text(encoding="utf-8").startswith("<svg")
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--form", "spirale"), "Did you mean spiral"),
        (("--group", "atlantis"), "knows no group 'atlantis'"),
        (("--form", "fan", "--group", "miao"), "Forms of miao: butterfly, dragon"),
        (("--symbol", "tibetan-thangka"), "No symbol is all of that"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(tmp_path: Path, args: tuple[str, ...], told: str) -> None:
    result = ornament(*args, "--out", tmp_path / "new")
    assert result.exit_code == 2 and told in " ".join(result.output.split())
    assert not (tmp_path / "new").exists()


def test_a_folder_with_labels_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("mine", encoding="utf-8")
    result = ornament("--form", "sun", "--count", 1, "--out", tmp_path)
    assert result.exit_code == 2 and (tmp_path / "labels.csv").read_text(encoding="utf-8") == "mine"

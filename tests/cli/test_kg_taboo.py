"""`ritual kg taboo` as curators and programs use it."""

from __future__ import annotations

import builtins
import json
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.resources import resource

runner = CliRunner()


def taboo(*args):
    return runner.invoke(app, ["kg", "taboo", *map(str, args)])


@pytest.fixture(scope="module")
def shipped():
    result = taboo("--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_json_has_r_p_and_n_and_what_they_rest_on(shipped):
    assert -1 <= shipped["r"] <= 1 and 0 <= shipped["p"] <= 1 and shipped["n"] > 40
    assert shipped["centrality"] == "degree" and shipped["published"] == {"r": 0.86, "p": "< 0.01"}
    assert shipped["by_centrality"]["degree"]["r"] == shipped["r"]
    assert set(shipped["by_centrality"]) == {"degree", "eigenvector", "betweenness", "closeness"}
    named = [row for row in shipped["symbols"] if row["snippets"]]
    assert len(named) == shipped["n"]
    for row in named:
        assert row["indicator"] == pytest.approx(row["frequency"] * row["co_occurrence"])
        assert 0.8 <= row["delta"] <= 1.2


def test_the_table_says_r_p_n_and_the_published_r_beside_them(shipped):
    result = taboo()
    assert result.exit_code == 0
    assert f"r = {shipped['r']:.2f}, p = {shipped['p']:.2g}, n = {shipped['n']}" in result.stdout
    assert "The paper reports r = 0.86" in result.stdout and "says nothing beyond them" in result.stdout
    assert all(row["symbol"] in result.stdout for row in shipped["symbols"])


@pytest.mark.parametrize(("name", "magic"), [("plot.png", b"\x89PNG"), ("plot.svg", b"<?xml")])
def test_the_plot_is_written_and_the_same_each_time(tmp_path, name, magic):
    plots = [tmp_path / "one", tmp_path / "two"]
    for folder in plots:
        folder.mkdir()
        assert taboo("--plot", folder / name).exit_code == 0
    first, second = ((folder / name).read_bytes() for folder in plots)
    assert first.startswith(magic) and first == second


def test_another_suffix_is_refused_and_nothing_is_written(tmp_path):
    result = taboo("--plot", tmp_path / "plot.pdf")
    assert result.exit_code == 2 and ".png or .svg" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    found = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    result = taboo("--plot", tmp_path / "plot.png")
    assert result.exit_code == 2 and 'pip install "ritual-motion[plots]"' in result.stderr


def test_a_graph_of_ones_own_without_snippets_is_told_what_to_add(tmp_path):
    folder = tmp_path / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    (folder / "snippets.ttl").unlink()
    result = taboo("--graph", folder, "--json")
    assert result.exit_code == 2 and "rm:Snippet" in json.loads(result.stdout)["message"]


def test_an_edited_snippet_changes_the_level(tmp_path, shipped):
    folder = tmp_path / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    with (folder / "snippets.ttl").open("a", encoding="utf-8") as file:
        file.write(
            'kg:snippet-test a rm:Snippet ; rm:describes rm:RitualLife ; rm:text "The holy sheep horn pattern."@en ;\n'
            "    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n"
        )
    edited = {row["symbol"]: row for row in json.loads(taboo("--graph", folder, "--json").stdout)["symbols"]}
    before = next(row for row in shipped["symbols"] if row["symbol"] == "yi-sheep-horn")
    assert edited["yi-sheep-horn"]["snippets"] == before["snippets"] + 1
    assert edited["yi-sheep-horn"]["delta"] > before["delta"]


def test_neither_torch_nor_matplotlib_is_loaded_for_the_table():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom ritual.cli.main import app\n"
        "result = CliRunner().invoke(app, ['kg', 'taboo'])\n"
        "sys.exit(result.exit_code or ('torch' in sys.modules) + 2 * ('matplotlib' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

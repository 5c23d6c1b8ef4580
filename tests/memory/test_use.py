"""A memory in use: describing, searching, adding, the page, and the command line."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.errors import BadInput
from ritual.memory.atlas import atlas_of
from ritual.memory.card import write_card
from ritual.memory.data import drawn_material, load_motifs, tensor_of
from ritual.memory.describe import describe_file, resized, taboos_of
from ritual.memory.evaluation import evaluate
from ritual.memory.report_page import page
from ritual.memory.search import index_of_folder, search
from ritual.memory.teaching import add_concept, add_prototype, take_in
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import train
from ritual.memory.weights import memory_of, read_memory, write_memory
from ritual.pictures.reading import read_picture

run = CliRunner().invoke


@pytest.fixture(scope="module")
def small(graph):
    """A small corpus of 32 px drawn from the graph."""
    return drawn_material(graph, 500, 32)


@pytest.fixture(scope="module")
def weights(graph, material, tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    trained = train(TrainConfig(folder, row="enhanced", epochs=2, size=32), material)
    atlas = atlas_of(trained.model, material, graph)
    return write_memory(folder / "memory.safetensors", memory_of(trained.model, material, {}, 32, atlas))


@pytest.fixture
def folder(tmp_path, material):
    """Eight drawn patterns, a broken file and an empty one."""
    place = tmp_path / "patterns"
    place.mkdir()
    for n in range(8):
        Image.fromarray(material.pictures[n * 30].permute(1, 2, 0).numpy()).save(place / f"p{n}.png")
    (place / "broken.png").write_bytes(b"\x89PNG nothing")
    (place / "empty.png").write_bytes(b"")
    return place


def test_a_picture_is_described_by_all_that_is_known(weights, graph, folder):
    told = describe_file(read_memory(weights), graph, folder / "p3.png")
    assert set(told.descriptors) == {"linearity", "curvature", "symmetry", "hue", "saturation", "complexity"}
    assert len(told.prototypes) == 5 and all(one["picture"] for one in told.prototypes)
    likeness = [one["likeness"] for one in told.prototypes]
    assert likeness == sorted(likeness, reverse=True)
    assert len(told.concepts[""]) == 3 and sum(one.confidence for one in told.concepts[""]) <= 1.001


def test_an_occasion_that_the_memory_never_met_is_refused(weights, graph, folder):
    with pytest.raises(BadInput, match=r"knows no occasion 'weding'.*wedding"):
        describe_file(read_memory(weights), graph, folder / "p3.png", "weding")


def test_taboos_are_those_of_the_graph(graph):
    found = taboos_of(graph, ["yi-torch-pattern", "dai-elephant-god", "han-cloud"])
    assert {slug for slug, _ in found} == {"yi-torch-pattern", "dai-elephant-god"}
    assert "forbidden" in dict(found)["yi-torch-pattern"] and "hunting" in dict(found)["dai-elephant-god"]


def test_a_picture_finds_itself_first_and_bad_files_are_told(weights, graph, folder):
    memory = read_memory(weights)
    index = index_of_folder(memory, [folder])
    assert len(index.paths) == 8 and len(index.bad) == 2
    for way in ("form", "meaning"):
        hits = search(memory, graph, index, str(folder / "p5.png"), way, count=3)
        assert hits[0].path.name == "p5.png" and hits[0].likeness == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(BadInput, match="no way 'sound'"):
        search(memory, graph, index, str(folder / "p5.png"), "sound")


def test_words_of_any_language_name_forms_concepts_and_symbols(weights, graph, folder):
    memory = read_memory(weights)
    index = index_of_folder(memory, [folder])
    english, chinese = (search(memory, graph, index, word) for word in ("power", "权力"))
    assert english == chinese and len(english) == 8
    assert search(memory, graph, index, "spiral") and search(memory, graph, index, "miao-spiral")
    with pytest.raises(BadInput, match=r"'powr' is no picture's file .* Did you mean power"):
        search(memory, graph, index, "powr")


def test_what_is_like_is_found_among_very_many_pictures(weights, graph, folder):
    memory = read_memory(weights)
    few = index_of_folder(memory, [folder])
    rng = np.random.default_rng(0)
    others = rng.normal(size=(120_000, few.form.shape[1])).astype(np.float32)
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    names = tuple(Path(f"{n}.png") for n in range(len(others)))
    many = replace(few, paths=(*names, *few.paths), form=np.concatenate([others, few.form]))
    asked = str(folder / "p3.png")
    found = search(memory, graph, many, asked, count=20)
    assert found[0] == search(memory, graph, few, asked)[0] and found[0].path.name == "p3.png"
    assert [hit.likeness for hit in found] == sorted((hit.likeness for hit in found), reverse=True)


def test_a_concept_from_pictures_takes_effect_at_once_and_lasts(weights, graph, folder, tmp_path):
    memory = read_memory(weights)
    fresh = next(slug for slug in graph.lexicon.things("concept") if slug not in memory.names.concepts)
    before = {name: tensor.clone() for name, tensor in memory.model.named_parameters()}
    taught, bad = add_concept(memory, graph, fresh, [folder / "p2.png", folder / "empty.png"])
    assert len(bad) == 1 and taught.names.concepts[-1] == fresh
    assert all(torch.equal(tensor, before[name]) for name, tensor in taught.model.named_parameters())
    back = read_memory(write_memory(tmp_path / "taught.safetensors", taught))
    seen = back.model(resized(tensor_of(read_picture(folder / "p2.png")), 32).float() / 255)
    assert int(seen.w_s.argmax()) == len(back.names.concepts) - 1 and seen.concept.shape[1] == len(back.names.concepts)
    with pytest.raises(BadInput, match="already"):
        add_concept(back, graph, fresh, [folder / "p2.png"])
    with pytest.raises(BadInput, match="The graph knows no concept 'powr'"):
        add_concept(back, graph, "powr", [folder / "p2.png"])


def test_a_prototype_from_pictures_is_the_nearest_to_them(weights, graph, folder):
    taught, _ = add_prototype(read_memory(weights), graph, "spiral", "miao", [folder / "p4.png"], "whorl")
    nearest = describe_file(taught, graph, folder / "p4.png").prototypes[0]
    assert nearest["name"] == "whorl" and nearest["likeness"] > 0.999
    with pytest.raises(BadInput, match=r"knows no form 'spirl'.*spiral"):
        add_prototype(taught, graph, "spirl", "miao", [folder / "p4.png"])


def test_pictures_that_are_taken_in_move_what_they_are_like_and_become_what_nothing_is(weights, graph, folder):
    before = read_memory(weights)
    form = before.names.forms[int(before.model.visual_bank.form[0])]
    count = before.model.visual_bank.counts.sum()
    taught, bad = take_in(read_memory(weights), graph, form, "miao", [folder])
    grown = len(taught.prototypes) - len(before.prototypes)
    assert len(taught.model.visual_bank.vectors) == len(taught.prototypes) and len(bad) == 2
    assert taught.model.visual_bank.counts.sum() == count + 8 and 0 <= grown <= 8
    again, _ = take_in(taught, graph, form, "miao", [folder])
    assert len(again.prototypes) == len(taught.prototypes)  # each is like what it became


def test_motifs_of_a_folder_are_read_by_type(graph, tmp_path, material):
    for n in range(4):
        Image.fromarray(material.pictures[n * 50].permute(1, 2, 0).numpy()).save(tmp_path / f"{n}.png")
    rows = "".join(f"{n}.png,t{n},type{n % 2}\n" for n in range(4))
    (tmp_path / "labels.csv").write_text("file,title,type\n" + rows + "gone.png,x,type0\n", encoding="utf-8")
    motifs, bad = load_motifs(tmp_path, graph, 48)
    assert motifs.types == ("type0", "type1") and motifs.labels.tolist() == [0, 1, 0, 1] and len(bad) == 1


def test_the_command_line_describes_searches_and_adds(weights, folder, tmp_path):
    told = run(app, ["memory", "describe", str(folder), "--weights", str(weights), "--json"])
    data = json.loads(told.stdout)
    assert told.exit_code == 2 and len(data["pictures"]) == 8 and len(data["bad"]) == 2
    one = run(app, ["memory", "describe", str(folder / "p1.png"), "--weights", str(weights)])
    assert one.exit_code == 0 and "Table 1: linearity" in one.stdout and "Like P" in one.stdout
    found = run(app, ["memory", "search", "spiral", str(folder / "p1.png"), "--weights", str(weights)])
    assert found.exit_code == 0 and "p1.png" in found.stdout
    out = tmp_path / "m.safetensors"
    line = ["memory", "add", str(folder / "p1.png"), "--form", "spiral", "--group", "yi", "--out", str(out)]
    assert run(app, [*line, "--weights", str(weights)]).exit_code == 0 and len(read_memory(out).prototypes) == 129
    nothing = run(app, ["memory", "add", str(folder / "p1.png"), "--form", "spiral", "--out", str(out)])
    assert nothing.exit_code == 2 and "Say what to add" in nothing.stderr


@pytest.mark.slow
def test_an_evaluation_has_every_figure_of_the_contract_and_a_page(graph, small, tmp_path):
    material, swaps = small
    config = TrainConfig(tmp_path, epochs=1, size=32)
    found = evaluate(config, graph, material, swaps, None, None, 1, "again", sweep=False)
    result = json.loads(json.dumps(found.result))
    assert [row["name"] for row in result["rows"]] == [
        "backbone",
        "+ visual bank",
        "+ semantic bank",
        "full",
        "enhanced",
    ]
    keys = {"name", "visual_purity", "semantic_purity", "accuracy", "parameters_m", "ms"}
    assert all(keys <= set(row) for row in result["rows"])
    assert {"real_motifs", "probe_concept_on_visual", "probe_form_on_semantic", "chance"} <= set(result)
    assert result["swaps"]["swap_kept_form"] == 1.0
    assert sum(map(sum, result["confusion"]["matrix"])) == len(material.splits["test"])
    card = write_card(tmp_path / "m.safetensors", result).read_text(encoding="utf-8")
    assert card.count("| enhanced |") == 1 and f"{result['swaps']['swaps']:.0f} times" in card
    assert json.loads((tmp_path / "m-card.json").read_text(encoding="utf-8")) == result
    html = page(result, found.atlas)
    assert html == page(result, found.atlas) and html.count("data:image/png") > 100
    again = evaluate(config, graph, material, swaps, None, None, 1, "again", sweep=False)
    timeless = [{k: v for k, v in row.items() if k not in ("ms", "spread")} for row in again.result["rows"]]
    assert timeless == [{k: v for k, v in row.items() if k not in ("ms", "spread")} for row in result["rows"]]


def test_a_page_of_something_else_is_refused():
    with pytest.raises(BadInput, match="lacks rows and chance"):
        page({"figures": {}, "confusion": {}, "descriptors": {}})


@pytest.mark.slow
def test_what_swaps_ask_is_what_the_graph_says(small, graph):
    material, swaps = small
    assert len(swaps.picture) > 10
    assert set(swaps.picture.tolist()) <= set(material.splits["test"].tolist())
    assert (material.concept[swaps.picture] != swaps.concept).all()
    assert np.all(swaps.occasion.numpy() != material.occasion[swaps.picture].numpy())

"""`ritual image evaluate` on folders: figures, tests, names that do not match, sizes, broken files."""

import json

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.errors import BadInput
from ritual.imagery.evaluation.evaluate import evaluate
from ritual.imagery.evaluation.evaluation_page import write_page
from ritual.imagery.evaluation.instruments import instruments_of
from ritual.imagery.evaluation.picture_sets import batches, named_sets

COUNT = 6


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """real, and two models: `sharp` (a little noise) and `soft` (blurred); `other`: another domain."""
    root, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for n in range(COUNT + 4):
        blocks = Image.fromarray(rng.integers(0, 255, (6, 6, 3), dtype=np.uint8)).resize((48, 48), Image.NEAREST)
        noise = rng.normal(0, 4, (48, 48, 3))
        noisy = Image.fromarray(np.clip(np.asarray(blocks) + noise, 0, 255).astype(np.uint8))
        stripes = Image.fromarray(np.tile(rng.integers(0, 255, (1, 48, 3), dtype=np.uint8), (48, 1, 1)))
        blurred = blocks.filter(ImageFilter.GaussianBlur(3))
        for name, picture in (("real", blocks), ("sharp", noisy), ("soft", blurred), ("other", stripes)):
            (root / name).mkdir(exist_ok=True)
            if n < COUNT or name in ("other", "real"):
                picture.save(root / name / f"{n}.png")
    return root


@pytest.fixture(scope="module")
def instruments():
    return instruments_of()


@pytest.fixture(scope="module")
def result(folders, instruments):
    made = [folders / "sharp", folders / "soft"]
    return evaluate(made, folders / "real", True, instruments, source=folders / "other")


def test_the_better_model_is_better_and_a_test_says_so(result):
    sharp, soft = (model["figures"] for model in result["models"])
    assert sharp["SSIM"]["mean"] > soft["SSIM"]["mean"]
    assert sharp["FID-memory"]["mean"] < soft["FID-memory"]["mean"]
    assert sharp["edge detail"]["mean"] > soft["edge detail"]["mean"]
    (test,) = [test for test in result["tests"] if test["figure"] == "SSIM"]
    assert test["kind"] == "paired" and test["difference"] > 0 and test["holm"] < 0.05


def test_every_picture_has_its_figures_and_every_figure_its_definition(result):
    for model in result["models"]:
        assert len(model["names"]) == model["pictures"] == COUNT
        assert all(len(values) == COUNT for values in model["each"].values())
        assert set(model["figures"]) <= set(result["measures"])
    assert json.loads(json.dumps(result)) == result


def test_real_pictures_have_a_row_of_what_needs_no_partner(result):
    figures = result["real"]["figures"]
    assert figures["sharpness"]["mean"] > 0 and "SSIM" not in figures and "FID-memory" not in figures


def test_what_is_not_published_is_said(result):
    notes = " ".join(result["notes"])
    assert "FID-memory" in notes and "no published LPIPS" in notes and "NIMA was not measured" in notes
    assert f"here {COUNT}" in notes and "4 of the real ones have no partner in 'sharp'" in notes


def test_the_classifier_tells_domains_and_its_own_accuracy(result):
    assert result["classifier"]["accuracy_on_held_out_real"] > 0.8
    assert result["models"][0]["figures"]["accuracy"]["mean"] > 0.8


def test_sets_without_pairs_have_no_figures_of_pairs(folders, instruments):
    found = evaluate([folders / "sharp", folders / "other"], folders / "real", False, instruments)
    assert "SSIM" not in found["models"][0]["figures"] and found["shown"] == []
    assert found["models"][0]["figures"]["KID-memory"]["mean"] < found["models"][1]["figures"]["KID-memory"]["mean"]


def test_models_of_other_pictures_are_compared_as_strangers(folders, instruments, tmp_path):
    for n in range(3):
        Image.open(folders / "soft" / f"{n}.png").save(tmp_path / f"x{n}.png")
    found = evaluate([folders / "sharp", tmp_path], folders / "real", False, instruments)
    assert {test["kind"] for test in found["tests"]} == {"Welch"}


def test_other_sizes_are_resized_and_broken_files_left_out_and_both_told(folders, instruments, tmp_path):
    for n in range(COUNT):
        Image.open(folders / "real" / f"{n}.png").resize((96, 96), Image.NEAREST).save(tmp_path / f"{n}.png")
    (tmp_path / "2.png").write_bytes(b"no picture")
    found = evaluate([tmp_path], folders / "real", True, instruments)
    assert found["models"][0]["pictures"] == COUNT - 1 and len(found["bad"]) == 1
    assert "5 pictures had another size" in " ".join(found["notes"])
    assert found["models"][0]["figures"]["SSIM"]["mean"] > 0.9


@pytest.mark.parametrize("place", ["real/0.json", "structure.json"])
def test_what_is_told_of_a_scene_is_its_structure(instruments, tmp_path, place):
    for kind in ("real", "made"):
        (tmp_path / kind).mkdir()
        for n in range(2):
            house = np.full((64, 64, 3), 30, np.uint8)
            house[12:52, 12:52] = 220 if kind == "real" else 30
            house[12:14, 12:52] = 220  # the made one has its roof alone
            Image.fromarray(house).save(tmp_path / kind / f"{n}.png")
    points = [{"kind": "wall", "x": x / 64, "y": y / 64, "depth": 5} for x, y in ((12, 12), (52, 12), (52, 52))]
    told = {"points": points, "lines": [[0, 1], [1, 2]]}
    (tmp_path / place).write_text(json.dumps(told if place != "structure.json" else {"real/0.png": told}))
    (tmp_path / "real" / "1.json").write_text("{}")
    found = evaluate([tmp_path / "made"], tmp_path / "real", True, instruments)
    with_scene, without = found["models"][0]["each"]["lines"]
    assert with_scene == pytest.approx(0.5, abs=0.1) and without < 0.45
    assert any("1.png" in note for note in found["notes"])


def test_a_page_has_the_pictures_and_loads_nothing(result, tmp_path):
    page = write_page(result, tmp_path / "page.html").read_text()
    assert page.count("data:image/png") == 3 * len(result["shown"]) and len(result["shown"]) == COUNT
    assert "http" not in page and "<script" not in page and "FID-memory ↓" in page


def test_large_pictures_are_stacked_a_few_at_a_time():
    def stacks(side, count):
        return [len(names) for names, _ in batches((str(n), (torch.zeros(3, side, side),)) for n in range(count))]

    assert stacks(64, 40) == [16, 16, 8] and stacks(1024, 6) == [4, 2]


def test_models_are_named_by_what_tells_them_apart(tmp_path):
    for name in ("a/out", "b/out"):
        (tmp_path / name).mkdir(parents=True)
        Image.new("RGB", (16, 16)).save(tmp_path / name / "1.png")
    assert [one.name for one in named_sets([tmp_path / "a" / "out", tmp_path / "b" / "out"])] == ["a/out", "b/out"]
    with pytest.raises(BadInput, match="twice"):
        named_sets([tmp_path / "a" / "out", tmp_path / "a" / ".." / "a" / "out"])


@pytest.mark.parametrize(
    ("made", "real", "options", "words"),
    [
        ("nowhere", "real", [], "no folder"),
        ("renamed", "real", ["--paired"], "has the name of one"),
        ("one", "real", [], "two at least"),
        ("sharp", "real", ["--inception", "none.pth"], "no weights"),
        ("sharp", "real", ["--lpips-heads", "alex.pth"], "backbone"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(folders, made, real, options, words, tmp_path):
    for name, source in (("renamed", "r"), ("one", "0")):
        (folders / name).mkdir(exist_ok=True)
        Image.open(folders / "sharp" / "0.png").save(folders / name / f"{source}.png")
    found = CliRunner().invoke(
        app, ["image", "evaluate", "--made", str(folders / made), "--real", str(folders / real), *options]
    )
    assert found.exit_code == 2 and words in found.output and "Traceback" not in found.output


def test_the_command_writes_figures_table_and_page(folders, tmp_path):
    made, real = str(folders / "sharp"), str(folders / "real")
    files = {"--json": "a.json", "--latex": "a.tex", "--csv": "a.csv", "--report": "look"}
    options = [part for option, name in files.items() for part in (option, str(tmp_path / name))]
    found = CliRunner().invoke(app, ["image", "evaluate", "--made", made, "--real", real, "--paired", *options])
    assert found.exit_code == 0 and "SSIM" in found.output
    assert json.loads((tmp_path / "a.json").read_text())["models"][0]["name"] == "sharp"
    assert r"\toprule" in (tmp_path / "a.tex").read_text() and (tmp_path / "a.csv").read_text().startswith("model,")
    assert (tmp_path / "look" / "evaluation.html").is_file()

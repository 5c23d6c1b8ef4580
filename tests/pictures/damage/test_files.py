"""`ritual image damage`: files, folders, patterns and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from ritual.cli.main import app
from ritual.pictures.damage import damaged
from ritual.pictures.reading import read_picture


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["image", "damage", *map(str, words)])


def draw(path: Path, seed: int = 0, mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 160, (8, 6, len(mode)), np.uint8).repeat(8, 0).repeat(8, 1)
    Image.fromarray(pixels, mode).save(path)
    return path


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "damage.jsonl").read_text().splitlines()]


def test_a_folder_gives_pictures_masks_and_lines_that_say_how_to_get_them_again(tmp_path: Path) -> None:
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    result = run(tmp_path / "in", "--out", tmp_path / "out", "--kind", "fading=0.8", "--kind", "occlusion", "--seed", 7)
    assert result.exit_code == 0 and "3 pictures damaged" in result.output
    for line in lines(tmp_path / "out"):
        image = read_picture(line["input"]).rgba[..., :3]
        again = damaged(image, list(line["strength"]), line["strength"], line["seed"], tuple(line["ground"]))
        assert line["strength"] == {"fading": 0.8, "occlusion": 0.5}
        written = np.asarray(Image.open(tmp_path / "out" / line["image"]))
        np.testing.assert_allclose(written / 255, again.image, atol=0.003)
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out" / line["mask"])) > 127, again.mask)
        assert line["changed"] == pytest.approx(again.mask.mean(), abs=1e-4)


def test_bad_pictures_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    draw(tmp_path / "in" / "good.png")
    (tmp_path / "in" / "bad.png").write_bytes(b"no picture")
    (tmp_path / "in" / "empty.png").touch()
    result = run(tmp_path / "in", tmp_path / "missing.png", "--out", tmp_path / "out", "--kind", "curl")
    assert result.exit_code == 2 and "1 picture damaged" in result.output and "3 could not be" in result.output
    assert (tmp_path / "out" / "good-damaged.png").exists() and len(lines(tmp_path / "out")) == 1


def test_json_tells_the_same(tmp_path: Path) -> None:
    draw(tmp_path / "good.png")
    (tmp_path / "bad.png").touch()
    result = run(tmp_path / "good.png", tmp_path / "bad.png", "--out", tmp_path / "out", "--kind", "curl", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 2 and told["pictures"] == lines(tmp_path / "out")
    assert [Path(row["input"]).name for row in told["bad"]] == ["bad.png"]


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    first = draw(tmp_path / "a-damaged.png", 5).read_bytes()
    result = run(tmp_path, "--out", tmp_path, "--kind", "curl")
    assert result.exit_code == 2 and "written over" in " ".join(result.output.split())
    assert (tmp_path / "a-damaged.png").read_bytes() == first


def test_a_second_run_does_not_damage_what_the_first_made(tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    for _ in range(2):
        assert run(tmp_path, "--out", tmp_path / "old", "--kind", "curl").exit_code == 0
    assert len(lines(tmp_path / "old")) == 1


def test_two_of_one_name_get_a_name_each_and_a_pattern_finds_both(tmp_path: Path) -> None:
    draw(tmp_path / "x" / "a.png", 1)
    draw(tmp_path / "y" / "a.jpg", 2)
    result = run(tmp_path / "*" / "a.*", "--out", tmp_path / "out", "--kind", "curl")
    assert result.exit_code == 0
    assert {line["image"] for line in lines(tmp_path / "out")} == {"a-damaged.png", "a-2-damaged.png"}


def test_a_picture_gets_the_same_alone_and_in_company(tmp_path: Path) -> None:
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    run(tmp_path / "in", "--out", tmp_path / "all", "--kind", "occlusion")
    run(tmp_path / "in" / "1.png", "--out", tmp_path / "one", "--kind", "occlusion")
    assert (tmp_path / "all" / "1-damaged.png").read_bytes() == (tmp_path / "one" / "1-damaged.png").read_bytes()
    masks = [(tmp_path / "all" / f"{n}-mask.png").read_bytes() for n in range(3)]
    assert len(set(masks)) == 3


def test_a_transparent_picture_stays_so_unless_it_is_laid_on_the_ground(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.png", mode="RGBA")
    run(path, "--out", tmp_path / "clear", "--kind", "occlusion")
    run(path, "--out", tmp_path / "laid", "--kind", "occlusion", "--on-ground", "--ground", "#102030")
    assert Image.open(tmp_path / "clear" / "a-damaged.png").mode == "RGBA"
    laid = np.asarray(Image.open(tmp_path / "laid" / "a-damaged.png"))
    assert laid.shape[2] == 3 and (laid == (0x10, 0x20, 0x30)).all(-1).any()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kind", "mold"], "mould"),
        (["--kind", "curl=much"], "KIND=STRENGTH"),
        (["--kind", "curl=7"], "0 (none) to 1"),
        (["--strength", "-1"], "0 (none) to 1"),
        (["--ground", "red"], "colour"),
    ],
)
def test_bad_options_are_refused_in_one_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    draw(tmp_path / "a.png")
    result = run(tmp_path / "a.png", "--out", tmp_path / "out", *words)
    assert result.exit_code == 2 and said in " ".join(result.output.split())


def test_nothing_to_read_and_nowhere_to_write_are_told(tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    result = run(tmp_path / "hollow", "--out", tmp_path / "out")
    assert result.exit_code == 2 and "No image" in result.output
    draw(tmp_path / "a.png")
    (tmp_path / "file").touch()
    result = run(tmp_path / "a.png", "--out", tmp_path / "file", "--kind", "curl")
    assert result.exit_code == 2 and "Cannot make the folder" in result.output

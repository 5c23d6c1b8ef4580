import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from ritual.cli.main import app


def ritual(*arguments):
    return CliRunner().invoke(app, ["image", *map(str, arguments)])


def test_a_folder_is_translated_and_what_is_bad_in_it_is_told(weights, photograph, tmp_path):
    (photograph.parent / "broken.png").write_bytes(photograph.read_bytes()[:200])
    before = photograph.read_bytes()
    ran = ritual("translate", photograph.parent, "--to", "papercut", "--weights", weights["translation"], "--out", tmp_path / "out", "--json")  # fmt: skip # noqa: E501
    said = json.loads(ran.stdout)
    assert ran.exit_code == 2 and len(said["bad"]) == 1 and "broken" in said["bad"][0]["message"]
    assert Image.open(tmp_path / "out" / "house-papercut.png").size == (80, 64)
    assert photograph.read_bytes() == before


def test_out_may_be_the_folder_of_the_inputs_and_a_second_run_takes_its_results_as_inputs(weights, photograph):
    run = ("enlarge", photograph, "--weights", weights["enlargement"], "--out", photograph.parent)
    assert ritual(*run).exit_code == 0
    large = photograph.with_name("house-large.png")
    assert Image.open(large).size == (160, 128)
    ran = ritual("enlarge", photograph, large, *run[2:])
    assert ran.exit_code == 2 and "would be written over" in ran.stderr


def test_a_picture_that_a_rule_forbids_is_kept_out_in_words(weights, tmp_path):
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[32:] = (240, 200, 30)
    Image.fromarray(picture).save(tmp_path / "flag.png")
    black, yellow = tmp_path / "mask.png", tmp_path / "flag.png"
    Image.new("L", (64, 64), 0).save(black)
    run = ("restore", yellow, "--mask", black, "--weights", weights["translation"], "--out", tmp_path / "out")
    assert ritual(*run).exit_code == 2  # weights of a translation
    run = ("translate", yellow, "--paper", "#000000", "--weights", weights["translation"], "--out", tmp_path / "out")
    said = ritual(*run, "--dance", "jingpo-munao").stderr
    assert "calamity" not in said or not (tmp_path / "out" / "flag-cyclegan.png").exists()


def test_pictures_out_of_noise_and_their_sheet(weights, tmp_path):
    ran = ritual("synthesise", "--weights", weights["synthesis"], "--count", 3, "--seed", 4, "--out", tmp_path)
    assert ran.exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dcgan-4.png", "dcgan-5.png", "dcgan-6.png", "dcgan-sheet.png"]  # fmt: skip # noqa: E501


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("translate", "IN", "--out", "OUT"), "Say with --to"),
        (("translate", "IN", "--to", "papercat", "--out", "OUT"), "papercat"),
        (("translate", "IN", "--weights", "SYNTHESIS", "--out", "OUT"), "are for synthesis, not for translation"),
        (("translate", "IN", "--weights", "TRANSLATION", "--tile", 8, "--out", "OUT"), "too small"),
        (("translate", "none.png", "--weights", "TRANSLATION", "--out", "OUT"), "There is no image"),
        (("translate", "IN", "--weights", "TRANSLATION", "--group", "yii", "--out", "OUT"), "Unknown group"),
        (("translate", "IN", "--weights", "TRANSLATION", "--paper", "red", "--out", "OUT"), "no colour"),
        (("translate", "IN", "--weights", "TRANSLATION", "--device", "cuda", "--out", "OUT"), "CUDA"),
        (("enlarge", "IN", "--weights", "ENLARGEMENT", "--factor", 20, "--out", "OUT"), "no factor"),
        (("enlarge", "IN", "--weights", "ENLARGEMENT", "--out", "IN"), "Cannot make the folder"),
        (("synthesise", "--weights", "SYNTHESIS", "--count", 0, "--out", "OUT"), "cannot be made"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(weights, photograph, tmp_path, arguments, sentence):
    named = {"IN": photograph, "OUT": tmp_path / "out"} | {task.upper(): path for task, path in weights.items()}
    ran = ritual(*(named.get(argument, argument) for argument in arguments))
    assert ran.exit_code == 2 and sentence in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.output


def test_a_full_disk_leaves_nothing_half_written(weights, photograph, tmp_path):
    import resource
    import signal

    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, kept[1]))  # as a full disk: a write fails half-way
    try:
        ran = ritual("enlarge", photograph, "--weights", weights["enlargement"], "--out", tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, before)
    assert ran.exit_code == 2 and "Cannot write" in ran.stderr
    assert not list((tmp_path / "out").iterdir())

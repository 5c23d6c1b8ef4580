import json

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from ritual.cli.image import using
from ritual.cli.main import app
from ritual.imagery.use.network import network
from ritual.imagery.use.synthesise import synthesised


def ritual(*arguments):
    return CliRunner().invoke(app, ["image", *map(str, arguments)])


def test_a_folder_is_translated_and_what_is_bad_in_it_is_told(weights, photograph, tmp_path):
    (photograph.parent / "broken.png").write_bytes(photograph.read_bytes()[:200])
    before = photograph.read_bytes()
    run = ("translate", photograph.parent, "--to", "papercut", "--weights", weights["translation"])
    ran = ritual(*run, "--out", tmp_path / "out", "--json")
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


def test_a_picture_that_a_rule_forbids_is_kept_out_in_words_and_exit_3(photograph, tmp_path):
    """Black and yellow, which the Jingpo do not join; the work leaves the pictures as they are."""
    from ritual.culture.graph import load_graph
    from ritual.imagery.use.canvas import Canvas
    from ritual.imagery.use.folder import Result, work_through
    from ritual.imagery.use.judged import Judge, Place

    flag = np.full((64, 64, 3), (240, 200, 30), np.uint8)
    flag[:32] = (15, 15, 15)
    Image.fromarray(flag).save(tmp_path / "flag.png")
    judge = Judge(load_graph(), Place(dance="jingpo-munao"))

    def work(picture, _tell):
        return Result(Canvas(*picture.rgba.shape, iter([picture.rgba])))

    with pytest.raises(typer.Exit) as ended, using.telling("enlarged", "Enlarging", tmp_path, False) as (done, tell):
        work_through([tmp_path / "flag.png", photograph], tmp_path / "out", "large", work, judge, tell, done)
    assert ended.value.exit_code == 3
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["house-large.png"]
    ((path, error),) = done.refused
    assert path.name == "flag.png" and "calamity" in error.refusals[0]["text"] and error.refusals[0]["source"]


def test_pictures_out_of_noise_and_their_sheet(weights, tmp_path):
    ran = ritual("synthesise", "--weights", weights["synthesis"], "--count", 3, "--seed", 4, "--out", tmp_path)
    assert ran.exit_code == 0
    assert {p.name for p in tmp_path.iterdir()} == {f"dcgan-{n}.png" for n in (4, 5, 6, "sheet")}


def test_the_nearest_picture_to_each_that_is_given_and_a_bad_one_told(weights, tmp_path):
    net = network("synthesis", "", weights["synthesis"])
    own = next(synthesised(net, 1, seed=9))  # what the model can make it must find again, nearer than by chance
    Image.fromarray(own).resize((64, 64)).save(tmp_path / "own.png")
    (tmp_path / "bad.png").write_text("no picture")
    ran = ritual("synthesise", tmp_path, "--weights", weights["synthesis"], "--out", tmp_path / "out")
    assert ran.exit_code == 2 and "bad.png" in ran.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["own-synthesised.png"]
    found = np.asarray(Image.open(tmp_path / "out" / "own-synthesised.png")).astype(float)
    apart = [np.square(made - own.astype(float)).mean() for made in (found, *synthesised(net, 8))]
    assert apart[0] < 0.8 * min(apart[1:])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("synthesise", "IN", "--weights", "VIDEO", "--out", "OUT"), "makes clips"),
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

"""The batch runner: a list of jobs in, .blend files, clips and films out; failures told and survived."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .test_addon_inside import bench_interpreter, private_environment

SCRIPTS = Path(__file__).resolve().parents[2] / "addon" / "scripts"
JOBS = """
[render]
engine = "workbench"
width = 160
height = 90

[[jobs]]
name = "wings"
dance = "dai-peacock"
prompt = "she spreads her wings"
seconds = 1
fps = 5
variants = 2
render = { variant = 2 }

[[jobs]]
name = "crashing"
dance = "dai-peacock"
prompt = "crash"

[[jobs]]
name = "forbidden"
dance = "mongolian-wrestling"
prompt = "the eagle step"
performer = "female"

[[jobs]]
name = "unknown"
dance = "dai-peacok"
prompt = "wings"

[[jobs]]
name = "after"
dance = "yi-torch"
prompt = "around the fire"
seconds = 1
fps = 5
render = false
"""


def jobs_file() -> ModuleType:
    spec = importlib.util.spec_from_file_location("jobs_file", SCRIPTS / "jobs_file.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["jobs_file"] = module  # dataclasses look the module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.blender
def test_failing_jobs_are_told_and_do_not_stop_the_others(blender: list[str], tmp_path: Path) -> None:
    (tmp_path / "jobs.toml").write_text(JOBS)
    out = tmp_path / "out"
    done = subprocess.run(
        [*blender, str(SCRIPTS / "batch.py"), "--", "--jobs", str(tmp_path / "jobs.toml"), "--out", str(out)],
        env={**os.environ, **private_environment(tmp_path), "RITUAL_PYTHON": str(bench_interpreter(tmp_path))},
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    summary = {job["name"]: job for job in json.loads((out / "summary.json").read_text())["jobs"]}
    assert {name: job["status"] for name, job in summary.items()} == {
        "wings": "done", "crashing": "failed", "forbidden": "refused", "unknown": "failed", "after": "done"
    }  # fmt: skip
    assert summary["wings"]["files"] == [
        "wings/variant-1.safetensors", "wings/variant-2.safetensors", "wings/report.json", "wings.blend", "wings.mp4"
    ]  # fmt: skip
    assert all((out / file).stat().st_size for job in summary.values() for file in job["files"])
    assert summary["forbidden"]["error"]["refusals"][0]["source"]
    assert "Did you mean dai-peacock" in summary["unknown"]["error"]["hint"]
    assert "2 of 5 jobs done; failed: crashing, forbidden, unknown" in done.stdout
    assert summary["crashing"]["error"]["message"] in done.stderr
    assert frames(out / "wings.mp4") == "160,90,5"
    assert not [path for path in out.rglob("*") if path.name.startswith((".part", "ritual-frames"))]
    assert not (out / "forbidden").exists()


def frames(film: Path) -> str:
    """Width, height and number of frames of a film."""
    fields = "stream=width,height,nb_read_frames"
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", fields, "-of", "csv=p=0", str(film)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.blender
def test_a_bad_jobs_file_is_one_sentence_and_exit_2(blender: list[str], tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.toml"
    jobs.write_text(JOBS.replace("variants = 2", "variant = 2"))
    done = subprocess.run(
        [*blender, str(SCRIPTS / "batch.py"), "--", "--jobs", str(jobs), "--out", str(tmp_path / "o")],
        env={**os.environ, **private_environment(tmp_path)}, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert said == [f"Error: {jobs}, line 13: job 1: unknown key 'variant'; did you mean 'variants'?"]
    assert not (tmp_path / "o").exists()


GOOD = '[[jobs]]\nname = "a"\ndance = "d"\nprompt = "p"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no [[jobs]]"),
        ("jobs = 3", "holds no [[jobs]]"),
        ("[[jobs]\n", "is no valid TOML"),
        (GOOD + 'seed = "x"', "line 5: job 1: 'seed' must be a whole number, not 'x'"),
        (GOOD + "seconds = true", "line 5: job 1: 'seconds' must be a number, not True"),
        (GOOD + "loop = 1", "line 5: job 1: 'loop' must be true or false, not 1"),
        (GOOD + 'bpm = "fast"', "line 5: job 1: 'bpm' must be a number, not 'fast'"),
        (GOOD + GOOD, "line 6: job 2: the name 'a' is taken by an earlier job"),
        (GOOD + GOOD.replace('"a"', '"../a"'), "line 6: job 2: '../a' is no name of a file"),
        (GOOD + '[[jobs]]\nname = "b"\ndance = "d"\n', "line 5: job 2: the key 'prompt' is missing"),
        (GOOD + 'render = { engine = "ray" }', "line 5: job 1: unknown engine 'ray'; valid: cycles, eevee, workbench"),
        (GOOD + "render = { width = 641 }", "line 5: job 1: width 641 is no even number"),
        (GOOD + "render = 3", "line 5: job 1: 'render' must be true, false or a table"),
        ('[render]\nheigth = 3\n' + GOOD, "line 2: unknown key 'heigth'; did you mean 'height'?"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    module, path = jobs_file(), tmp_path / "jobs.toml"
    path.write_text(text)
    with pytest.raises(module.BadJobs) as caught:
        module.read(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tempo_loop_and_sliders_reach_the_brief(tmp_path: Path) -> None:
    module, path = jobs_file(), tmp_path / "jobs.toml"
    path.write_text(GOOD + "bpm = 96\nloop = true\nstyle = 1.2\nenergy = 0.8\n")
    (job,) = module.read(path)
    assert {key: job.brief()[key] for key in ("bpm", "loop", "style", "energy")} == {
        "bpm": 96, "loop": True, "style": 1.2, "energy": 0.8
    }  # fmt: skip


def test_a_jobs_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    module = jobs_file()
    with pytest.raises(module.BadJobs, match=r"none\.toml cannot be read: no such file"):
        module.read(tmp_path / "none.toml")


def test_the_example_is_a_good_jobs_file() -> None:
    module = jobs_file()
    jobs = module.read(SCRIPTS / "jobs.toml")
    assert [job.name for job in jobs] == ["peacock", "eagle-step", "forbidden"]
    assert (jobs[0].render.engine, jobs[1].render.engine, jobs[2].render) == ("workbench", "cycles", None)
    assert jobs[1].render.width == 640  # from [render]

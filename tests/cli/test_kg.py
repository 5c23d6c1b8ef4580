"""`ritual kg check`, `fmt`, `diff` and `new` as curators, pre-commit and CI use them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.resources import resource

ROOT = Path(__file__).parents[2]
DONG = ROOT / "tests" / "culture" / "dong.ttl"
runner = CliRunner()


def kg(*args):
    return runner.invoke(app, ["kg", *map(str, args)])


@pytest.fixture
def dong(tmp_path, monkeypatch):
    """A curator's file in the working folder: a new group that the shipped graph does not hold."""
    text = DONG.read_text(encoding="utf-8")
    text = re.sub(r"kg:dong|-dong\b", lambda m: m[0].replace("dong", "nong"), text)
    (tmp_path / "nong.ttl").write_text(text.replace('rm:slug "dong', 'rm:slug "nong'), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "nong.ttl"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_check_of_a_sound_file_exits_with_0(dong):
    result = kg("check", "nong.ttl")
    assert result.exit_code == 0, result.output
    assert "Sound: no errors and no warnings in 1 file." in result.stdout
    assert json.loads(kg("check", "nong.ttl", "--json").stdout) == []


def test_check_shows_the_line_its_text_and_what_to_do(dong):
    change(dong, "rm:bpm 90", "rm:bmp 90")
    result = kg("check", "nong.ttl")
    assert result.exit_code == 1
    assert "nong.ttl:34: error: Dong lusheng dance (kg:nong-lusheng) uses the undeclared term rm:bmp" in result.stdout
    assert "34 | rm:bmp 90 ; rm:beatsPerCycle 8" in result.stdout
    assert "Write rm:bpm instead." in result.stdout
    assert "Not sound: 1 error and no warnings in 1 file." in result.stdout


def test_check_speaks_json_github_and_junit(dong):
    change(dong, "rm:phase 0.5", "rm:phase 5")
    (row,) = json.loads(kg("check", "nong.ttl", "--json").stdout)
    assert row == {
        "file": "nong.ttl",
        "line": 40,
        "severity": "error",
        "message": "lean (kg:nong-lusheng-stance-02) needs one rm:phase from 0 to less than 1; it has 5.",
        "suggestion": row["suggestion"],
    }
    assert row["suggestion"].startswith("For example, kg:")
    assert json.loads(kg("check", "nong.ttl", "--format", "json").stdout) == [row]
    github = kg("check", "nong.ttl", "--format", "github")
    assert github.exit_code == 1
    assert github.stdout.startswith("::error file=nong.ttl,line=40,title=knowledge graph::lean (kg:nong-lush")
    suite = ElementTree.fromstring(kg("check", "nong.ttl", "--format", "junit").stdout)
    assert suite.get("failures") == "1"


def test_check_that_cannot_run_exits_with_2(tmp_path):
    for args in (["nowhere.ttl"], ["--graph", tmp_path / "nowhere"], [tmp_path]):
        result = kg("check", *args)
        assert result.exit_code == 2, result.output
        assert "Error:" in result.stderr and "Traceback" not in result.output
    assert kg("check", "nowhere.ttl", "--json").exit_code == 2


def test_check_of_a_binary_file_is_one_sentence(tmp_path):
    (tmp_path / "odd.ttl").write_bytes(bytes(range(256)) * 100)
    result = kg("check", tmp_path / "odd.ttl")
    assert result.exit_code == 1
    assert "error: Byte 0x80 is not UTF-8 text." in result.stdout


def test_fmt_writes_checks_and_shows(dong):
    before = dong.read_text(encoding="utf-8")
    assert kg("fmt", "nong.ttl", "--check").exit_code == 1
    shown = kg("fmt", "nong.ttl", "--diff")
    assert shown.exit_code == 1 and '+kg:nong a rm:Group ; rm:slug "nong" ;' in shown.stdout
    assert dong.read_text(encoding="utf-8") == before
    assert kg("fmt", "nong.ttl").exit_code == 0
    assert dong.read_text(encoding="utf-8") != before
    assert kg("fmt", "nong.ttl", "--check").exit_code == 0
    assert json.loads(kg("fmt", "nong.ttl", "--json").stdout) == {
        "files": 1, "changed": [], "written": False, "errors": []
    }  # fmt: skip


def test_fmt_of_a_broken_file_writes_nothing_at_all(dong):
    before = dong.read_text(encoding="utf-8")
    Path("bad.ttl").write_text("kg:x a", encoding="utf-8")
    result = kg("fmt", ".")
    assert result.exit_code == 1 and "bad.ttl, line 1" in result.stderr
    assert dong.read_text(encoding="utf-8") == before


def test_diff_says_in_words_what_changed(dong):
    shutil.copy(dong, "old.ttl")
    assert kg("diff", "old.ttl", "nong.ttl").exit_code == 0
    change(dong, "angle:left_elbow_flexion ; rm:below 20", "angle:left_elbow_flexion ; rm:below 25")
    result = kg("diff", "old.ttl", "nong.ttl")
    assert result.exit_code == 1
    assert "Dong lusheng dance, high straight arm: left elbow flexion below 20 -> 25 deg" in result.stdout
    assert json.loads(kg("diff", "old.ttl", "nong.ttl", "--json").stdout) == [
        {
            "subject": "kg:nong-lusheng-arm",
            "label": "Dong lusheng dance, high straight arm",
            "kind": "angle taboo",
            "change": "changed",
            "lines": ["left elbow flexion below 20 -> 25 deg"],
        }
    ]
    assert kg("diff", "old.ttl", "nowhere.ttl").exit_code == 2


def test_new_begins_a_file_that_check_accepts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = kg("new", "dance", "umbrella dance 伞舞", "--group", "dai")
    assert result.exit_code == 0 and "Written: dai-umbrella-dance.ttl" in result.stdout
    assert kg("check", "dai-umbrella-dance.ttl").exit_code == 0
    assert kg("new", "dance", "umbrella dance 伞舞", "--group", "dai").exit_code == 2
    wrong = kg("new", "danse", "x")
    assert wrong.exit_code == 2 and "Did you mean dance" in wrong.stderr


@pytest.mark.parametrize("name", ["check", "fmt", "diff", "new"])
def test_each_command_shows_examples_of_itself(name):
    result = kg(name, "--help")
    assert result.exit_code == 0 and "Exit status:" in result.stdout
    assert f"ritual kg {name}" in " ".join(result.stdout.split())


def test_the_hooks_for_pre_commit_name_commands_that_exist(dong):
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(hooks) == {"ritual-kg-check", "ritual-kg-fmt"}
    for hook in hooks.values():
        program, *args = hook["entry"].split()
        assert program == "ritual" and hook["language"] == "python"
        assert re.search(hook["files"], "knowledge_graph/groups/dai.ttl")
        assert not re.search(hook["files"], "dai.ttl.orig")
        assert runner.invoke(app, [*args, "nong.ttl"]).exit_code == 0


def test_checking_needs_no_neural_network():
    code = (
        "import sys\n"
        "from ritual.cli.main import app\n"
        f"app(['kg', 'check', {str(resource('knowledge_graph') / 'angles.ttl')!r}], standalone_mode=False)\n"
        "print([name for name in ('torch', 'transformers', 'pandas', 'networkx') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_shipped_graph_is_in_order():
    assert kg("fmt", "--check", resource("knowledge_graph")).exit_code == 0

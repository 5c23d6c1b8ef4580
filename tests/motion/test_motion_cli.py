"""`ritual motion`, as typed."""

import json

from typer.testing import CliRunner

from ritual.cli.motion import app


def test_info_says_what_the_weights_are():
    for name, own, size in (("flow", "width", 160), ("mixture", "components", 5)):
        result = CliRunner().invoke(app, ["info", name, "--json"])
        assert result.exit_code == 0
        facts = json.loads(result.stdout)
        assert facts["network"][own] == size and facts["recipe"]["model"] == name
        assert facts["network"]["text_embedding"] == 256 and facts["network"]["reference_embedding"] == 128
        assert facts["recipe"]["stance"] == 1.2 and facts["recipe"]["limits"] == 0.8


def test_a_folder_without_motion_is_bad_input(tmp_path):
    result = CliRunner().invoke(app, ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2

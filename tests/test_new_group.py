"""A new group is one file of Turtle: it is listed, offered in the add-on's menu, enforced and explained."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ritual import clip as clips
from ritual.body.skeleton import ANGLE_INDEX
from ritual.brief import Brief
from ritual.cli.main import app
from ritual.culture.graph import load_graph
from ritual.errors import Refused
from ritual.generate import Engine, generate
from ritual.resources import resource
from ritual.service.models import Models

LISU = Path(__file__).parent / "culture" / "lisu.ttl"
ELBOW = ANGLE_INDEX["right_elbow_flexion"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped graph and one file more."""
    folder = tmp_path_factory.mktemp("graph") / "kg"
    shutil.copytree(resource("knowledge_graph"), folder)
    shutil.copy(LISU, folder / "groups" / "lisu.ttl")
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.load(folder)


def ritual(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_group_does_not_ship() -> None:
    assert "lisu" not in {dance.group for dance in load_graph().dances()}


def test_it_is_listed(folder: Path) -> None:
    dances = {dance["slug"]: dance for dance in json.loads(ritual("dances", "--json", "--graph", folder))}
    assert dances["lisu-ring"]["label"] == "Lisu ring dance"
    assert dances["lisu-ring"]["group"] == "Lisu"


def test_the_addons_menu_offers_it(folder: Path) -> None:
    models = Models(folder)
    models.load()
    reply = models.dances()
    assert "lisu" in {group.slug for group in reply.groups}
    dance = next(dance for dance in reply.dances if dance.slug == "lisu-ring")
    assert (dance.group, dance.performers) == ("lisu", ["female", "male"])


def test_its_rules_are_explained(folder: Path) -> None:
    rules = json.loads(ritual("explain", "lisu-ring", "--json", "--graph", folder))
    elbow = next(rule for rule in rules if rule["iri"] == "urn:ritual-motion:kg:lisu-ring-elbow")
    assert elbow["kind"] == "joint-angle-domain"
    assert elbow["text"].endswith("right elbow flexion stays between 17 and 19 deg.")
    assert elbow["source"].startswith("General knowledge")
    assert elbow["review"] == "unreviewed"
    kinds = {rule["kind"] for rule in rules}
    assert {"direction-of-rotation", "occasion", "joint-angle-domain", "who-may-perform"} <= kinds


def test_its_rules_are_enforced_on_motion(engine: Engine, folder: Path, tmp_path: Path) -> None:
    made = generate(Brief("wild arms, bent elbows, they leap and fly", "lisu-ring", seconds=6, variants=2), engine)
    for variant in made.variants:
        elbow = [math.degrees(angle) for angle in variant.clip.angles[:, ELBOW]]
        assert min(elbow) >= 17 - 1e-6 and max(elbow) <= 19 + 1e-6
        assert variant.report.compliant
        path = tmp_path / f"{variant.clip.name}.npz"
        clips.write(path, variant.clip)
        ritual("check", path, "--dance", "lisu-ring", "--graph", folder)


def test_its_prompts_are_refused_by_its_rules(engine: Engine) -> None:
    with pytest.raises(Refused, match="The crossbow pattern is forbidden at a funeral"):
        generate(Brief("在葬礼上跳舞", "lisu-ring"), engine)

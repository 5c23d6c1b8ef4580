"""Every shape of shapes.ttl with an example that breaks it, and the exact sentence that a curator reads."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import rdflib
from rdflib.namespace import RDF, SH

from ritual.culture.curation.check import check
from ritual.culture.vocabulary import short
from ritual.resources import resource

DONG = Path(__file__).parents[1] / "dong.ttl"
TABLE = Path(__file__).with_name("shapes.txt")
SHAPES = resource("knowledge_graph") / "shapes.ttl"
PREFIXES = """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix angle: <urn:ritual-motion:angle:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix crm: <http://www.cidoc-crm.org/cidoc-crm/> .
@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

_NAMED = 'rm:slug "NODE" ; skos:prefLabel "thing"@en , "物"@zh'
_ENGLISH = 'skos:prefLabel "thing"@en'
_DONE = "dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed"
_HUES = "rm:linearity 0.1 ; rm:curvature 0.2 ; rm:symmetry 0.3 ; rm:dominantHue 0.4 ; rm:dominantSaturation 0.5"
# a sound statement of each kind; NODE becomes a name of its own
SOUND = {
    "rm:Group": f"{_NAMED} ; crm:P74_has_current_or_former_residence kg:place-qiandongnan-dong ; {_DONE}",
    "rm:Ritual": f"{_NAMED} ; rm:group kg:dong ; {_DONE}",
    "rm:Dance": f"{_NAMED} ; rm:group kg:dong ; rm:bpm 90 ; rm:beatsPerCycle 8 ; rm:performer rm:Female ; "
    f"rm:defaultPerformer rm:Female ; rm:occasion kg:wedding ; {_DONE}",
    "rm:Stance": f"{_ENGLISH} ; rm:dance kg:dong-lusheng ; rm:phase 0.7 ; {_DONE}",
    "rm:ReferenceMotion": f'{_ENGLISH} ; rm:file "motions/lusheng.bvh" ; {_DONE}',
    "rm:Symbol": f"{_NAMED} ; rm:group kg:dong ; {_DONE}",
    "rm:Concept": f"{_NAMED} ; {_DONE}",
    "rm:PerformerRole": _NAMED,
    "rm:Occasion": f'{_NAMED} ; rm:phrase "somewhere"@en ; {_DONE}',
    "rm:Colour": f'{_NAMED} ; rm:prototype "#123456"',
    "rm:Measure": f'{_NAMED} ; rm:unit "deg" ; {_DONE}',
    "rm:Source": f'{_ENGLISH} ; dcterms:bibliographicCitation "A book." ; rm:review rm:Unreviewed',
    "crm:E53_Place": f"{_ENGLISH} ; geo:lat 26 ; geo:long 109 ; {_DONE}",
    "rm:Costume": 'rm:robeColour "#203060" ; rm:trimColour "#203060" ; rm:sashColour "#203060" ; '
    f'rm:sleeveColour "#203060" ; rm:garment rm:Skirt ; rm:headdress rm:None ; {_DONE}',
    "rm:Prototype": f'{_ENGLISH} ; skos:notation "P1" ; {_HUES} ; rm:complexity 0.6 ; {_DONE}',
    "rm:Depiction": f"rm:draws kg:dong-drum ; rm:form kg:form-spiral ; rm:craft kg:craft-batik ; {_DONE}",
    "rm:Snippet": f'rm:text "They dance."@en ; rm:describes rm:RitualLife ; {_DONE}',
    "odrl:Policy": f"prov:wasAttributedTo kg:source-general-knowledge ; "
    f"odrl:prohibition kg:sound-prohibition ; {_DONE}",
    "odrl:Prohibition": "odrl:target kg:dong-lusheng ; odrl:action odrl:derive",
    "rm:AngleRange": "rm:dance kg:dong-lusheng ; rm:onAngle angle:neck_flexion ; rm:minimum 0 ; rm:maximum 9 ; "
    f"{_DONE}",
    "rm:AngleTaboo": f"{_ENGLISH} ; rm:dance kg:dong-lusheng ; rm:interval kg:sound-interval ; {_DONE}",
    "rm:Interval": "rm:onAngle angle:neck_flexion ; rm:above 30",
    "rm:PerformerRule": f"rm:dance kg:dong-lusheng ; rm:forbidsPerformer rm:Female ; rm:occasion kg:worship ; {_DONE}",
    "rm:WearRule": f"rm:symbol kg:dong-drum ; rm:onlyPerformer rm:Male ; {_DONE}",
    "rm:ColourPairBan": f"rm:group kg:dong ; rm:colour kg:colour-black , kg:colour-yellow ; {_DONE}",
    "rm:OccasionBan": f"rm:forbids kg:dong-sun ; rm:occasion kg:funeral ; {_DONE}",
    "rm:SceneBan": f"rm:forbids kg:dong-sun ; rm:scene kg:scene-hunting ; {_DONE}",
    "rm:ContextualMeaning": f"rm:symbol kg:dong-sun ; rm:meaning kg:concept-light ; rm:occasion kg:wedding ; {_DONE}",
    "rm:RotationRule": f"rm:dance kg:dong-lusheng ; rm:direction rm:Clockwise ; {_DONE}",
    "rm:TrajectoryBinding": 'rm:symbol kg:dong-sun ; rm:dance kg:dong-lusheng ; rm:onJoint "right_hand" ; '
    f"rm:phaseFrom 0.1 ; rm:phaseTo 0.4 ; {_DONE}",
    "rm:ShapeMeaning": "rm:symbol kg:dong-sun ; rm:measure kg:measure-tip-inclination ; rm:above 45 ; "
    f"rm:meaning kg:concept-light ; {_DONE}",
    "rm:Exception": f"rm:exceptionTo kg:dong-colours ; rm:dance kg:dong-lusheng ; {_DONE}",
}


class Example(NamedTuple):
    """A sound statement with one thing changed, and the sentence after its name."""

    shape: str
    path: str
    kind: str
    old: str
    new: str
    text: str


def _examples() -> list[Example]:
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [
        Example(*(field.strip().removeprefix("~").removesuffix("~") for field in line.split("|"))) for line in lines
    ]


EXAMPLES = _examples()


def written(kind: str, name: str, old: str = "", new: str = "") -> str:
    text = f"kg:NODE a {kind} ; {SOUND[kind]} ."
    assert not old or text.count(old) == 1, f"{old!r} is there {text.count(old)} times in {text}"
    return text.replace(old, new).replace("NODE", name) if old else text.replace("NODE", name)


def sentence(example: Example, name: str) -> str:
    if example.text.startswith("="):
        return f"{example.text[1:]}."
    named = 'skos:prefLabel "thing"@en' in written(example.kind, name, example.old, example.new)
    return f"{f'thing (kg:{name})' if named else f'kg:{name}'} {example.text}."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[str]]:
    """Every message of a file with all examples, by line."""
    folder = tmp_path_factory.mktemp("graph")
    for path in resource("knowledge_graph").glob("*.ttl"):
        if path.name != "snippets.ttl":
            shutil.copy(path, folder)
    shutil.copy(DONG, folder)
    lines = [written(kind, f"sound-{kind.split(':')[1].lower()}") for kind in SOUND]
    lines += [written(e.kind, f"case-{n}", e.old, e.new) for n, e in enumerate(EXAMPLES)]
    path = tmp_path_factory.mktemp("curator") / "examples.ttl"
    path.write_text(f"{PREFIXES}{chr(10).join(lines)}\n", encoding="utf-8")
    found: dict[int, set[str]] = {}
    for finding in check([path], folder).findings:
        assert finding.file == path.as_posix()
        found.setdefault(finding.line, set()).add(finding.message)
    return found


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: f"{EXAMPLES[n].shape}-{EXAMPLES[n].path}-{n}")
def test_a_broken_statement_is_told_at_its_line_in_one_exact_sentence(told: dict[int, set[str]], number: int) -> None:
    line = PREFIXES.count("\n") + len(SOUND) + number + 1
    assert sentence(EXAMPLES[number], f"case-{number}") in told.get(line, set())


def test_the_sound_statements_break_no_shape(told: dict[int, set[str]]) -> None:
    first = PREFIXES.count("\n") + 1
    messages = [message for line in range(first, first + len(SOUND)) for message in told.get(line, ())]
    assert not [message for message in messages if any(text in message for _, _, text in _shapes())]


def _shapes() -> set[tuple[str, str, str]]:
    """(shape, path, message) of every condition in shapes.ttl."""
    shapes = rdflib.Graph().parse(SHAPES)
    found = set()
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        for part in (shape, *shapes.objects(shape, SH.property)):
            for message in shapes.objects(part, SH.message):
                path = shapes.value(part, SH.path)
                found.add((short(shape).removeprefix("shape:"), short(path) if path else "", str(message)))
    return found


def test_every_shape_has_an_example() -> None:
    shown = {
        (shape, path, message)
        for shape, path, message in _shapes()
        for example in EXAMPLES
        if (example.shape, example.path) == (shape, path)
        and re.sub(r"^=.*?(?=must|needs|has)", "", example.text).startswith(message)
    }
    assert shown == _shapes()


def test_every_shape_says_what_it_wants() -> None:
    shapes = rdflib.Graph().parse(SHAPES)
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        own = set(shapes.objects(shape, SH.message))
        parts = [set(shapes.objects(part, SH.message)) for part in shapes.objects(shape, SH.property)]
        assert own or (parts and all(parts)), shape

"""What a curator reads when a graph does not hold together: one exact sentence per mistake."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from ritual.culture.graph import load_graph
from ritual.errors import BadGraph

Edit = Callable[[str, str], Path]
XSD = "http://www.w3.org/2001/XMLSchema#"
DANCE = "Dong lusheng dance (kg:dong-lusheng)"
LEAN = "lean (kg:dong-lusheng-stance-02)"

SYNTAX = {
    "a missing semicolon": (
        "rm:phase 0.5 ; rm:facing 90",
        "rm:phase 0.5 rm:facing 90",
        "40: a ';' or ',' is missing here, or a '.' before this line (the line reads: rm:phase 0.5 rm:facing 90 ; "
        "rm:lift 0.1 ; angle:left_knee_flexion 40 ; angle:lef).",
    ),
    "a missing full stop": (
        "rm:below 20 .",
        "rm:below 20",
        "62: a ';' or ',' is missing here, or a '.' before this line (the line reads: kg:dong-drum-worn a rm:WearRule "
        "; rm:symbol kg:dong-drum ; rm:onlyPerformer rm:M).",
    ),
    "an unknown prefix": (
        "rm:phase 0.5",
        "rn:phase 0.5",
        '40: Prefix "rn:" not bound (the line reads: rn:phase 0.5 ; rm:facing 90 ; rm:lift 0.1 ; '
        "angle:left_knee_flexion 40 ; angle:l).",
    ),
    "an open quotation mark": (
        '"sun disc"@en',
        '"sun disc@en',
        '25: a text in quotes is not closed (the line reads: skos:altLabel "sun disc@en ; rm:group kg:dong ; '
        "rm:meaning kg:concept-light ;).",
    ),
}

TERMS = {
    "a misspelt property": (
        "rm:beatsPerCycle 8",
        "rm:beatPerCycle 8",
        f"34: {DANCE} uses the undeclared term rm:beatPerCycle; did you mean rm:beatsPerCycle.",
    ),
    "a misspelt class": (
        "kg:dong-lusheng a rm:Dance",
        "kg:dong-lusheng a rm:Danse",
        f"32: {DANCE} uses the undeclared term rm:Danse; did you mean rm:Dance.",
    ),
    "a misspelt borrowed term": (
        "skos:altLabel",
        "skos:altLable",
        "25: Dong sun (kg:dong-sun) uses skos:altLable, which does not exist; did you mean skos:altLabel.",
    ),
    "a misspelt place": (
        "geo:lat 26.2",
        "geo:latitude 26.2",
        "76: Dong country (kg:place-qiandongnan-dong) uses geo:latitude, which does not exist; did you mean geo:lat.",
    ),
    "an unknown angle in a stance": (
        "angle:left_knee_flexion 40",
        "angle:left_kne_flexion 40",
        f"40: {LEAN} names the angle 'left_kne_flexion', which the body has not; did you mean left_knee_flexion.",
    ),
    "an unknown angle in a rule": (
        "rm:onAngle angle:left_wrist_flexion",
        "rm:onAngle angle:left_wrist_bend",
        "54: kg:dong-lusheng-wrist-side names the angle 'left_wrist_bend', which the body has not; "
        "did you mean left_wrist_flexion.",
    ),
    "an angle that is no number": (
        "angle:left_knee_flexion 40",
        'angle:left_knee_flexion "forty"',
        f'40: {LEAN} has angle:left_knee_flexion "forty", which is no number.',
    ),
    "an infinite angle": (
        "angle:left_knee_flexion 40",
        f'angle:left_knee_flexion "INF"^^<{XSD}double>',
        f"40: {LEAN} has angle:left_knee_flexion inf, which is no number.",
    ),
    "an angle twice": (
        "angle:left_knee_flexion 40",
        "angle:left_knee_flexion 40 , 50",
        f"40: {LEAN} has two values for angle:left_knee_flexion; keep one.",
    ),
    "a reference to a missing node": (
        "rm:meaning kg:concept-light",
        "rm:meaning kg:concept-lite",
        "25: Dong sun (kg:dong-sun) refers to a node that does not exist, kg:concept-lite; "
        "did you mean kg:concept-life.",
    ),
    "a node without a type": (
        "kg:dong-colours a rm:ColourPairBan ;",
        "kg:dong-colours",
        "71: kg:dong-colours does not say what it is; add a type such as 'a rm:Dance'.",
    ),
}

BPM = f"{DANCE} needs one rm:bpm, the tempo from 20 to 240 beats a minute; it has"
PHASE = f"40: {LEAN} needs one rm:phase from 0 to less than 1; it has"
COLOURS_SOURCE = "rm:meaning kg:concept-calamity ;\n    dcterms:source kg:source-general-knowledge ;"
SHAPES = {
    "a tempo out of range": ("rm:bpm 90", "rm:bpm 900", f"34: {BPM} 900."),
    "a tempo in quotes": ("rm:bpm 90", 'rm:bpm "90"', f'34: {BPM} "90".'),
    "a tempo that is not a number": ("rm:bpm 90", f'rm:bpm "NaN"^^<{XSD}double>', f"34: {BPM} nan."),
    "no tempo": ("rm:bpm 90 ;", "", f"32: {BPM} none."),
    "two tempos": ("rm:bpm 90", "rm:bpm 90 , 92", f"34: {BPM} 90 and 92."),
    "part of a beat": (
        "rm:beatsPerCycle 8",
        "rm:beatsPerCycle 8.5",
        f"34: {DANCE} needs one rm:beatsPerCycle, a whole number from 1 to 256; it has 8.5.",
    ),
    "a phase of one": ("rm:phase 0.5", "rm:phase 1.0", f"{PHASE} 1.0."),
    "a phase below zero": ("rm:phase 0.5", "rm:phase -0.1", f"{PHASE} -0.1."),
    "a phase that is a truth value": ("rm:phase 0.5", "rm:phase false", f"{PHASE} false."),
    "a hop through the ceiling": (
        "rm:lift 0.1",
        "rm:lift 10",
        f"40: {LEAN} has an rm:lift that is no number of metres from 0 to 1.5, or more than one; it has 10.",
    ),
    "no Chinese name": (
        '"Dong lusheng dance"@en , "侗族芦笙舞"@zh',
        '"Dong lusheng dance"@en',
        f'33: {DANCE} needs a name in Chinese: skos:prefLabel "..."@zh; it has "Dong lusheng dance"@en.',
    ),
    "two English names": (
        '"lean"@en',
        '"lean"@en , "slant"@en',
        f"39: {LEAN} has two preferred names in one language; make one of them a skos:altLabel; "
        'it has "lean"@en and "slant"@en.',
    ),
    "another name in no language": (
        '"sun disc"@en',
        '"sun disc"',
        "25: Dong sun (kg:dong-sun) has an skos:altLabel that does not say its language, such as @en; "
        'it has "sun disc".',
    ),
    "no source": (
        COLOURS_SOURCE,
        "rm:meaning kg:concept-calamity ;",
        "71: kg:dong-colours needs one dcterms:source that is an rm:Source of the graph, such as "
        "kg:source-general-knowledge; it has none.",
    ),
    "a source that is none": (
        COLOURS_SOURCE,
        "rm:meaning kg:concept-calamity ;\n    dcterms:source kg:wedding ;",
        "73: kg:dong-colours needs one dcterms:source that is an rm:Source of the graph, such as "
        "kg:source-general-knowledge; it has kg:wedding.",
    ),
    "an unsigned review": (
        f"{COLOURS_SOURCE} rm:review rm:Unreviewed",
        f"{COLOURS_SOURCE} rm:review rm:Reviewed",
        "71: kg:dong-colours is marked rm:Reviewed but does not say by whom (prov:wasAttributedTo) and when "
        "(prov:generatedAtTime, an xsd:date).",
    ),
    "a slug with a space": (
        'rm:slug "dong-lusheng"',
        'rm:slug "Dong Lusheng"',
        f"32: {DANCE} needs one rm:slug of lower-case letters, digits and hyphens, such as "
        '"dai-peacock"; it has "Dong Lusheng".',
    ),
    "a colour by name": (
        '"#FFFFFF"',
        '"white"',
        '14: kg:dong-costume needs one rm:trimColour (hems and borders) written as "#rrggbb"; it has "white".',
    ),
    "a garment on the head": (
        "rm:headdress rm:Turban",
        "rm:headdress rm:Robe",
        "20: kg:dong-costume-male needs one rm:headdress: rm:PeacockCrown, rm:Turban, rm:SilverCrown, rm:FurHat, "
        "rm:Headscarf, rm:Ribbon or rm:None; it has rm:Robe.",
    ),
    "a latitude beyond the pole": (
        "geo:lat 26.2",
        "geo:lat 126.2",
        "76: Dong country (kg:place-qiandongnan-dong) needs one geo:lat, the latitude from -90 to 90 degrees; "
        "it has 126.2.",
    ),
    "minimum above maximum": (
        "rm:minimum 0 ; rm:maximum 60",
        "rm:minimum 60 ; rm:maximum 0",
        "48: kg:dong-lusheng-knee has an rm:minimum that is greater than its rm:maximum; it has 60.",
    ),
    "degrees outside a circle": (
        "rm:above 65",
        "rm:above 650",
        "54: kg:dong-lusheng-wrist-side has an rm:above that is no number from -360 to 360 degrees, "
        "or more than one; it has 650.",
    ),
    "an interval without a bound": (
        "rm:onAngle angle:left_wrist_flexion ; rm:above 65",
        "rm:onAngle angle:left_wrist_flexion",
        "54: kg:dong-lusheng-wrist-side needs an rm:above, an rm:below or both (degrees).",
    ),
    "an empty interval": (
        "rm:above 65",
        "rm:above 65 ; rm:below 20",
        "54: kg:dong-lusheng-wrist-side forbids nothing: its rm:above must be less than its rm:below; it has 65.",
    ),
    "a phase that begins and does not end": (
        'skos:prefLabel "bent wrist"@en',
        'rm:phaseFrom 0.2 ; skos:prefLabel "bent wrist"@en',
        "51: bent wrist (kg:dong-lusheng-wrist) has one of rm:phaseFrom and rm:phaseTo; give both, or neither.",
    ),
    "a nameless rule": (
        "kg:dong-colours a",
        "[] a",
        "73: a nameless rm:ColourPairBan must have a name of its own (kg:...), not a blank node.",
    ),
}

CROSS = {
    "a slug twice": (
        'rm:slug "dong-drum"',
        'rm:slug "dong-sun"',
        "24: Dong sun (kg:dong-sun) has the slug 'dong-sun', which kg:dong-drum has already; give it another.",
    ),
    "a range that no body has": (
        "rm:maximum 60",
        "rm:maximum 200",
        "48: kg:dong-lusheng-knee allows left_knee_flexion 200 deg, which the body cannot do; "
        "its range is 0 to 150 deg.",
    ),
    "a default performer that may not": (
        "rm:performer rm:Female , rm:Male ; rm:defaultPerformer rm:Male",
        "rm:performer rm:Female ; rm:defaultPerformer rm:Male",
        f"35: {DANCE} has an rm:defaultPerformer that is not among its rm:performer.",
    ),
    "a default occasion that is not listed": (
        "rm:defaultOccasion kg:wedding",
        "rm:defaultOccasion kg:worship",
        f"36: {DANCE} has an rm:defaultOccasion that is not among its rm:occasion.",
    ),
    "a performer both listed and forbidden": (
        "rm:forbidsPerformer rm:Female ; rm:occasion kg:worship",
        "rm:forbidsPerformer rm:Female",
        f"32: {DANCE} lists female performers, whom kg:dong-evening-men forbids it.",
    ),
    "an occasion both listed and forbidden": (
        "rm:occasion kg:funeral",
        "rm:occasion kg:harvest",
        f"32: {DANCE} lists the occasion 'harvest', where kg:dong-sun-ban forbids it.",
    ),
    "no costume for a performer": (
        "rm:costume kg:dong-costume , kg:dong-costume-male",
        "rm:costume kg:dong-costume-male",
        f"32: {DANCE} has no rm:costume for a female performer, nor has its group.",
    ),
    "two stances at one phase": (
        "rm:phase 0.5",
        "rm:phase 0.0",
        f"39: {LEAN} has the phase 0, which kg:dong-lusheng-stance-01 has already; give it another.",
    ),
    "a stance beyond the body": (
        "angle:left_elbow_flexion 90",
        "angle:left_elbow_flexion 170",
        f"40: {LEAN} holds left_elbow_flexion at 170 deg; a female performer is allowed from 0 to 150 deg, "
        "the range of the body.",
    ),
    "a stance beyond a range": (
        "angle:left_knee_flexion 40",
        "angle:left_knee_flexion 70",
        f"40: {LEAN} holds left_knee_flexion at 70 deg; a female performer is allowed left knee flexion from 0 to "
        "60 deg, by kg:dong-lusheng-knee.",
    ),
    "a stance in one performer's taboo": (
        "angle:left_elbow_flexion 90",
        "angle:left_wrist_flexion 70",
        f"40: {LEAN} holds left_wrist_flexion at 70 deg; a female performer is allowed left wrist flexion at most "
        "65 deg, by kg:dong-lusheng-wrist.",
    ),
    "a stance in a taboo of two angles": (
        "angle:left_elbow_flexion 90",
        "angle:left_elbow_flexion 10 ; angle:left_shoulder_abduction 130",
        f"40: {LEAN} holds left_shoulder_abduction at 130 deg and left_elbow_flexion at 10 deg; a female performer is "
        "allowed left shoulder abduction at most 120 deg, or left elbow flexion at least 20 deg, "
        "by kg:dong-lusheng-arm.",
    ),
    "a symbol on the wrong costume": (
        "rm:symbol kg:dong-drum ; rm:onlyPerformer rm:Male",
        "rm:symbol kg:dong-sun ; rm:onlyPerformer rm:Female",
        "20: kg:dong-costume-male carries kg:dong-sun, which kg:dong-drum-worn allows to female performers only.",
    ),
    "a forbidden pair of colours": (
        'rm:garmentColour "#303030"',
        'rm:garmentColour "#f5d020"',
        "18: kg:dong-costume-male joins black (#404040) and yellow (#f5d020), which kg:dong-colours forbids.",
    ),
    "a taboo that leaves no pose": (
        "rm:above 65",
        "rm:above -80",
        f"32: {DANCE} leaves a female performer no allowed pose at the occasion 'harvest': "
        "kg:dong-lusheng-wrist forbids every one.",
    ),
    "a range and a taboo that exclude each other": (
        "kg:dong-lusheng-wrist-side a rm:Interval ; rm:onAngle angle:left_wrist_flexion ; rm:above 65",
        "kg:dong-lusheng-wrist-side a rm:Interval ; rm:onAngle angle:left_knee_flexion ; rm:below 80",
        f"32: {DANCE} leaves a female performer no allowed pose at the occasion 'harvest': "
        "kg:dong-lusheng-knee and kg:dong-lusheng-wrist exclude each other.",
    ),
}


def _cases(*tables: dict[str, tuple[str, str, str]]) -> list:
    return [pytest.param(*case, id=name) for table in tables for name, case in table.items()]


@pytest.mark.parametrize(("old", "new", "message"), _cases(SYNTAX, TERMS, SHAPES, CROSS))
def test_each_mistake_has_its_sentence(edited: Edit, old: str, new: str, message: str) -> None:
    with pytest.raises(BadGraph) as caught:
        load_graph(edited(old, new))
    assert caught.value.message == f"groups/dong.ttl, line {message}"


def test_the_unedited_folder_loads(folder: Path) -> None:
    assert [dance.slug for dance in load_graph(folder).dances()] == ["dong-lusheng"]


def test_a_dance_without_a_stance_is_refused(folder: Path) -> None:
    path = folder / "groups" / "dong.ttl"
    text = path.read_text(encoding="utf-8").replace("rm:dance kg:dong-lusheng ; skos:prefLabel", "skos:prefLabel")
    path.write_text(text.replace("a rm:Stance", "a skos:Concept"), encoding="utf-8")
    with pytest.raises(BadGraph) as caught:
        load_graph(folder)
    assert caught.value.message == (
        f"groups/dong.ttl, line 32: {DANCE} has no rm:Stance for a female performer; give it at least one."
    )
    assert caught.value.hint == (
        f"1 more problem after this one. Mend the file in '{folder}' and load again."
    )


def test_ranges_that_exclude_each_other_on_one_occasion_are_named(edited: Edit) -> None:
    second = (
        "kg:dong-knee-2 a rm:AngleRange ; rm:dance kg:dong-lusheng ; rm:occasion kg:wedding ;\n"
        "    rm:onAngle angle:left_knee_flexion ; rm:minimum 70 ; rm:maximum 90 ;\n"
        "    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n"
    )
    with pytest.raises(BadGraph) as caught:
        load_graph(edited("kg:dong-drum-worn a", f"{second}kg:dong-drum-worn a"))
    assert caught.value.message == (
        f"groups/dong.ttl, line 32: {DANCE} leaves a female performer no allowed pose at the occasion 'wedding': "
        "kg:dong-knee-2 and kg:dong-lusheng-knee exclude each other."
    )


def test_a_missing_folder_and_a_folder_without_shapes_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadGraph) as caught:
        load_graph(tmp_path / "nowhere")
    assert caught.value.message == f"The knowledge graph folder '{tmp_path / 'nowhere'}' does not exist."
    with pytest.raises(BadGraph, match=r"holds no shapes\.ttl, so nothing in it could be validated"):
        load_graph(tmp_path)


def test_bytes_that_are_no_text_are_placed(folder: Path) -> None:
    path = folder / "groups" / "dong.ttl"
    path.write_bytes(path.read_bytes() + b"# \xff\n")
    lines = path.read_bytes().count(b"\n")
    with pytest.raises(BadGraph) as caught:
        load_graph(folder)
    assert caught.value.message == f"groups/dong.ttl, line {lines}: byte 0xff is not UTF-8 text."


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder: Path) -> None:
    path = folder / "groups" / "dong.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_graph(folder).dance("dong-lusheng").label == "Dong lusheng dance"


def test_a_malformed_number_is_reported_without_noise(
    edited: Edit, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(BadGraph, match=r"needs one rm:bpm.*; it has x\."):
        load_graph(edited("rm:bpm 90", f'rm:bpm "x"^^<{XSD}integer>'))
    assert not caplog.records


def test_a_broken_shape_is_the_shapes_files_fault(folder: Path) -> None:
    with (folder / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write("\nshape:Broken a sh:NodeShape ; sh:targetClass rm:Dance ; sh:property [ sh:minCount 1 ] .\n")
    with pytest.raises(BadGraph, match=r"^shapes\.ttl holds a shape that SHACL does not allow: "):
        load_graph(folder)

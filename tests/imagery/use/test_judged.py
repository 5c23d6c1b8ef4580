import numpy as np
import pytest

from ritual.culture.graph import load_graph
from ritual.errors import BadInput, Refused
from ritual.imagery.use.judged import Glance, Judge, Place
from ritual.pictures.ornament_files import write_ornament
from ritual.pictures.reading import read_pixels


@pytest.fixture(scope="module")
def graph():
    return load_graph()


def halves(upper, lower, share=0.5):
    picture = np.full((100, 80, 4), 255, np.uint8)
    picture[:, :, :3] = lower
    picture[: int(100 * share), :, :3] = upper
    return picture


BLACK, YELLOW, WHITE = (20, 18, 15), (240, 200, 30), (250, 250, 250)


@pytest.mark.parametrize("place", [Place(dance="jingpo-munao"), Place(group="jingpo", occasion="wedding")])
def test_black_with_yellow_is_refused_for_the_jingpo_with_rule_and_source(graph, place):
    judgement = Judge(graph, place).judge(halves(BLACK, YELLOW))
    (finding,) = judgement.findings
    assert finding.refuses and "calamity" in finding.rule.text and "Wang" in finding.rule.source.citation
    assert judgement.colours == {"black": 0.5, "yellow": 0.5}
    with pytest.raises(Refused, match="black and yellow"):
        judgement.raise_refusal()


@pytest.mark.parametrize(
    ("place", "picture"),
    [
        (Place(group="dai"), halves(BLACK, YELLOW)),  # another people
        (Place(dance="jingpo-munao"), halves(BLACK, WHITE)),
        (Place(dance="jingpo-munao"), halves(BLACK, YELLOW, share=0.03)),  # a trace of black
        (Place(occasion="funeral"), halves(BLACK, YELLOW)),  # nobody's picture
    ],
)
def test_what_no_rule_forbids_is_let_through(graph, place, picture):
    Judge(graph, place).judge(picture).raise_refusal()


def test_a_colour_under_transparency_is_not_shown(graph):
    picture = halves(BLACK, YELLOW)
    picture[:50, :, 3] = 0
    assert not Judge(graph, Place(group="jingpo")).judge(picture).findings


def test_a_symbol_that_has_no_place_at_the_occasion_is_found(graph, tmp_path):
    ((file, _label),) = write_ornament(graph, tmp_path, symbols=["yi-torch-pattern"], count=1, size=192, seed=1)
    picture = read_pixels(file).rgba
    found = Judge(graph, Place(occasion="funeral")).judge(picture).findings
    assert [f.rule.kind for f in found] == ["occasion"] and "funeral" in found[0].rule.text
    assert found[0].refuses and "torch" in found[0].what.lower()
    assert not Judge(graph, Place(occasion="wedding")).judge(picture).findings


@pytest.mark.parametrize(
    "place", [Place(dance="jingpo-mnao"), Place(group="jinpo"), Place(occasion="funerl"), Place("dai-peacock", "yi")]
)
def test_an_unknown_place_is_told(graph, place):
    with pytest.raises(BadInput):
        Judge(graph, place)


def test_a_glance_keeps_enough_of_a_large_picture():
    glance = Glance(3000, 40)
    rows = np.repeat(np.arange(3000)[:, None, None] % 251, 40, 1).astype(np.uint8).repeat(3, 2)
    for top in range(0, 3000, 7):
        glance(rows[top : top + 7])
    np.testing.assert_array_equal(glance.pixels[..., :3], rows[::3, ::3])

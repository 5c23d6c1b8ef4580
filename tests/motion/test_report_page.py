"""The evaluation's page says every figure with what it rests on, leaves out what is missing, and lies about nothing."""

import copy
import json
import re
import warnings
from html import unescape
from pathlib import Path

import html5rdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.errors import BadInput
from ritual.motion.report_figures import Figure, axis, bar
from ritual.motion.report_page import Media, page, write_page

MEDIA = Media("walk", "Subject 02", "real", "generated", "m/1.png", "m/1.mp4", "m/1-poster.png", (200, 100))


@pytest.fixture
def result():
    """Made up, but whole: the form of what `evaluate --json` writes, not a measurement."""
    return json.loads(Path(__file__).with_name("evaluation.json").read_text(encoding="utf-8"))


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def valid(html):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        html5rdf.HTMLParser(strict=True).parse(html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    return html


def test_the_page_is_valid_html_that_needs_nothing_but_its_media(result):
    html = valid(page(result, [MEDIA]))
    links = re.findall(r'(?:href|src|poster)="([^"#][^"]*)"', html)
    assert set(links) == {"data:,", "m/1.png", "m/1.mp4", "m/1-poster.png"}
    assert "<script" not in html and "@import" not in html and "url(" not in html


def test_every_figure_stands_with_its_value_spread_n_and_meaning(result):
    html = page(result)
    part = html.split('id="figures"')[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', part, re.DOTALL)
    told = {re.sub(r"<[^>]+>", "", re.search(r"<code>(.*?)</code>", row)[1]): text_of(row) for row in rows}
    assert set(told) == set(result["figures"])
    assert "83.1 % ± 4.7 % 96 Likeness of generated clips" in told["dtw_similarity"]
    assert "1.21 x real ± 0.18 x real 96" in told["jerk_ratio"] and "at most 1.5 x real" in told["jerk_ratio"]
    assert "not measured" in told["retrieval_precision"]
    assert all(figure["what"] in told[key] for key, figure in result["figures"].items())


def test_what_is_met_and_what_is_missed_is_said_in_words(result):
    text = text_of(page(result))
    assert "8 of 10 targets are met." in text
    assert "Not met: DTW similarity (falls short by 2.2 percentage points); Skating ratio (too high by 0.12" in text
    assert "✗ Falls short by 2.2 percentage points Target: at least 85.3 % (M §4)" in text
    assert result["command"] in text and result["date"] in text and result["device"] in text


@pytest.mark.parametrize(
    ("op", "value", "met", "words"),
    [
        (">=", 0.945, True, "meets the target"),
        (">=", 0.9449999, False, "falls short by 1e-05 percentage points"),  # rounds to 94.5 %, and is not
        ("<=", 0.95, False, "too high by 0.5 percentage points"),
        ("==", 0.945, True, "meets the target"),
        ("==", 0.9, False, "off by 4.5 percentage points"),
        (">", 0.945, False, "falls short by 0 percentage points"),
        ("<", 0.9, True, "meets the target"),
        (">=", None, None, "not measured"),
    ],
)
def test_a_verdict_rounds_nothing_in_a_figures_favour(op, value, met, words):
    figure = Figure.of("x", {"value": value, "unit": "share", "target": {"op": op, "value": 0.945}})
    assert figure.met is met and figure.verdict == words


def test_a_target_that_was_not_measured_is_not_met(result):
    result["figures"]["interception"]["value"] = None
    assert "7 of 10 targets are met." in text_of(page(result))
    result["figures"]["interception"]["value"] = float("nan")
    assert "7 of 10 targets are met." in text_of(page(result))


numbers = st.floats(0, 1e6)


@given(numbers, numbers, numbers)
def test_bars_lie_on_their_axis_in_order(value, spread, target):
    data = {"value": value, "spread": spread, "target": {"op": ">=", "value": target}}
    figure = Figure.of("x", data)
    drawn = bar(figure, "generated", axis([figure]))
    assert 0 <= drawn.length <= 100 and 0 <= drawn.line <= 100
    if drawn.low is not None:
        assert 0 <= drawn.low <= drawn.length <= drawn.high <= 100
    if abs(value - target) > 1e-3 * (value + target + spread):
        assert (drawn.length >= drawn.line) == (value >= target)


def test_captions_compare_generated_real_and_random(result):
    part = page(result).split('id="captions"')[1].split("</section>")[0]
    assert 'aria-label="Real and real' not in part  # labels are as written, and only figures are capitalised
    assert 'aria-label="generated and real: 80.0 %' in part and 'aria-label="random and real: 50.0 %' in part
    assert 'aria-label="real and real: not measured' in part  # one caption has a single real clip
    assert "4 real, 8 generated" in text_of(part)
    lengths = [float(x) for x in re.findall(r'class="(?:generated|real|random)" y="1.5" width="([\d.]+)"', part)]
    assert lengths[:3] == [80.0, 85.0, 50.0]


def test_the_ablation_shows_every_variant_and_what_was_not_measured(result):
    part = text_of(page(result).split('id="ablation"')[1].split("</section>")[0])
    assert all(row["name"] in part for row in result["ablation"])
    assert "without projection 76.0 % ± 2.0 %, n = 60 not measured" in part
    nested = [{"name": row.pop("name"), "figures": row} for row in copy.deepcopy(result["ablation"])]
    assert page({**result, "ablation": nested}) == page(result)


def test_the_confusion_matrix_is_a_table_whose_diagonal_is_framed(result):
    part = page(result).split('id="confusion"')[1].split("</section>")[0]
    assert "named 267 of 300 fresh ones rightly" in text_of(part)
    cells = re.findall(r'<td style="--share:(\d+)"( class="right")?>(\d+)', part)
    assert len(cells) == 36 and [n for n, cell in enumerate(cells) if cell[1]] == [0, 7, 14, 21, 28, 35]
    assert cells[0] == ("94", ' class="right"', "47")


@pytest.mark.parametrize(
    ("key", "anchor"),
    [("captions", "captions"), ("dances", "dances"), ("models", "models"), ("ablation", "ablation"),
     ("confusion", "confusion"), ("figures", "figures")],
)  # fmt: skip
def test_what_was_not_measured_is_left_out(result, key, anchor):
    assert f'id="{anchor}"' in page(result)
    for nothing in (None, {} if isinstance(result[key], dict) else []):
        html = valid(page({**result, key: nothing}))
        assert f'id="{anchor}"' not in html and f'href="#{anchor}"' not in html
    del result[key]
    assert f'id="{anchor}"' not in valid(page(result))


def test_an_empty_evaluation_is_still_a_page():
    assert "How good the motion is" in valid(page({}))


def test_tables_pictures_and_films_can_be_read_aloud(result):
    html = page(result, [MEDIA])
    assert html.count("<table") == html.count("<caption>")
    assert not re.search(r"<th(?! scope=)[ >]", html)
    images, films = re.findall(r"<img[^>]*>", html), re.findall(r"<video[^>]*>", html)
    assert images and all('alt="' in tag for tag in images)
    assert films and all("aria-label=" in tag and " controls" in tag for tag in films)
    svgs = re.findall(r"<svg[^>]*>", html)
    assert svgs and all("aria-hidden" in tag or ('role="img"' in tag and "aria-label" in tag) for tag in svgs)


def test_names_cannot_break_out_of_the_page(result):
    evil = '"><script>alert(1)</script>'
    result["command"] = evil
    result["captions"][0]["caption"] = evil
    result["dances"][evil] = {"compliance_before": 0.5}
    result["figures"]["jerk_ratio"]["what"] = evil
    html = valid(page(result, [Media(evil, evil, evil, evil, "a.png", None, None, (1, 1))]))
    assert "<script" not in html and html.count("alert(1)") >= 6


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"figures": []}, None),
        ({"figures": [1]}, "'figures' of the evaluation is no JSON object"),
        ({"figures": {"x": "high"}}, "'x' holds 'high', which is no number"),
        ({"figures": {"x": {"value": True}}}, "'x' holds True"),
        ({"figures": {"x": {"value": 1, "target": {"op": "~", "value": 1}}}}, "target of the figure 'x' has no op"),
        ({"captions": {"walk": 1}}, "'captions' of the evaluation is no list"),
        ({"dances": {"dai-peacock": 3}}, "'dai-peacock' of the evaluation"),
        ({"confusion": {"labels": ["a", "b"], "matrix": [[1, 2]]}}, "2 labels but its matrix is not 2 x 2"),
        ({"confusion": {"labels": ["a"]}}, "labels and a matrix"),
    ],
)
def test_another_form_is_refused_in_a_sentence(part, words):
    if words is None:
        assert "Every figure" not in page(part)
        return
    with pytest.raises(BadInput, match=re.escape(words)):
        page(part)


def test_a_list_is_no_evaluation():
    with pytest.raises(BadInput, match="no JSON object"):
        page([1, 2])


def test_the_same_result_gives_the_same_bytes(result, tmp_path):
    first, second = (write_page(result, tmp_path / name, [MEDIA]).read_bytes() for name in ("a.html", "b.html"))
    assert first == second

"""Tables in the papers' form."""

import csv
import io

import pytest

from ritual.errors import BadInput
from ritual.imagery.evaluation.tables import Cell, Table, table_of


def papercut():
    """Two rows of P's Table 1, and real pictures beside them."""
    rows = {
        "Pix2pix": {"FID": Cell(54.0804), "KID": Cell(0.0285, 0.0165), "SSIM": Cell(0.6882, 0.0025)},
        "ours_1": {"FID": Cell(50.7911), "KID": Cell(0.0208, 0.0146), "SSIM": Cell(0.7031, 0.0021)},
        "real": {"SSIM": Cell(1.0)},
    }
    return Table(("FID", "KID", "SSIM", "seconds"), rows, real="real")


def test_the_best_is_the_lowest_or_highest_and_never_the_real_pictures():
    table = papercut()
    assert table.best("FID") == table.best("SSIM") == {"ours_1"}
    assert table.best("seconds") == set()


def test_where_noise_counts_as_well_the_best_is_nearest_to_the_real_pictures():
    rows = {"noisy": {"sharpness": Cell(900.0)}, "true": {"sharpness": Cell(480.0)}, "real": {"sharpness": Cell(500.0)}}
    assert Table(("sharpness",), rows, real="real").best("sharpness") == {"true"}
    assert Table(("sharpness",), {"noisy": rows["noisy"], "true": rows["true"]}).best("sharpness") == set()


def test_some_figures_are_chosen_by_name_whatever_features_they_are_on():
    table = Table(("SSIM", "FID-memory", "KID-memory"), {})
    assert table.only(["KID", "SSIM"]).columns == ("KID-memory", "SSIM")
    with pytest.raises(BadInput, match="no figure 'VIF'"):
        table.only(["VIF"])


def test_a_table_of_many_figures_is_turned():
    names = tuple(f"figure {n}" for n in range(9))
    table = Table(names, {"a": {name: Cell(1.0) for name in names}, "b": {}})
    assert " & a & b" in table.latex("c", "l") and "figure 8 & $1$ & --" in table.latex("c", "l")
    assert table.html().count("<tr>") == 10


def test_what_is_written_alike_is_as_good():
    table = Table(("SSIM",), {"a": {"SSIM": Cell(0.70001)}, "b": {"SSIM": Cell(0.70004)}})
    assert table.best("SSIM") == {"a", "b"}


def test_latex_has_arrows_spreads_bold_and_escaped_names():
    text = papercut().latex("Two models & more", "tab:a")
    assert r"FID $\downarrow$ & KID $\downarrow$ & SSIM $\uparrow$ & seconds" in text
    assert r"ours\_1 & $\mathbf{50.79}$ & $\mathbf{0.0208} \pm 0.0146$ & $\mathbf{0.7031} \pm 0.0021$ & -- \\" in text
    assert r"\caption{Two models \& more}" in text and text.count("&") == 4 * 4 + 1


def test_csv_has_every_figure_in_full():
    rows = list(csv.DictReader(io.StringIO(papercut().csv())))
    assert rows[1]["model"] == "ours_1" and float(rows[1]["KID spread"]) == 0.0146 and rows[2]["FID"] == ""


def test_html_escapes_names_and_marks_the_best():
    table = Table(("PSNR",), {"<a>": {"PSNR": Cell(12.2, 1.9)}, "b": {"PSNR": Cell(11.0)}})
    assert "&lt;a&gt;" in table.html() and "<b>12.20</b> <small>± 1.90</small>" in table.html()


def test_a_benchmarks_rows_are_a_table():
    rows = [
        {"model": name, "seeds": [1, 2], "ours": name == "papercut", "FID-memory": {"mean": mean, "spread": 0.5}}
        for name, mean in (("cyclegan", 3.0), ("papercut", 2.0))
    ]
    table = table_of(rows)
    assert table.columns == ("FID-memory",) and table.best("FID-memory") == {"papercut"}


def test_a_row_beside_the_others_is_shown_and_never_the_best():
    rows = [{"model": name, "beside": name == "CVRM", "SSIM": {"mean": mean}}
            for name, mean in (("SGM", 0.2), ("R", 0.4), ("CVRM", 0.9))]  # fmt: skip
    table = table_of(rows)
    assert table.best("SSIM") == {"R"} and "CVRM" in table.csv()
    assert table.only(["SSIM"]).best("SSIM") == {"R"}

import io
import re

import numpy as np
import pytest
from PIL import Image

from ritual.errors import BadInput
from ritual.imagery.use.bilevel import sheet
from ritual.imagery.use.canvas import Canvas, resampled
from ritual.imagery.use.enlarge import crisp, enlarged
from ritual.imagery.use.network import network
from ritual.imagery.use.restore import restored
from ritual.imagery.use.synthesise import synthesised, webp
from ritual.imagery.use.synthesised_files import write_synthesised
from ritual.imagery.use.tiles import Tiling
from ritual.imagery.use.translate import Cut, paper_cut, translated
from ritual.imagery.use.vector import outlines, svg
from ritual.pictures.side_by_side import side_by_side


def bands(picture, height=37):
    rows = (picture[top : top + height] for top in range(0, len(picture), height))
    return Canvas(*picture.shape, rows)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_png_written_in_bands_is_the_picture(picture, channels):
    buffer = io.BytesIO()
    bands(picture[..., :channels]).write(buffer)
    np.testing.assert_array_equal(np.asarray(Image.open(buffer)), picture[..., :channels])


@pytest.mark.parametrize("size", [(45, 65), (77, 101), (135, 195)])
def test_bands_are_resampled_as_the_whole_would_be(picture, size):
    rgb = picture[..., :3]
    whole = Image.fromarray(rgb).resize((130, size[0]), Image.Resampling.LANCZOS)
    whole = whole.resize(size[::-1], Image.Resampling.LANCZOS)
    assert np.abs(resampled(bands(rgb), *size).whole() - np.asarray(whole, int)).max() <= 2


def test_a_translation_keeps_size_and_transparency(weights, picture):
    made = translated(network("translation", "", weights["translation"]), picture, Tiling(64, 32)).whole()
    assert made.shape == picture.shape
    np.testing.assert_array_equal(made[..., 3], picture[..., 3])
    assert np.abs(made[..., :3].astype(int) - picture[..., :3]).max() > 20


@pytest.mark.parametrize(("factor", "size"), [(2, (180, 260)), (4, (360, 520)), (1.5, (135, 195)), (3, (270, 390))])
def test_any_factor_is_reached_and_the_alpha_goes_with_it(weights, picture, factor, size):
    made = enlarged(network("enlargement", "", weights["enlargement"]), picture, factor).whole()
    assert made.shape == (*size, 4)
    assert made[-5, -5, 3] == 0 and made[5, 5, 3] == 255


def test_an_enlarged_paper_cut_has_the_two_colours_of_the_small_one(weights):
    small = np.full((40, 40, 4), 255, np.uint8)
    small[10:30, 10:30, :3] = (200, 16, 46)
    made, alpha = crisp(enlarged(network("enlargement", "", weights["enlargement"]), small, 2), small)
    assert alpha is None and len(np.unique(made.canvas().whole().reshape(-1, 3), axis=0)) == 2


@pytest.mark.parametrize("factor", [1, 0.5, 9, float("nan")])
def test_a_factor_out_of_range_is_refused(weights, picture, factor):
    with pytest.raises(BadInput, match="factor"):
        enlarged(network("enlargement", "", weights["enlargement"]), picture, factor)


def test_restoring_under_a_mask_leaves_the_rest_bit_for_bit(weights, picture):
    mask = np.zeros(picture.shape[:2], bool)
    mask[20:40, 30:70] = True
    made = restored(network("translation", "", weights["translation"]), picture, mask).whole()
    np.testing.assert_array_equal(made[~mask], picture[~mask])
    assert (made[mask] != picture[mask]).any()


def test_specks_and_pinholes_go_and_the_paper_stays():
    rgb = np.full((128, 128, 3), 250, np.uint8)
    rgb[20:100, 20:100] = (180, 20, 30)
    rgb[60:62, 60:62] = 250  # a pinhole
    rgb[5:7, 5:7] = (180, 20, 30)  # a speck
    made = sheet(rgb, speck=9)
    assert made.paper.sum() == 80 * 80 and made.colour == (180, 20, 30) and made.ground == (250, 250, 250)


def test_a_cut_out_has_no_ground_and_the_colour_that_was_asked_for(weights, picture):
    canvas = translated(network("translation", "", weights["translation"]), picture)
    made = paper_cut(canvas, Cut(colour=(200, 16, 46))).cut_out().whole()
    assert {*np.unique(made[..., 3]).tolist()} == {0, 255}
    assert (made[made[..., 3] == 255][:, :3] == (200, 16, 46)).all()


def test_curves_drawn_again_are_the_paper_cut():
    pytest.importorskip("potrace")
    y, x = np.mgrid[:320, :320]
    radius = np.hypot(x - 160, y - 160)
    paper = (radius < 80 + 50 * np.sin(6 * np.arctan2(y - 160, x - 160))) & (radius > 24)
    drawn = filled(outlines(paper), paper.shape)
    assert (drawn & paper).sum() / (drawn | paper).sum() > 0.985
    assert svg(sheet(np.where(paper[..., None], (200, 16, 46), 255).astype(np.uint8))).count(b"<path") == 1


def filled(path, shape):
    """(H, W) bool: the even-odd inside of an SVG path of M, L and C, at the pixels' centres."""
    toggled = np.zeros((shape[0], shape[1] + 1), int)
    for contour in re.findall(r"M[^Z]*Z", path):
        points = polygon(contour)
        for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, 0), strict=True):
            rows = np.arange(np.ceil(min(ay, by) - 0.5), np.ceil(max(ay, by) - 0.5)).astype(int)
            rows = rows[(rows >= 0) & (rows < shape[0])]
            at = ax + (rows + 0.5 - ay) * (bx - ax) / (by - ay) if len(rows) else rows
            np.add.at(toggled, (rows, np.clip(np.ceil(at - 0.5), 0, shape[1]).astype(int)), 1)
    return toggled.cumsum(1)[:, :-1] % 2 == 1


def polygon(contour):
    points = []
    for kind, numbers in re.findall(r"([MLC])([-\d., ]+)", contour):
        given = np.array(re.findall(r"-?[\d.]+", numbers), float).reshape(-1, 2)
        if kind != "C":
            points += given.tolist()
            continue
        start, (one, two, end) = np.array(points[-1]), given
        for t in np.linspace(0, 1, 13)[1:]:
            s = 1 - t
            points.append((s**3 * start + 3 * s * s * t * one + 3 * s * t * t * two + t**3 * end).tolist())
    return np.array(points)


def test_a_seed_gives_its_picture_whatever_is_made_beside_it(weights):
    net = network(("synthesis", "video"), "", weights["synthesis"])
    first, alone = list(synthesised(net, 3, seed=5)), next(synthesised(net, 1, seed=7))
    np.testing.assert_array_equal(first[2], alone)
    assert first[0].shape == (32, 32, 3) and (first[0] != first[1]).any()
    assert side_by_side(first).shape == (2 * 36 + 4, 2 * 36 + 4, 3)


def test_a_clip_becomes_a_film(weights, tmp_path):
    net = network(("synthesis", "video"), "", weights["video"])
    clip = next(synthesised(net, 1))
    assert clip.shape == (8, 32, 32, 3)
    moving = Image.open(io.BytesIO(webp(clip)))
    assert moving.n_frames == 8
    av = pytest.importorskip("av")
    (line,) = write_synthesised(net, tmp_path, "clip", 1, film=True).lines
    with av.open(line["image"]) as film:
        assert len(list(film.decode(video=0))) == 8


def test_weights_for_another_task_are_refused(weights):
    with pytest.raises(BadInput, match="are for synthesis, not for translation"):
        network("translation", "", weights["synthesis"])


def test_a_runs_folder_stands_for_its_weights(weights, tmp_path):
    assert network("translation", "", weights["translation"].parent).model.task == "translation"
    with pytest.raises(BadInput, match="no model"):
        network("translation", "", tmp_path)


def test_a_name_that_is_none_is_told_with_those_for_the_same_task(weights, tmp_path):
    (tmp_path / "paper.safetensors").write_bytes(weights["translation"].read_bytes())
    with pytest.raises(BadInput, match="no weights 'papier'") as told:
        network("translation", "papier", folder=tmp_path)
    assert "paper" in told.value.hint
    with pytest.raises(BadInput) as told:
        network("restoration", "restore", folder=tmp_path)
    assert "None for restoration" in told.value.hint


def test_truncated_weights_are_refused_in_one_sentence(weights, tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(weights["translation"].read_bytes()[:3000])
    with pytest.raises(BadInput, match="not a safetensors file"):
        network("translation", "", broken)
    with pytest.raises(BadInput, match="no weights"):
        network("translation", "", tmp_path / "none.safetensors")

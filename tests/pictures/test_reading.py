"""Whatever a file holds, it becomes one kind of array or one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from ritual.errors import BadInput
from ritual.pictures.folder import Folder
from ritual.pictures.reading import LARGEST, read_picture


def checks(side: int = 32, mode: str = "RGB") -> Image.Image:
    """Red squares on white."""
    rows, columns = np.indices((side, side)) // 8
    odd = ((rows + columns) % 2 == 1)[..., None]
    return Image.fromarray(np.where(odd, (200, 30, 30), (255, 255, 255)).astype(np.uint8)).convert(mode)


def saved(folder: Path, image: Image.Image, name: str = "a.png", **options: object) -> Path:
    image.save(folder / name, **options)
    return folder / name


def test_a_plain_picture_comes_back_pixel_for_pixel(tmp_path: Path) -> None:
    picture = read_picture(saved(tmp_path, checks()))
    assert picture.rgba.dtype == np.float32 and picture.rgba.shape == (32, 32, 4)
    np.testing.assert_allclose(picture.rgba[0, 8], (200 / 255, 30 / 255, 30 / 255, 1), atol=1e-6)
    assert picture.notes == ()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_plain_mode_of_png_is_read_without_a_note(tmp_path: Path, mode: str) -> None:
    picture = read_picture(saved(tmp_path, checks(mode=mode)))
    assert picture.rgba.shape == (32, 32, 4) and picture.notes == ()


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.bmp", "a.tiff", "a.ppm"])
def test_every_format_is_read(tmp_path: Path, name: str) -> None:
    rgba = read_picture(saved(tmp_path, checks(), name)).rgba
    assert abs(rgba[4, 12, 0] - 200 / 255) < 0.06 and rgba[4, 4, 1] > 0.93


def test_a_picture_is_fitted_whole_into_a_square(tmp_path: Path) -> None:
    rgba = read_picture(saved(tmp_path, checks(64).crop((0, 0, 64, 32))), size=16).rgba
    assert rgba.shape == (16, 16, 4)
    assert not rgba[:4, :, 3].any() and rgba[4:12, :, 3].all() and not rgba[12:, :, 3].any()


def test_paper_shows_where_the_picture_is_transparent(tmp_path: Path) -> None:
    image = checks().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 16, 32))
    picture = read_picture(saved(tmp_path, image))
    np.testing.assert_allclose(picture.on((0.2, 0.4, 0.6))[5, 5], (0.2, 0.4, 0.6), atol=1e-6)


@pytest.mark.parametrize("scale", [1, 257])
def test_sixteen_bits_are_scaled(tmp_path: Path, scale: int) -> None:
    values = (np.arange(32 * 32, dtype=np.uint16).reshape(32, 32) % 255 + 1) * scale
    picture = read_picture(saved(tmp_path, Image.fromarray(values)))
    np.testing.assert_allclose(picture.rgba[..., 0], values / 65535, atol=1e-6)
    assert picture.notes == ("16 bits scaled to 0..1",)


def test_floats_are_scaled_from_least_to_greatest(tmp_path: Path) -> None:
    values = np.linspace(-5, 5, 32 * 32, dtype=np.float32).reshape(32, 32)
    picture = read_picture(saved(tmp_path, Image.fromarray(values), "a.tiff"))
    assert picture.rgba[0, 0, 0] == 0 and picture.rgba[-1, -1, 0] == 1 and picture.notes


def test_cmyk_becomes_srgb(tmp_path: Path) -> None:
    picture = read_picture(saved(tmp_path, checks(mode="CMYK"), "a.jpg", quality=95))
    np.testing.assert_allclose(picture.rgba[4, 4, :3], 1, atol=0.03)
    assert picture.rgba[4, 12, 0] > 0.65 > 0.3 > picture.rgba[4, 12, 1]
    assert picture.notes == ("CMYK converted to sRGB",)


def test_a_colour_profile_is_applied_and_a_broken_one_left_aside(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read_picture(saved(tmp_path, checks(), icc_profile=srgb)).notes == ()
    picture = read_picture(saved(tmp_path, checks(), icc_profile=b"no profile"))
    assert picture.notes == ("its colour profile is broken and was left aside",)
    np.testing.assert_allclose(picture.rgba[0, 8, 0], 200 / 255, atol=1e-6)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_gives_its_first_frame_and_says_so(tmp_path: Path, name: str) -> None:
    other = Image.new("RGB", (32, 32), (0, 0, 255))
    path = saved(tmp_path, checks(), name, save_all=True, append_images=[other, other.rotate(90)])
    picture = read_picture(path)
    assert picture.rgba[4, 4, 0] > 0.9 and "first of its" in picture.notes[0]


def test_a_pattern_of_transparency_alone_is_read_and_said(tmp_path: Path) -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.putalpha(checks(mode="L"))
    picture = read_picture(saved(tmp_path, image))
    assert picture.notes == ("its pattern lies in its transparency alone",)


def test_a_cameras_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_picture(saved(tmp_path, checks(64).crop((0, 0, 64, 32)), "a.jpg", exif=exif)).rgba.shape == (64, 32, 4)


def test_a_side_of_twenty_thousand_pixels_is_made_smaller(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("L", (20_000, 400), 90))
    picture = read_picture(path)
    assert picture.rgba.shape == (82, LARGEST, 4) and picture.notes == ("made smaller from 20000 x 400",)
    assert read_picture(path, size=64).rgba.shape == (64, 64, 4)


def _bad(folder: Path, what: str) -> Path:
    path = folder / f"{what}.png"
    buffer = io.BytesIO()
    checks().save(buffer, "PNG")
    data = buffer.getvalue()
    if what == "bomb":
        Image.new("1", (20_000, 20_000)).save(path)
    elif what == "clear":
        Image.new("RGBA", (32, 32), (200, 30, 30, 0)).save(path)
    elif what in ("dot", "thread"):
        Image.new("RGB", (1, 1) if what == "dot" else (300, 2)).save(path)
    elif what == "folder":
        path.mkdir()
    elif what != "missing":
        held = {"empty": b"", "cut": data[:-40], "words": b"a flower", "script": b"%!PS-Adobe-3.0 EPSF-3.0"}
        path.write_bytes(held[what])
    return path


BAD = {
    "missing": "There is no image",
    "folder": "is a folder",
    "empty": "is empty: it has no bytes",
    "words": "is no image that can be read",
    "script": "is no image that can be read",
    "cut": "is broken: ",
    "dot": "is 1 x 1 pixels: too small",
    "thread": "is 300 x 2 pixels: too small",
    "bomb": "is larger than the 179 million pixels",
    "clear": "is wholly transparent",
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_picture_is_refused_in_one_sentence_that_names_it(tmp_path: Path, what: str) -> None:
    path = _bad(tmp_path, what)
    with pytest.raises(BadInput) as caught:
        read_picture(path)
    assert BAD[what] in caught.value.message and path.name in caught.value.message
    assert caught.value.message.endswith(".") and "\n" not in str(caught.value)


def test_a_folder_goes_on_past_the_bad_ones_and_sums_up(tmp_path: Path) -> None:
    for what in ("empty", "cut", "dot", "clear"):
        _bad(tmp_path, what)
    saved(tmp_path, checks(), "fine.png")
    (tmp_path / "deeper").mkdir()
    saved(tmp_path / "deeper", checks(mode="CMYK"), "also.jpg")
    (tmp_path / ".hidden").mkdir()
    saved(tmp_path / ".hidden", checks())
    (tmp_path / "readme.txt").write_text("no image")
    folder = Folder(tmp_path)
    assert {picture.path.name for picture in folder} == {"fine.png", "also.jpg"}
    assert sorted(path.stem for path, _ in folder.bad) == ["clear", "cut", "dot", "empty"]
    assert [path.name for path, _ in folder.noted] == ["also.jpg"]
    assert folder.summary().startswith("2 pictures read, 4 not:\n") and len(folder.summary().splitlines()) == 5
    assert len(list(folder)) == 2 and len(folder.bad) == 4, "reading twice tells the same"


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No image in"):
        Folder(tmp_path)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
    length=st.floats(0.05, 1),
)
def test_a_damaged_file_gives_a_picture_or_a_sentence_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, kind: str, cuts: list[tuple[float, int]], length: float
) -> None:
    buffer = io.BytesIO()
    checks().save(buffer, kind)
    data = bytearray(buffer.getvalue())
    for where, value in cuts:
        data[int(where * (len(data) - 1))] = value
    path = tmp_path_factory.mktemp("damaged") / "a.bin"
    path.write_bytes(bytes(data[: max(1, int(length * len(data)))]))
    try:
        rgba = read_picture(path, size=16).rgba
    except BadInput as error:
        assert "a.bin" in error.message
    else:
        assert np.isfinite(rgba).all() and rgba.min() >= 0 and rgba.max() <= 1

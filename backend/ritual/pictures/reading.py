"""Image files of any make, read safely: into one kind of array, or refused in one sentence.

Only raster formats that need no other program are opened; a picture that says it is larger than Pillow's own guard
against decompression bombs is refused before a pixel of it is decoded.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from ritual.errors import BadInput

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
SMALLEST = 8
"""The shorter side of a picture that can hold a pattern [px]."""
LARGEST = 4096
"""The longer side of a picture as it is kept; a larger one is made smaller as it is read [px]."""
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_PLAIN = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa")


@dataclass(frozen=True)
class Picture:
    """One image.

    Attributes:
        rgba: (H, W, 4) float32 in 0..1, sRGB with straight alpha, first row on top.
        path: the file it came from.
        notes: what was done to it on the way, each in one sentence; empty where nothing was.
    """

    rgba: np.ndarray
    path: Path
    notes: tuple[str, ...] = ()

    def on(self, background: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> np.ndarray:
        """(H, W, 3) float32: the picture laid on paper of one colour."""
        alpha = self.rgba[..., 3:]
        return self.rgba[..., :3] * alpha + np.asarray(background, np.float32) * (1 - alpha)


def read_picture(path: Path | str, size: int | None = None) -> Picture:
    """Read one image file.

    An animation gives its first frame, 16 bits and floats are scaled, CMYK and colour profiles are converted to sRGB,
    a camera's orientation is applied, and each of these leaves a note.

    Args:
        path: PNG, JPEG, WEBP, GIF, BMP, TIFF or PPM.
        size: side of a square [px]: the picture is fitted into it whole and the rest is transparent; None = as it is,
            but no side above `LARGEST`.

    Raises:
        BadInput: no such file; it is empty, corrupt, no image, too small for a pattern, too large to decode safely, or
            wholly transparent.
    """
    path = Path(path)
    _see_that_it_is_there(path)
    return _floats(*_read(path, path, size))


def read_bytes(data: bytes, name: str, size: int | None = None) -> Picture:
    """As `read_picture`, of a file's bytes; `name` is what messages call it."""
    return _floats(*_read(_bytes(data, name), Path(name), size))


@dataclass(frozen=True)
class Pixels:
    """One image as large as it is, in four bytes a pixel.

    Attributes:
        rgba: (H, W, 4) uint8, sRGB with straight alpha, first row on top.
        path, notes: see `Picture`.
    """

    rgba: np.ndarray
    path: Path
    notes: tuple[str, ...] = ()


def read_pixels(source: Path | str | bytes, name: str = "The picture") -> Pixels:
    """As `read_picture`, without its limit `LARGEST`: for those who work through a large picture part by part.

    Args:
        source: a file, or a file's bytes. name: what messages call bytes.
    """
    if isinstance(source, bytes):
        rgba, path, notes = _read(_bytes(source, name), Path(name), None, largest=None)
    else:
        _see_that_it_is_there(path := Path(source))
        rgba, path, notes = _read(path, path, None, largest=None)
    if rgba.dtype != np.uint8:
        rgba = (rgba * 255).round().astype(np.uint8)
    return Pixels(rgba, path, notes)


def _bytes(data: bytes, name: str) -> io.BytesIO:
    if not data:
        raise BadInput(f"{name} is empty: it has no bytes.")
    return io.BytesIO(data)


def _floats(rgba: np.ndarray, path: Path, notes: tuple[str, ...]) -> Picture:
    return Picture(rgba if rgba.dtype == np.float32 else np.asarray(rgba, np.float32) / 255, path, notes)


def _read(
    source: Path | io.BytesIO, path: Path, size: int | None, largest: int | None = LARGEST
) -> tuple[np.ndarray, Path, tuple[str, ...]]:
    """(H, W, 4) uint8, or float32 in 0..1 where the file has more than 8 bits; whence; what was done."""
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; its refusals are errors
            with Image.open(source, formats=FORMATS) as image:
                rgba = _decoded(image, path, size, largest, notes)
    except BadInput:
        raise
    except Image.UnidentifiedImageError:
        raise BadInput(f"{path} is no image that can be read.", hint=f"Readable: {', '.join(FORMATS)}.") from None
    except Image.DecompressionBombError:
        most = (Image.MAX_IMAGE_PIXELS or 0) * 2
        raise BadInput(
            f"{path} is larger than the {most / 1e6:.0f} million pixels that are decoded safely.",
            hint="Make it smaller first.",
        ) from None
    except Exception as error:  # decoders raise whatever a broken file leads them to; all of it means one thing
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise BadInput(f"{path} is broken: {reason}.", hint="Open and save it again, or leave it out.") from None
    if not rgba[..., 3].any():
        raise BadInput(f"{path} is wholly transparent: there is nothing to see in it.")
    if _only_alpha(rgba):
        notes.append("its pattern lies in its transparency alone")
    return rgba, path, tuple(notes)


def _see_that_it_is_there(path: Path) -> None:
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder, not an image.")
        if not path.is_file():
            raise BadInput(f"There is no image {path}.")
        if path.stat().st_size == 0:
            raise BadInput(f"{path} is empty: it has no bytes.")
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _decoded(
    image: Image.Image, path: Path, size: int | None, largest: int | None, notes: list[str]
) -> np.ndarray:
    """The pixels of an opened file, at the size that is wanted."""
    width, height = image.size
    if min(width, height) < SMALLEST:
        raise BadInput(
            f"{path} is {width} x {height} pixels: too small to hold a pattern.",
            hint=f"It needs {SMALLEST} x {SMALLEST} at least.",
        )
    if getattr(image, "n_frames", 1) > 1:
        notes.append(f"the first of its {image.n_frames} frames")
        image.seek(0)
    longest = min(largest or max(width, height), max(width, height)) if size is None else size
    if image.format == "JPEG":
        image.draft(None, (longest, longest))  # decodes a large photograph at a half, a quarter or an eighth
    image.load()
    if largest is not None and max(width, height) > largest:
        notes.append(f"made smaller from {width} x {height}")
    image = ImageOps.exif_transpose(image)
    return _square(_straight(image, longest, fit=size is not None, notes=notes), size)


def _straight(image: Image.Image, longest: int, *, fit: bool, notes: list[str]) -> np.ndarray:
    """(H, W, 4) uint8 or float32, the longer side `longest` at most, or just so where it is to fit."""
    if image.mode in _SIXTEEN_BIT or image.mode == "F":
        grey = _resized(Image.fromarray(_unit(np.asarray(image), notes)), longest, fit=fit)
        grey = np.clip(np.asarray(grey), 0, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1)
    rgba = _resized(_in_srgb(image, notes).convert("RGBA"), longest, fit=fit)
    return np.asarray(rgba)


def _unit(values: np.ndarray, notes: list[str]) -> np.ndarray:
    """Grey values of more than 8 bits as float32 from 0 to 1."""
    values = np.nan_to_num(values.astype(np.float32))
    if values.min() >= 0 and values.max() <= 1:
        return values
    if values.min() >= 0 and values.max() <= 65535:
        notes.append("16 bits scaled to 0..1")
        return values / 65535
    notes.append("its values scaled from least and greatest to 0..1")
    return (values - values.min()) / max(float(np.ptp(values)), 1e-12)


def _in_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """sRGB, by the file's own profile where it has one."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "LAB"):
        try:
            return _by_profile(image, profile, notes)
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append("its colour profile is broken and was left aside")
    if image.mode in _PLAIN:
        return image
    notes.append(f"{image.mode} converted to sRGB")
    return image.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    converted = ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode=mode)
    if image.mode not in _PLAIN or "sRGB" not in ImageCms.getProfileDescription(theirs):
        notes.append(f"{image.mode} converted to sRGB by its colour profile")
    return converted


def _resized(image: Image.Image, longest: int, *, fit: bool) -> Image.Image:
    scale = longest / max(image.size)
    if scale > 1 and not fit:
        return image
    shape = tuple(max(1, round(side * scale)) for side in image.size)
    return image if shape == image.size else image.resize(shape, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _square(rgba: np.ndarray, size: int | None) -> np.ndarray:
    if size is None:
        return rgba
    height, width = rgba.shape[:2]
    whole = np.zeros((size, size, 4), rgba.dtype)
    top, left = (size - height) // 2, (size - width) // 2
    whole[top : top + height, left : left + width] = rgba
    return whole


def _only_alpha(rgba: np.ndarray) -> bool:
    seen = rgba[rgba[..., 3] > 0][:, :3]
    full = 255 if rgba.dtype == np.uint8 else 1
    return bool(np.ptp(rgba[..., 3]) > full / 2 and np.ptp(seen, axis=0).max() < full / 255)

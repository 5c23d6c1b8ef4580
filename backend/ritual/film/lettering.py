"""Words on pictures: a typeface that has the letters, and words cut to the room there is."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageDraw, ImageFont

# file and face of the system's typefaces that know Chinese, then one that knows every European letter
_WIDE = (("NotoSansCJK-Regular.ttc", 2), ("NotoSansSC-Regular.otf", 0), ("msyh.ttc", 0), ("PingFang.ttc", 0),
         ("wqy-microhei.ttc", 0), ("DejaVuSans.ttf", 0))  # fmt: skip
Font = ImageFont.FreeTypeFont


@lru_cache
def _plain(size: int) -> Font:
    return ImageFont.load_default(size)


@lru_cache
def _wide(size: int) -> Font | None:
    for name, face in _WIDE:
        try:
            return ImageFont.truetype(name, size, index=face)
        except OSError:
            continue
    return None


def font(text: str, size: int) -> Font:
    """Pillow's own typeface, or one of the system's where the text has letters that it lacks."""
    return (None if text.isascii() else _wide(size)) or _plain(size)


def cut(text: str, size: int, width: float) -> str:
    """The text, ended by three dots where it is wider than `width` pixels."""
    face = font(text, size)
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "...") > width:
        text = text[:-1]
    return text.rstrip() + "..."


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str, anchor: str = "ls",
    width: float | None = None,
) -> float:  # fmt: skip
    """Write one line and say how wide it came out [pixels]; `anchor` as Pillow's, `width` cuts it short."""
    text = text if width is None else cut(text, size, width)
    face = font(text, size)
    draw.text(at, text, fill=colour, font=face, anchor=anchor)
    return face.getlength(text)

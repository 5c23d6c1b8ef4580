"""What a performer wears, read from the plain table that travels with a clip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Rgb = tuple[float, float, float]

GARMENTS = ("robe", "skirt", "trousers")
HEADDRESSES = ("peacock-crown", "turban", "silver-crown", "fur-hat", "headscarf", "ribbon", "none")
PERFORMERS = ("female", "male")

_DEFAULTS = {"robe": "#8c2f39", "trim": "#e0b04a", "sash": "#2f6f6b", "skin": "#d8a27c", "hair": "#15100e"}

# A word in a symbol's slug -> the border pattern that shows it; the first that fits is taken. A symbol without a
# drawing of its own gets the plain lozenge band, which stands for nothing: a border must not claim a meaning.
_BORDERS = (
    (("peacock",), "eye"),
    (("torch", "flame", "fire"), "flame"),
    (("wave", "water", "dragon"), "wave"),
    (("butterfly",), "butterfly"),
    (("spiral", "antler", "cloud", "fern"), "scroll"),
    (("coin", "drum", "sun"), "disc"),
    (("wheat",), "wheat"),
    (("terrace", "mountain"), "peak"),
    (("hui", "thunder", "key"), "meander"),
)


@dataclass(frozen=True)
class Costume:
    """Colours as linear RGB, kinds as closed words."""

    robe: Rgb
    trim: Rgb
    sash: Rgb
    sleeve: Rgb
    lower: Rgb
    headdress_colour: Rgb
    skin: Rgb
    hair: Rgb
    garment: str
    headdress: str
    performer: str
    border: str

    @staticmethod
    def from_table(table: dict) -> Costume:
        """The costume of a clip's `meta["costume"]`; missing keys take defaults.

        Raises:
            ValueError: a colour or a kind is not one; names the valid values.
        """

        def colour(default: str, *keys: str) -> Rgb:
            return linear(next((table[key] for key in keys if table.get(key)), default))

        robe = table.get("robe") or _DEFAULTS["robe"]
        trim = table.get("trim") or _DEFAULTS["trim"]
        return Costume(
            robe=linear(robe),
            trim=linear(trim),
            sash=colour(_DEFAULTS["sash"], "sash"),
            sleeve=colour(robe, "sleeve"),
            lower=colour(robe, "garment_colour", "skirt", "trousers", "lower"),
            headdress_colour=colour(trim, "headdress_colour"),
            skin=colour(_DEFAULTS["skin"], "skin"),
            hair=colour(_DEFAULTS["hair"], "hair"),
            garment=_kind(table, "garment", GARMENTS, "robe"),
            headdress=_kind(table, "headdress", HEADDRESSES, "ribbon"),
            performer=_kind(table, "figure" if "figure" in table else "performer", PERFORMERS, "female"),
            border=border_for(table.get("patterns") or table.get("pattern") or table.get("symbols") or ()),
        )


def linear(colour: str) -> Rgb:
    """Linear RGB of an sRGB "#rrggbb".

    Raises:
        ValueError: it is written otherwise.
    """
    digits = str(colour).removeprefix("#")
    try:
        channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    except ValueError:
        channels = []
    if len(digits) != 6 or len(channels) != 3:
        raise ValueError(f"'{colour}' is no colour; write it as #rrggbb.")
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def border_for(symbols: str | Iterable[str]) -> str:
    """The border pattern of the first of a costume's symbols that has one; plain lozenges where none has."""
    for symbol in [symbols] if isinstance(symbols, str) else map(str, symbols):
        if border := drawn(symbol):
            return border
    return "lozenge"


def drawn(symbol: str) -> str | None:
    """The border pattern that stands for a symbol; None where it has no drawing of its own."""
    return next((border for words, border in _BORDERS if any(word in symbol.lower() for word in words)), None)


def _kind(table: dict, key: str, valid: tuple[str, ...], default: str) -> str:
    value = str(table.get(key) or default).strip().lower().replace(" ", "-").replace("_", "-")
    if value not in valid:
        raise ValueError(f"Unknown {key} '{table[key]}'; valid values: {', '.join(valid)}.")
    return value

"""What is worn on the head, painted on the head's own axes."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw

from ritual.film.paint import blend

_SILVER = (214, 220, 228)


def paint_headdress(
    draw: ImageDraw.ImageDraw, dress, m: np.ndarray, up: np.ndarray, front: np.ndarray, left: np.ndarray, r: float,
    behind: bool,
) -> None:  # fmt: skip
    """One of the headdresses of `Dress`.

    Args:
        m: (2,) the head's middle [px]. up, front, left: (2,) a metre of each of its axes [px]. r: its radius [px].
        behind: whether the head is seen from behind.
    """
    colour, trim = dress.headdress_colour, dress.trim

    def disc(at: np.ndarray, radius: float, fill) -> None:
        draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill)

    def fan(count: int, spread: float, length: float, fill, tip, thick: float) -> None:
        for angle in np.linspace(-spread, spread, count):
            end = m + length * (np.cos(angle) * up + np.sin(angle) * left)
            draw.line([*(m + 0.07 * up), *end], fill=fill, width=max(1, round(thick * r)))
            disc(end, 0.24 * r, tip)

    def band(height: float, fill, thick: float) -> None:
        reach = 1.0 * r * left / max(float(np.linalg.norm(left)), 1e-6)
        side = reach if np.linalg.norm(left) > np.linalg.norm(front) else r * front / np.linalg.norm(front)
        at = m + height * up
        draw.line([*(at - side), *(at + side)], fill=fill, width=max(2, round(thick * r)))

    match dress.headdress:
        case "peacock-crown":
            fan(7, 0.9, 0.24, colour, trim, 0.22)
            band(0.055, trim, 0.35)
        case "silver-crown":
            for side in (-1, 1):
                points = [m + 0.06 * up + side * 0.05 * left, m + 0.15 * up + side * 0.17 * left,
                          m + 0.27 * up + side * 0.15 * left]  # fmt: skip
                draw.line(np.concatenate(points).tolist(), fill=_SILVER, width=max(2, round(0.3 * r)), joint="curve")
            fan(5, 0.5, 0.17, _SILVER, blend(_SILVER, colour, 0.4), 0.12)
            band(0.06, _SILVER, 0.5)
        case "turban":
            disc(m + 0.065 * up, 1.18 * r, colour)
            disc(m + 0.10 * up - 0.02 * left, 0.75 * r, blend(colour, (255, 255, 255), 0.18))
            band(0.06, blend(colour, (0, 0, 0), 0.3), 0.3)
            if not behind:
                disc(m + 0.07 * up + 0.09 * front, 0.26 * r, trim)
        case "fur-hat":
            disc(m + 0.085 * up, 1.0 * r, colour)
            for side in np.linspace(-0.1, 0.1, 7):
                disc(m + 0.055 * up + side * left, 0.45 * r, blend((96, 66, 44), (0, 0, 0), 0.15))
        case "headscarf":
            if behind:
                disc(m, 1.15 * r, colour)
                disc(m - 0.05 * up, 1.0 * r, colour)
            else:
                disc(m + 0.085 * up - 0.01 * front, 0.95 * r, colour)
                for side in (-1, 1):
                    tip = m - 0.08 * up + side * 0.095 * left
                    draw.line([*(m + 0.06 * up + side * 0.08 * left), *tip], fill=colour, width=max(2, round(0.4 * r)))
            band(0.066, trim, 0.2)
        case "ribbon":
            band(0.068, colour, 0.32)
            disc(m + 0.08 * up + 0.07 * left, 0.4 * r, colour)
            tail = m - 0.06 * up - 0.12 * front
            draw.line([*(m - 0.08 * front), *tail], fill=colour, width=max(2, round(0.25 * r)))
        case _:
            pass

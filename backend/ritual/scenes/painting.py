"""A painting of a scene in ink and mineral colours on rice paper, by stated operators.

1. Light is taken away: what is painted is the colour of things, with a little of the shade in three steps.
2. Brush: the generalised Kuwahara filter (Papari, Petkov, Campisi 2007) makes strokes of what was texture.
3. Pigments: every stroke takes the nearest of a few pigments, the people's own colours among them, in one of three
   washes.
4. Washes bleed a little, pool at their borders, and fade towards sky, far hills and the edge of the paper.
5. Ink: contours from the passes, thick where things are near and where the brush presses, dry where it is lifted.
6. Paper: fibres and grain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import ndimage, signal

from ritual.scenes.contours import creases, disc, outlines, part_mask, seams
from ritual.scenes.develop import Passes

PIGMENTS: dict[str, tuple[int, int, int]] = {
    "cinnabar": (190, 52, 40), "azurite": (46, 92, 142), "malachite": (72, 132, 96), "ochre": (166, 108, 58),
    "gamboge": (214, 166, 62), "shell white": (240, 234, 220), "rouge": (150, 40, 62), "pale ink": (120, 118, 116),
    "ink": (44, 42, 42), "umber": (96, 66, 46),
}  # fmt: skip
"""Colours of the traditional palette, sRGB."""
RICE = (246, 239, 222)
_WASHES = (1.0, 0.72, 0.45)
_INK = (34, 31, 32)


def painting(passes: Passes, own: Sequence[tuple[int, int, int]] = (), *, seed: int = 0) -> np.ndarray:
    """(H, W, 3) uint8: the scene as a painter in mineral colours would set it down.

    Args:
        passes: of the scene.
        own: sRGB of the people's own colours, beside `PIGMENTS`.
        seed: of the paper's grain and of the pressure of the brush.
    """
    rng = np.random.default_rng(seed)
    unit = len(passes.part) / 256
    flat = _with_little_light(passes, unit)
    brushed = kuwahara(flat, max(1.5, 3.2 * unit))
    washes = _open_sky(pigmented(brushed, own), passes)
    washes = _bled(washes, unit)
    washes = _faded(washes, passes, rng, unit)
    return _on_paper(_inked(washes, passes, rng, unit), rng, unit)


def kuwahara(image: np.ndarray, radius: float, sectors: int = 8, sharpness: float = 8.0) -> np.ndarray:
    """The generalised Kuwahara filter: each pixel gets the mean of the calmest sectors around it.

    Args:
        image: (H, W, 3) float, 0..1.
        radius: standard deviation of the whole kernel [px].
        sectors: into which the kernel is cut.
        sharpness: q of the paper; the greater, the more the calmest sector alone decides.

    Source: Papari, Petkov, Campisi, "Artistic edge and corner enhancing smoothing" (2007), eq. 9-12.
    """
    pad = int(3 * radius) + 1
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    total, weight = np.zeros_like(image), np.zeros(image.shape[:2])
    for kernel in _sectors(round(radius, 3), sectors):
        mean, square = (
            np.stack([signal.fftconvolve(v[..., c], kernel, mode="same") for c in range(3)], -1)[pad:-pad, pad:-pad]
            for v in (padded, padded**2)
        )
        spread = np.sqrt(np.maximum(square - mean**2, 0).sum(-1))
        share = (0.02 + spread) ** -sharpness
        total += mean * share[..., None]
        weight += share
    return np.clip(total / weight[..., None], 0, 1)


def pigmented(image: np.ndarray, own: Sequence[tuple[int, int, int]] = ()) -> np.ndarray:
    """(H, W, 3) float: each pixel as the nearest of the pigments in one of three washes on rice paper (Oklab).

    Args:
        image: (H, W, 3) float sRGB, 0..1.
    """
    table = palette(own) / 255
    places, wanted = _oklab(table), _oklab(image).reshape(-1, 3)
    nearest = np.empty(len(wanted), int)
    for start in range(0, len(wanted), 1 << 16):
        part = wanted[start : start + (1 << 16)]
        nearest[start : start + len(part)] = ((part[:, None] - places[None]) ** 2 * (0.6, 1, 1)).sum(-1).argmin(1)
    return table[nearest].reshape(image.shape)


def palette(own: Sequence[tuple[int, int, int]] = ()) -> np.ndarray:
    """(N, 3) sRGB 0..255: every pigment in every wash."""
    pigments = np.array([*PIGMENTS.values(), *own], float)
    return np.concatenate([wash * pigments + (1 - wash) * np.array(RICE) for wash in _WASHES])


@lru_cache(maxsize=8)
def _sectors(radius: float, count: int) -> tuple[np.ndarray, ...]:
    reach = int(3 * radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    bell = np.exp(-(x**2 + y**2) / (2 * radius**2))
    angle = np.arctan2(y, x)
    kernels = []
    for k in range(count):
        away = np.abs((angle - 2 * np.pi * k / count + np.pi) % (2 * np.pi) - np.pi)
        kernel = bell * np.exp(-((away / (np.pi / count)) ** 2))
        kernel[reach, reach] = bell[reach, reach] / count
        kernels.append(kernel / kernel.sum())
    return tuple(kernels)


def _with_little_light(passes: Passes, unit: float) -> np.ndarray:
    """Albedo times a shade of three steps."""
    albedo, photo = passes.albedo / 255, passes.photo / 255
    shade = (photo.mean(-1) + 0.05) / (albedo.mean(-1) + 0.05)
    shade = ndimage.gaussian_filter(shade, 1.2 * unit)
    things = ~part_mask(passes, "sky")
    shade /= max(float(np.median(shade[things])), 1e-3) if things.any() else 1.0  # dusk is painted as noon is
    steps = np.select([shade < 0.6, shade < 0.92], [0.72, 0.9], 1.05)
    lifted = np.clip(albedo, 0, 1) ** 0.82
    out = lifted * steps[..., None]
    return np.clip(out, 0, 1)


def _open_sky(washes: np.ndarray, passes: Passes) -> np.ndarray:
    """The sky is paper with a breath of azurite above; bare ground keeps a thin wash of ochre."""
    rice, azurite, ochre = (np.array(c) / 255 for c in (RICE, PIGMENTS["azurite"], PIGMENTS["ochre"]))
    rows = np.linspace(1, 0, len(washes))[:, None, None] ** 2
    washes = np.where(part_mask(passes, "sky")[..., None], rice + 0.22 * rows * (azurite - rice), washes)
    ground = part_mask(passes, "ground")[..., None]
    return np.where(ground, 0.45 * washes + 0.55 * (rice + 0.22 * (ochre - rice)), washes)


def _bled(washes: np.ndarray, unit: float) -> np.ndarray:
    """Soft borders, a little darker where a wash has pooled."""
    soft = ndimage.gaussian_filter(washes, (0.8 * unit, 0.8 * unit, 0))
    wide = ndimage.gaussian_filter(washes, (3 * unit, 3 * unit, 0))
    pool = np.abs(soft - wide).mean(-1, keepdims=True)
    return np.clip(soft * (1 - 0.5 * pool), 0, 1)


def _faded(washes: np.ndarray, passes: Passes, rng: np.random.Generator, unit: float) -> np.ndarray:
    """Colour leaves the far, the ground towards the viewer and the edges of the sheet to the paper."""
    height, width = passes.part.shape
    y, x = np.mgrid[:height, :width]
    cloud = _cloudy((height, width), 40 * unit, rng)
    edge = np.minimum(np.minimum(x, width - 1 - x) / width, np.minimum(y, height - 1 - y) / height)
    cover = np.clip((edge + 0.035 * cloud) / 0.07, 0, 1)
    cover = cover * np.select(
        [part_mask(passes, "sky"), part_mask(passes, "hill"), part_mask(passes, "ground")],
        [0.75 + 0.25 * cloud, 0.72 + 0.2 * cloud, 0.68 + 0.2 * cloud], 0.96,
    )  # fmt: skip
    hill = part_mask(passes, "hill")
    if hill.any():  # mist at the foot of the hills
        foot = np.where(hill, ndimage.distance_transform_edt(hill | part_mask(passes, "sky")), 0)
        cover = np.where(hill, cover * np.clip(foot / (22 * unit), 0.12, 1), cover)
    cover = ndimage.gaussian_filter(np.clip(cover, 0, 1), 0.8 * unit)[..., None]
    return washes * cover + np.array(RICE) / 255 * (1 - cover)


def _inked(washes: np.ndarray, passes: Passes, rng: np.random.Generator, unit: float) -> np.ndarray:
    hard = outlines(passes) & ~part_mask(passes, "plant")
    plants = outlines(passes) & part_mask(passes, "plant")
    fine = (creases(passes, 0.6) & part_mask(passes, "roof", "wood", "prop", "plinth")) | (
        seams(passes, 110) & part_mask(passes, "person", "window", "door")
    )
    size = passes.part.shape
    pressure = 0.5 + 0.5 * _cloudy(size, 9 * unit, rng)
    near = np.clip(9.0 / np.maximum(passes.depth, 1), 0.15, 1.5)
    thick = hard & (pressure * near > 0.62)
    ink = 0.95 * ndimage.binary_dilation(thick, disc(max(0.5, 0.9 * unit)))
    ink = np.maximum(ink, 0.8 * hard * np.clip(near, 0.3, 1))
    ink = np.maximum(ink, 0.45 * fine * np.clip(near, 0.2, 1) * pressure)
    ink = np.maximum(ink, 0.4 * plants * pressure)
    ink *= 1 - 0.45 * (_cloudy(size, 2.0 * unit, rng) > 0.9)  # the brush runs dry
    ink = ndimage.gaussian_filter(ink, 0.45 * unit)[..., None]
    return washes * (1 - ink) + np.array(_INK) / 255 * ink


def _on_paper(image: np.ndarray, rng: np.random.Generator, unit: float) -> np.ndarray:
    size = image.shape[:2]
    grain = rng.normal(0, 1, size)
    fibres = ndimage.gaussian_filter(rng.normal(0, 1, size), (0.5 * unit, 4 * unit))
    fibres += ndimage.gaussian_filter(rng.normal(0, 1, size), (4 * unit, 0.5 * unit))
    texture = 0.008 * grain + 0.016 * fibres / fibres.std()
    return np.rint(np.clip(image * (1 + texture[..., None]), 0, 1) * 255).astype(np.uint8)


def _cloudy(size: tuple[int, int], scale: float, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of unit spread in about -1..1, with spots of `scale` px."""
    field = ndimage.gaussian_filter(rng.normal(0, 1, size), max(scale / 2, 0.5), mode="wrap")
    return np.clip(field / (2 * field.std() + 1e-9), -1, 1)


def _oklab(srgb: np.ndarray) -> np.ndarray:
    """Lightness, green-red, blue-yellow (Ottosson 2020) of sRGB in 0..1."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    lab = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
    return np.cbrt(linear @ lms.T) @ lab.T

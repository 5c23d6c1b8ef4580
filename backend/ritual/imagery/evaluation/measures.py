"""What is measured: its name, which way is better, and its definition in a line, for tables and reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """
    Attributes:
        better: 1 = higher is better, -1 = lower, 0 = near to what the real pictures have: these rise with noise, too.
        form: of a figure. said: the definition in a line.
    """

    better: int
    form: str
    said: str

    @property
    def arrow(self) -> str:
        return {1: "↑", -1: "↓", 0: "≈"}[self.better]


MEASURES = {
    "SSIM": Measure(
        1, "{:.4f}", "structural similarity; Gaussian window 11x11, sigma 1.5, data range 1, mean of R, G, B"
    ),
    "PSNR": Measure(1, "{:.2f}", "peak signal-to-noise ratio [dB], at most 100"),
    "LPIPS": Measure(-1, "{:.4f}", "distance of features by LPIPS 0.1; with any suffix: on other weights, all heads 1"),
    "FID": Measure(
        -1, "{:.2f}", "Frechet distance of features; with any suffix: on other weights than FID's Inception"
    ),
    "KID": Measure(-1, "{:.4f}", "kernel distance of features, unbiased; spread over subsets; suffix as FID"),
    "IS": Measure(1, "{:.3f}", "inception score; spread over parts; suffix: on other classes"),
    "NIMA": Measure(1, "{:.3f}", "rating from 1 to 10 foretold by VGG16-NIMA"),
    "cosine": Measure(
        1, "{:.4f}", "cosine of pixels in 0..1; with a suffix: of feature vectors (our reading of COSIN)"
    ),
    "sharpness": Measure(0, "{:.1f}", "variance of the Laplacian of luma in 0..255"),
    "Tenengrad": Measure(0, "{:.0f}", "mean squared Sobel gradient of luma in 0..255"),
    "colour similarity": Measure(1, "{:.3f}", "intersection of RGB histograms of 8x8x8 boxes, interpolated"),
    "colour difference": Measure(-1, "{:.2f}", "mean CIEDE2000 over the pixels"),
    "colourfulness": Measure(0, "{:.1f}", "Hasler & Suesstrunk's M3 on 0..255"),
    "edge detail": Measure(1, "{:.3f}", "F-measure of fine edges found again within 1 px (2 px from 128 px on)"),
    "lines": Measure(1, "{:.3f}", "part of the real lines' length that the made picture has"),
    "corners": Measure(1, "{:.3f}", "part of the real corners that the made picture has"),
    "accuracy": Measure(1, "{:.3f}", "part that a classifier of the two real domains takes for the target's"),
}


def measure_of(name: str) -> Measure | None:
    """Of a figure's name, whatever features its suffix says ("FID-memory"); None = it is none of ours."""
    return MEASURES.get(name) or MEASURES.get(name.split("-")[0])

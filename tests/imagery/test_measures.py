"""Measures of pictures: hand-computable cases, figures of the reference implementations, and the right direction."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.evaluation.measures import MEASURES, measure_of
from ritual.imagery.evaluation.measuring import measure_pictures, per_picture, set_figures, vectors
from ritual.imagery.features import features_of
from ritual.imagery.features.alexnet import AlexNet
from ritual.imagery.features.inception import Inception
from ritual.imagery.metrics.classification import domain_classifier
from ritual.imagery.metrics.colour import ciede2000, colour_similarity, colourfulness, lab
from ritual.imagery.metrics.cosine import cosine_of_pixels
from ritual.imagery.metrics.frechet import frechet
from ritual.imagery.metrics.inception_score import inception_score
from ritual.imagery.metrics.kid import kid
from ritual.imagery.metrics.lpips import lpips, read_heads
from ritual.imagery.metrics.nima import Nima
from ritual.imagery.metrics.pixels import eight_bits
from ritual.imagery.metrics.psnr import MOST, psnr
from ritual.imagery.metrics.sharpness import laplacian_variance, tenengrad
from ritual.imagery.metrics.ssim import ssim

# numpy.random.RandomState(7): what scikit-image 0.26.0 and torch-fidelity 0.4.0 make of these very numbers
SSIM, PSNR, CIEDE = 0.9446344713097994, 20.52290809508196, 9.716059466602584
FID, KID = 3.4915717796242838, (1.433181987024954, 0.9135485851950973)
IS = (1.3349278987216746, 0.0767460630695853)


@pytest.fixture(scope="module")
def memory():
    return features_of(None)


@pytest.fixture(scope="module")
def sets():
    """(30, 6) and (25, 6) features and two pictures, of the generator that the figures above were made with."""
    rng = np.random.RandomState(7)
    a, b = rng.randn(30, 6), rng.randn(25, 6) * 1.3 + 0.4
    x = rng.rand(32, 32, 3)
    y = np.clip(x + rng.randn(32, 32, 3) * 0.1, 0, 1)
    pictures = (torch.from_numpy(z).permute(2, 0, 1)[None].float() * 2 - 1 for z in (x, y))
    return torch.from_numpy(a), torch.from_numpy(b), *pictures


@pytest.fixture(scope="module")
def scenes():
    """(12, 3, 64, 64) of coloured blocks in -1..1, and the same blurred, noisy and shifted."""
    rng = torch.Generator().manual_seed(3)
    real = F.interpolate(torch.rand(12, 3, 8, 8, generator=rng), 64, mode="nearest") * 2 - 1
    blurred = F.avg_pool2d(F.pad(real, (3, 3, 3, 3), mode="reflect"), 7, 1)
    noisy = (real + 0.3 * torch.randn(real.shape, generator=rng)).clamp(-1, 1)
    return {"real": real, "blur": blurred, "noise": noisy, "shift": real.roll(4, 3)}


def test_ssim_is_the_references(sets):
    kornia = pytest.importorskip("kornia")
    *_, x, y = sets
    assert float(ssim(x, y)) == pytest.approx(SSIM, abs=1e-5)
    theirs = kornia.metrics.ssim((x + 1) / 2, (y + 1) / 2, 11, padding="valid").mean()
    assert float(ssim(x, y)) == pytest.approx(float(theirs), abs=1e-6)


def test_psnr_is_the_references_and_a_hand_counts_it(sets):
    *_, x, y = sets
    assert float(psnr(x, y)) == pytest.approx(PSNR, abs=1e-4)
    assert float(psnr(torch.zeros(1, 3, 8, 8), torch.full((1, 3, 8, 8), 0.2))) == pytest.approx(20.0, abs=1e-4)
    assert float(psnr(x, x)) == MOST


def test_the_frechet_distance_is_torch_fidelitys(sets):
    a, b, *_ = sets
    assert frechet(a, b) == pytest.approx(FID, abs=1e-9)


def test_the_frechet_distance_of_shifted_sets_is_the_square_of_the_shift():
    x = torch.randn(40, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert frechet(x + torch.tensor([3.0, 4, 0, 0, 0]), x) == pytest.approx(25.0)
    assert frechet(3 * (x - x.mean(0)), x - x.mean(0)) == pytest.approx(4 * float(x.var(0).sum()))


def test_the_frechet_distance_stays_sound_with_fewer_pictures_than_features():
    x = torch.randn(4, 300, generator=torch.Generator().manual_seed(2))
    assert frechet(x, x) == pytest.approx(0, abs=1e-9) and frechet(x, x.flip(0)) == pytest.approx(0, abs=1e-9)
    assert frechet(x, x + 1) == pytest.approx(300, rel=1e-6)


def test_the_kernel_distance_is_torch_fidelitys(sets):
    a, b, *_ = sets
    found = kid(a, b, size=10)
    assert (found.mean, found.spread) == pytest.approx(KID, abs=1e-9)
    assert kid(a, b).size == 12 and kid(a, b).subsets == 100


def test_the_kernel_distance_of_one_distribution_lies_around_zero():
    x, y = torch.randn(2, 400, 8, generator=torch.Generator().manual_seed(0))
    assert abs(kid(x, y).mean) < 0.02 < kid(x, y + 1).mean


def test_the_inception_score_is_torch_fidelitys(sets):
    logits = sets[0].log_softmax(-1)
    assert inception_score(logits, parts=4) == pytest.approx(IS, abs=1e-9)


def test_the_inception_score_of_sure_and_even_classes_is_their_number():
    sure = torch.eye(4, dtype=torch.float64).repeat(10, 1).clamp_min(1e-12).log()
    assert inception_score(sure, parts=1)[0] == pytest.approx(4, rel=1e-6)
    assert inception_score(torch.zeros(8, 4).log_softmax(-1))[0] == pytest.approx(1)


def test_lpips_is_eq_1_by_hand(sets):
    class OneLayer:
        kind = label = "own"

        def layers(self, x):
            return [x[:, :2]]

    one, other = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    one[:, 0], other[:, 1] = 5.0, 0.1  # at right angles, whatever their lengths: |(1,0) - (0,1)|^2 = 2
    assert float(lpips(one, other, OneLayer())) == pytest.approx(2)


def test_lpips_has_the_heads_of_its_backbone_and_no_other(tmp_path, scenes):
    torch.manual_seed(0)
    torch.save(AlexNet().state_dict(), tmp_path / "alexnet.pth")
    features = features_of(tmp_path / "alexnet.pth")
    heads = {f"lin{n}.model.1.weight": torch.full((1, c, 1, 1), 0.5) for n, c in enumerate((64, 192, 384, 256, 256))}
    torch.save(heads, tmp_path / "alex.pth")
    read = read_heads(tmp_path / "alex.pth", features)
    x, y = scenes["real"][:2], scenes["blur"][:2]
    assert torch.allclose(lpips(x, y, features, read), lpips(x, y, features) / 2)
    torch.save({"lin0.model.1.weight": torch.ones(1, 3, 1, 1)}, tmp_path / "other.pth")
    with pytest.raises(BadInput, match="no LPIPS heads"):
        read_heads(tmp_path / "other.pth", features)
    with pytest.raises(BadInput, match="AlexNet and VGG16"):
        read_heads(tmp_path / "alex.pth", features_of(None))


def test_weights_that_are_not_the_published_ones_are_not_passed_off(tmp_path):
    torch.save(Inception().state_dict(), tmp_path / "mine.pth")
    features = features_of(tmp_path / "mine.pth")
    assert not features.published and len(features.sha256) == 64
    figures = set_figures(torch.randn(4, 8), torch.randn(4, 8), features)
    assert set(figures) == {"FID-mine", "KID-mine", "KID-mine spread"}


def test_identical_sets_give_nothing_and_one(memory, scenes):
    x = scenes["real"]
    figures = measure_pictures(x, x, True, memory)
    for name in ("SSIM", "cosine", "cosine-memory", "colour similarity", "edge detail", "lines", "corners"):
        assert figures[name] == pytest.approx(1, abs=1e-5), name
    for name in ("LPIPS-memory", "FID-memory", "colour difference"):
        assert figures[name] == pytest.approx(0, abs=1e-4), name
    assert figures["PSNR"] == MOST and figures["KID-memory"] < 0.01


@pytest.mark.parametrize("harm", ["blur", "noise", "shift"])
def test_every_comparison_sees_harm(memory, scenes, harm):
    true = measure_pictures(scenes["real"], scenes["real"], True, memory)
    harmed = measure_pictures(scenes[harm], scenes["real"], True, memory)
    blind = {"colour similarity", "FID-memory", "KID-memory", "cosine-memory"} if harm == "shift" else set()
    blind |= {"sharpness", "Tenengrad", "colourfulness"}
    for name, value in harmed.items():
        if name not in blind and not name.endswith("spread"):
            assert (true[name] - value) * measure_of(name).better > 1e-3, name


def test_more_harm_is_a_worse_figure(memory, scenes):
    real = scenes["real"]
    light, heavy = (
        measure_pictures((1 - part) * real + part * scenes["noise"], real, True, memory) for part in (0.3, 1.0)
    )
    for name in ("SSIM", "PSNR", "LPIPS-memory", "FID-memory", "KID-memory", "cosine", "colour difference"):
        assert (light[name] - heavy[name]) * measure_of(name).better > 0, name


def test_unpaired_sets_are_not_compared_one_by_one(memory, scenes):
    figures = measure_pictures(scenes["real"][:5], scenes["blur"], False, memory)
    assert "SSIM" not in figures and {"FID-memory", "KID-memory", "sharpness"} <= figures.keys()


def test_every_figure_has_a_measure(memory, scenes):
    for name in per_picture(scenes["real"][:2], scenes["blur"][:2], True, memory):
        assert measure_of(name), name
    assert measure_of("FID-memory") is MEASURES["FID"] and measure_of("seconds") is None


def test_figures_are_those_of_files_of_eight_bits(memory, scenes):
    x = eight_bits(scenes["real"])
    assert torch.allclose(vectors(x + 1e-3, memory), vectors(x, memory), atol=1e-5)


def test_the_cosine_of_pixels_by_hand():
    one, other = torch.full((1, 3, 4, 4), -1.0), torch.full((1, 3, 4, 4), -1.0)
    one[:, 0], other[:, :2] = 1, 1  # (1, 0, 0) and (1, 1, 0)
    assert float(cosine_of_pixels(one, other)) == pytest.approx(1 / math.sqrt(2), abs=1e-6)


def test_sharpness_by_hand():
    dot = torch.full((1, 3, 5, 5), -1.0)
    dot[..., 2, 2] = 1  # of 9 inner places: -4 at the dot, 1 beside it
    values = np.array([0, 1, 0, 1, -4, 1, 0, 1, 0]) * 255
    assert float(laplacian_variance(dot)) == pytest.approx(values.var(), rel=1e-4)
    ramp = (torch.arange(8.0) / 255 * 2 - 1).view(1, 1, 1, 8).expand(1, 3, 8, 8)
    assert float(tenengrad(ramp)) == pytest.approx(64, rel=1e-3)


def test_blur_takes_sharpness_away(scenes):
    for measure in (laplacian_variance, tenengrad):
        assert (measure(scenes["blur"]) < measure(scenes["real"])).all()


def test_ciede2000_is_sharmas_table_and_scikit_images(sets):
    pairs = [  # rows 1, 4, 7, 13, 17, 25 of Sharma, Wu & Dalal (2005)
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    one, other, wanted = (torch.tensor([row[n] for row in pairs], dtype=torch.float64) for n in range(3))
    assert torch.allclose(ciede2000(one, other), wanted, atol=1e-4)
    *_, x, y = sets
    assert float(ciede2000(lab(x), lab(y)).mean()) == pytest.approx(CIEDE, abs=1e-3)


def test_colourfulness_by_hand():
    assert float(colourfulness(torch.full((1, 3, 8, 8), 0.3))) == pytest.approx(0, abs=1e-3)
    red = torch.full((1, 3, 8, 8), -1.0)
    red[:, 0] = 1  # rg 255, yb 127.5, no spread
    assert float(colourfulness(red)) == pytest.approx(0.3 * math.hypot(255, 127.5), rel=1e-5)


def test_colours_are_alike_wherever_they_lie():
    x = torch.full((1, 3, 8, 8), -1.0)
    x[..., :4] = 1
    assert float(colour_similarity(x, x.flip(3))) == 1
    assert float(colour_similarity(x, torch.ones(1, 3, 4, 4))) == 0.5


def test_a_flat_colour_one_step_away_is_nearly_the_same_colour():
    one, other = (torch.full((1, 3, 8, 8), level / 127.5 - 1) for level in (127, 128))  # a box ends between them
    assert 0.9 < float(colour_similarity(one, other)) < 1


def test_a_classifier_of_domains_tells_them_apart_and_says_how_well():
    rng = torch.Generator().manual_seed(0)
    a, b = torch.randn(40, 6, generator=rng), torch.randn(40, 6, generator=rng) + 2
    found = domain_classifier(a, b)
    assert found.real > 0.9
    assert float(found.passes(b).float().mean()) > 0.9 > 0.1 > float(found.passes(a).float().mean())
    same = domain_classifier(a, torch.randn(40, 6, generator=rng))
    assert 0.2 < same.real < 0.8
    with pytest.raises(BadInput, match="8 real pictures"):
        domain_classifier(a[:3], b)


def test_nima_is_the_mean_of_the_ratings_that_its_file_foretells(tmp_path):
    from ritual.imagery.features.vgg import VGG16

    bias = torch.full((10,), -30.0)
    bias[[5, 7]] = 5.0  # half say 6, half say 8
    head = {"classifier.1.weight": torch.zeros(10, 25088), "classifier.1.bias": bias}
    torch.save({**VGG16().state_dict(), **head}, tmp_path / "nima.pth")
    assert float(Nima(tmp_path / "nima.pth").score(torch.zeros(1, 3, 40, 30))) == pytest.approx(7, abs=1e-4)
    torch.save(VGG16().state_dict(), tmp_path / "vgg.pth")
    with pytest.raises(BadInput, match="no NIMA"):
        Nima(tmp_path / "vgg.pth")


def test_pictures_that_do_not_pair_are_refused(scenes):
    with pytest.raises(BadInput, match="cannot be compared one by one"):
        psnr(scenes["real"][:2], scenes["real"][:3])
    with pytest.raises(BadInput, match="11 x 11"):
        ssim(torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))
    with pytest.raises(BadInput, match="two pictures"):
        frechet(torch.zeros(1, 4), torch.zeros(5, 4))

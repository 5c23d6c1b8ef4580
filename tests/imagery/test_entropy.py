"""Entropy of pictures whose histogram is known."""

import pytest
import torch

from ritual.imagery.objectives.entropy import domain_entropy, entropy_ratio, picture_entropy


def grey(levels):
    """(3, H, W) of grey levels 0..255."""
    return (levels.float() / 127.5 - 1).expand(3, -1, -1)


FLAT = grey(torch.full((16, 16), 40))
HALVES = grey(torch.cat([torch.zeros(8, 16), torch.full((8, 16), 255)]))
ALL = grey(torch.arange(256).view(16, 16))


def test_known_entropies():
    assert picture_entropy(FLAT) == pytest.approx(0, abs=1e-6)
    assert picture_entropy(HALVES) == pytest.approx(1, abs=1e-5)
    assert picture_entropy(ALL) == pytest.approx(8, abs=1e-5)


def test_a_domains_entropy_is_the_mean():
    assert domain_entropy([FLAT, HALVES, ALL]) == pytest.approx(3, abs=1e-5)


def test_the_ratio_says_which_side_is_richer():
    assert entropy_ratio([ALL], [HALVES]) == pytest.approx(8, abs=1e-4)
    assert entropy_ratio([HALVES], [ALL, ALL]) == pytest.approx(0.125, abs=1e-4)
    assert entropy_ratio([HALVES], [FLAT]) == pytest.approx(1000, rel=1e-3)


def test_no_pictures_have_no_entropy():
    with pytest.raises(ValueError, match="without pictures"):
        domain_entropy([])

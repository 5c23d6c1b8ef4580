"""The outline of a limb is the hull of its two ends, however it is turned or foreshortened."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ritual.film.outlines import on_floor, tapered

places = st.tuples(*[st.floats(-100, 100)] * 2)
sizes = st.floats(0.5, 20)


@given(places, places, sizes, sizes)
def test_the_outline_holds_both_discs_and_no_more(start, end, first, last):
    a, b, radii = np.array(start), np.array(end), np.array([first, last])
    hull = tapered(a, b, radii)
    middle = (a + b) / 2
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):  # as far in every direction as the larger disc reaches
        way = np.array([np.cos(angle), np.sin(angle)])
        true = max((a - middle) @ way + first, (b - middle) @ way + last)
        reach = ((hull - middle) @ way).max()
        assert true - 0.07 * radii.max() <= reach <= true + 1e-6


def test_a_foreshortened_limb_is_its_larger_end():
    hull = tapered(np.array([3.0, 4.0]), np.array([3.5, 4.0]), np.array([5.0, 2.0]))
    assert np.linalg.norm(hull - (3.0, 4.0), axis=-1).max() <= 5.0 + 1e-9
    assert np.ptp(hull[:, 0]) > 9.5 and np.ptp(hull[:, 1]) > 9.5


def test_a_shadow_lies_on_the_floor_under_its_limb():
    limb = np.array([[[[1.0, 2.0, 1.5], [1.0, 3.0, 0.2]]]])
    shadow = on_floor(limb, np.array([[0.1, 0.1]]))
    assert (shadow[..., 2] == 0).all()
    assert np.allclose(shadow[0, 0].min(0)[:2], (0.9, 1.9), atol=0.01)
    assert np.allclose(shadow[0, 0].max(0)[:2], (1.1, 3.1), atol=0.01)

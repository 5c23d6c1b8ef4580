"""Edges, lines and corners: what is kept is found again, what is lost is missed, and noise gains nothing."""

import numpy as np
import pytest
import torch

from ritual.errors import BadInput
from ritual.imagery.metrics.edge_detail import edge_detail
from ritual.imagery.metrics.structure import Structure, integrity, structure_of

pytest.importorskip("cv2")


def house(*, door=True, windows=True):
    """(1, 3, 128, 128): a bright front on dark ground, with a door and fine window bars."""
    x = torch.full((1, 3, 128, 128), -0.8)
    x[..., 30:110, 20:108] = 0.6
    if door:
        x[..., 60:110, 50:74] = -0.4
    if windows:
        for left in (82, 88, 94):
            x[..., 44:60, left : left + 2] = -0.6
    return x


def scene():
    """The corners and lines of that front's walls and door, as parts of the sides."""
    boxes = [(20, 30, 108, 110), (50, 60, 74, 110)]
    corners = np.array([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in boxes], float)
    lines = np.array([(box[n], box[(n + 1) % 4]) for box in corners for n in range(4)])
    return Structure(lines / 128, corners.reshape(-1, 2) / 128)


def test_a_picture_keeps_its_own_structure():
    (found,) = integrity(house(), house())
    assert (found.lines, found.corners) == (1, 1)


def test_a_lost_door_is_missed():
    (found,) = integrity(house(door=False), house())
    assert 0.4 < found.lines < 0.85 and found.corners < 1


def test_a_flat_picture_keeps_nothing():
    (found,) = integrity(torch.zeros(1, 3, 128, 128), house())
    assert (found.lines, found.corners) == (0, 0)


def test_a_shift_within_reach_is_kept_and_one_beyond_it_is_not():
    assert integrity(house().roll(1, 3), house())[0].lines > 0.95
    assert integrity(house().roll(8, 3), house())[0].lines < 0.7


def test_lines_that_only_cross_a_wanted_one_do_not_stand_for_it():
    real, bars = torch.full((2, 1, 3, 128, 128), -0.8)
    real[..., 50:60, 10:118] = 0.8
    for left in range(8, 120, 12):
        bars[..., 10:118, left : left + 6] = 0.8
    assert integrity(bars, real)[0].lines < 0.2


def test_what_a_scene_tells_is_wanted_where_the_real_picture_shows_it():
    assert integrity(house(), house(), [scene()])[0].lines == pytest.approx(1, abs=0.02)
    lost = integrity(house(door=False), house(), [scene()])[0].lines
    assert 0.5 < lost < 0.85  # the door's 148 px of 484
    assert integrity(house(door=False), house(door=False), [scene()])[0].lines == pytest.approx(1, abs=0.02)


def test_of_a_scene_what_is_not_in_the_picture_is_left_out():
    places = ((0.1, 3, True), (0.9, 3, False), (1.4, 3, True), (0.5, -1, True))
    points = [{"kind": "roof", "x": x, "y": 0.5, "depth": depth, "seen": seen} for x, depth, seen in places]
    found = structure_of({"camera": {}, "points": points, "lines": [[0, 1], [1, 2], [0, 3]]}, "It")
    assert found.corners.tolist() == [[0.1, 0.5]] and found.lines.tolist() == [[[0.1, 0.5], [0.9, 0.5]]]
    for wrong in ({"points": [{"x": 1}], "lines": []}, {}, [1], {"points": [], "lines": [[0, 1]]}):
        with pytest.raises(BadInput, match="structure of a scene"):
            structure_of(wrong, "It")


def test_fine_edges_are_found_again_or_missed():
    same, lost = (edge_detail(house(windows=w), house())[0] for w in (True, False))
    assert same.f == 1
    assert lost.recall < 0.5 and lost.f < same.f


def test_noise_gains_no_detail():
    rng = torch.Generator().manual_seed(0)
    noisy = (house(windows=False) + 0.5 * torch.randn(1, 3, 128, 128, generator=rng)).clamp(-1, 1)
    (found,) = edge_detail(noisy, house())
    assert found.recall > 0.5 and found.precision < 0.5 and found.f < 0.6

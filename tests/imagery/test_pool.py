"""The pool of older pictures, and that a training state holds it."""

import torch

from ritual.imagery.objectives.pool import PicturePool


def numbered(*numbers):
    return torch.stack([torch.full((3, 4, 4), float(n)) for n in numbers])


def seen(pictures):
    return [int(p[0, 0, 0]) for p in pictures]


def test_a_pool_that_fills_gives_back_what_it_takes():
    pool = PicturePool(4, 4)
    assert seen(pool.mixed(numbered(1, 2, 3))) == [1, 2, 3] and int(pool.count) == 3


def test_a_full_pool_gives_older_pictures_half_the_time_and_loses_none():
    torch.manual_seed(0)
    pool = PicturePool(10, 4)
    pool.mixed(numbered(*range(10)))
    given = seen(pool.mixed(numbered(*range(100, 300))))
    older = sum(number != 100 + n for n, number in enumerate(given))
    assert 70 < older < 130
    # What went in is either out already or still inside, once.
    assert sorted(given + seen(pool.pictures)) == [*range(10), *range(100, 300)]


def test_no_capacity_means_no_change():
    pool = PicturePool(0, 4)
    assert seen(pool.mixed(numbered(1, 2, 3))) == [1, 2, 3]


def test_no_gradient_passes():
    x = numbered(1).requires_grad_()
    assert not PicturePool(2, 4).mixed(x * 2).requires_grad


def test_a_state_goes_on_as_if_it_had_never_stopped():
    def drawn(pool):
        torch.manual_seed(5)
        return seen(pool.mixed(numbered(*range(50, 90))))

    first, second = PicturePool(6, 4), PicturePool(6, 4)
    first.mixed(numbered(*range(6)))
    second.load_state_dict(first.state_dict())
    assert drawn(first) == drawn(second)

import numpy as np
import pytest
import torch
from torch import nn

from ritual.errors import BadInput, Cancelled
from ritual.imagery.use.steady import steadied
from ritual.imagery.use.tiles import Tiling, strips, window


def convolutions(norm):
    """Down twice, up twice, 37 pixels of sight; reflecting as CycleGAN's do."""
    torch.manual_seed(3)
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, 8, 7), norm(8), nn.ReLU()]
    layers += [nn.Conv2d(8, 16, 3, 2, 1), norm(16), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1), norm(16), nn.ReLU()]
    layers += [nn.Upsample(scale_factor=4, mode="bilinear"), nn.ReflectionPad2d(1), nn.Conv2d(16, 3, 3), nn.Tanh()]
    for layer in layers:
        if isinstance(layer, nn.Conv2d):  # as it begins, a network without normalisation is nearly flat
            layer.weight.data *= 2.5
    return nn.Sequential(*layers).eval()


def plain(_channels):
    return nn.Identity()


def made(run, picture, tiling, **more):
    return np.concatenate(list(strips(run, picture, tiling=tiling, **more)))


WHOLE = Tiling(1024, 0)


def test_no_seam_is_seen_where_tiles_overlap_enough(picture):
    network = convolutions(plain)
    whole = made(network, picture, WHOLE)
    assert np.abs(made(network, picture, Tiling(64, 32)) - whole).max() < 1 / 255
    assert np.abs(made(network, picture, Tiling(64, 0)) - whole).max() > 4 / 255  # there is something to be hidden


def test_normalising_by_the_whole_picture_makes_tiles_agree(picture):
    network, tiling = convolutions(nn.InstanceNorm2d), Tiling(64, 32)
    alone = made(network, picture, tiling)
    with steadied(network, network, picture, tiling, 4):
        tiled, whole = made(network, picture, tiling), made(network, picture, WHOLE)
    assert np.abs(tiled - whole).max() < 1 / 255
    assert np.abs(alone - made(network, picture, WHOLE)).max() > 20 / 255
    assert all(not n.track_running_stats and n.running_mean is None for n in network if hasattr(n, "running_mean"))


@pytest.mark.parametrize("shape", [(8, 9), (33, 32), (64, 200), (131, 65)])
@pytest.mark.parametrize("scale", [1, 2])
def test_every_pixel_of_any_size_comes_out_once(shape, scale):
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    run = nn.Upsample(scale_factor=scale) if scale > 1 else nn.Identity()
    wanted = picture.repeat(scale, 0).repeat(scale, 1) / 255
    found = made(run, picture, Tiling(64, 16), scale=scale, multiple=8)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_network_sees_sides_of_its_multiple_and_no_tile_is_larger_than_asked():
    seen = []
    run = lambda x: (seen.append(tuple(x.shape[-2:])), x)[1]  # noqa: E731
    made(run, np.zeros((150, 210, 3), np.uint8), Tiling(70, 20), multiple=16)
    assert {*seen} == {(80, 80)}


def test_a_tall_picture_comes_in_bands_so_that_memory_does_not_grow_with_it():
    picture = np.zeros((20_000, 40, 3), np.uint8)
    heights = [len(strip) for strip in strips(nn.Identity(), picture, tiling=Tiling(512, 96))]
    assert max(heights) <= 512 and sum(heights) == 20_000


def test_what_lies_under_full_transparency_is_not_seen(picture):
    seen = window(picture, 0, 0, 90, 130)
    assert not (seen == (255, 0, 255)).all(-1).any()
    np.testing.assert_array_equal(seen[:60], picture[:60, :, :3])


def test_progress_tells_every_tile_and_cancel_stops_between_two():
    told, picture = [], np.zeros((200, 100, 3), np.uint8)
    made(nn.Identity(), picture, Tiling(64, 16), tell=told.append)
    assert [step.step for step in told] == list(range(1, told[-1].total + 1)) and told[-1].eta == 0
    with pytest.raises(Cancelled):
        made(nn.Identity(), picture, Tiling(64, 16), cancelled=lambda: True)


@pytest.mark.parametrize("tiling", [Tiling(20, 0), Tiling(128, 65), Tiling(128, -1)])
def test_tiles_that_cannot_be_are_refused(tiling):
    with pytest.raises(BadInput, match="pixels"):
        tiling.checked()

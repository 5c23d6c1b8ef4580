"""Growth: the simulations, the measures, the networks, and what the generator that ships has learnt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.errors import BadInput
from ritual.pictures.damage import damaged
from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.growth.card import drawn_like, measure
from ritual.pictures.damage.growth.colonies import grow_colonies
from ritual.pictures.damage.growth.drawn import NAME, draw_growth, load_generator, write_generator
from ritual.pictures.damage.growth.galleries import bore_galleries
from ritual.pictures.damage.growth.network import Discriminator, Generator
from ritual.pictures.damage.growth.run import train_and_measure
from ritual.pictures.damage.growth.simulated import simulate
from ritual.pictures.damage.growth.size import FULL, KINDS, LEAST, SIZE
from ritual.pictures.damage.growth.statistics import NAMES, frechet, statistics
from ritual.pictures.damage.growth.training import Recipe, fresh_noise, train
from ritual.pictures.damage.insect import Insect
from ritual.resources import resource


def column(growth: np.ndarray, name: str) -> np.ndarray:
    return statistics(growth)[:, NAMES.index(name)]


@pytest.mark.parametrize(("simulator", "off"), [(grow_colonies, 0.03), (bore_galleries, 0.02)])
def test_a_simulation_covers_what_was_asked(simulator, off: float) -> None:
    asked = np.array([0.03, 0.1, 0.2])
    growth = simulator(asked, np.random.default_rng(0)).numpy()
    assert growth.shape == (3, SIZE, SIZE) and growth.min() >= 0 and growth.max() <= 1
    np.testing.assert_allclose((growth > 0.5).mean((1, 2)), asked, atol=off)
    again = simulator(asked, np.random.default_rng(0)).numpy()
    np.testing.assert_array_equal(growth, again)


def test_galleries_are_thin_and_colonies_are_not() -> None:
    asked = np.full(12, 0.2)
    galleries = bore_galleries(asked, np.random.default_rng(1)).numpy()
    colonies = grow_colonies(asked, np.random.default_rng(1)).numpy()
    assert 2 * column(galleries, "thickest").mean() < column(colonies, "thickest").mean()


def test_statistics_of_known_masks() -> None:
    mask = np.zeros((1, 64, 64))
    mask[0, 8:24, 8:24] = mask[0, 40:48, 40:48] = 1
    mask[0, 15:17, 15:17] = 0
    found = dict(zip(NAMES, statistics(mask)[0], strict=True))
    covered = 16 * 16 - 4 + 64
    assert found["coverage"] == pytest.approx(covered / 64**2) and found["largest"] == pytest.approx(252 / covered)
    assert found["pieces"] == pytest.approx(np.log(3)) and found["holes"] == pytest.approx(np.log(2))
    assert found["grey"] == 0 and found["fine"] + found["middle"] + found["coarse"] == pytest.approx(1)
    empty = statistics(np.zeros((1, 64, 64)))
    assert np.isfinite(empty).all() and empty[0, 0] == 0


def test_the_frechet_distance_of_a_shift_is_its_square() -> None:
    cloud = np.random.default_rng(0).normal(size=(4000, 3)) * (1, 5, 0.1)
    assert frechet(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert frechet(cloud, cloud + 2 * cloud.std(0) * (1, 0, 0)) == pytest.approx(4, abs=1e-6)
    assert frechet(cloud, cloud.mean(0) + 3 * (cloud - cloud.mean(0))) == pytest.approx(3 * (3 - 1) ** 2, rel=1e-3)


def test_a_noise_of_another_shape_gives_a_picture_of_its_own() -> None:
    generator = Generator()
    noise = [torch.randn(2, *shape) for shape in generator.noise_shapes(3, 7)]
    drawn = generator(torch.tensor([0, 1]), torch.tensor([0.2, 0.9]), noise)
    assert drawn.shape == (2, 1, 48, 112)


def test_the_discriminator_is_under_a_spectral_norm() -> None:
    torch.manual_seed(0)
    discriminator = Discriminator()
    for _ in range(30):  # the power iteration settles
        discriminator(torch.rand(4, 1, 64, 64), torch.zeros(4, dtype=torch.long), torch.rand(4))
    discriminator.eval()
    for layer in discriminator.layers:
        assert float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)) == pytest.approx(1.0, abs=0.1)


def test_training_moves_coverage_towards_what_is_asked_and_repeats_itself() -> None:
    growths = simulate(16, 0)
    first, run = train(Recipe(steps=25, batch=4, average=0.9), growths)
    assert run["steps"] == 25
    twice = [train(Recipe(steps=2, batch=4), growths)[0] for _ in range(2)]
    for one, other in zip(*(generator.parameters() for generator in twice), strict=True):
        assert torch.equal(one, other)
    torch.manual_seed(0)
    raw = Generator().eval()

    def off(generator: Generator) -> float:
        share = torch.from_numpy(drawn_like(generator, growths)).mean((1, 2))
        return float((share / torch.tensor([FULL[KINDS[k]] for k in growths.kind]) - growths.strength).abs().mean())

    assert off(first) < 0.7 * off(raw)


def test_a_run_writes_weights_and_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ritual.pictures.damage.growth.card.HELD_OUT", 24)
    monkeypatch.setattr(measure, "__defaults__", (1, 24))
    result = train_and_measure(tmp_path / "new", Recipe(steps=2, batch=4, growths=16), "the command")
    card = json.loads((tmp_path / "new" / "growth-card.json").read_text())
    assert card["command"] == "the command" and set(card["held_out"]) == set(KINDS) == set(result["figures"])
    page = (tmp_path / "new" / "growth-card.md").read_text()
    assert "Frechet" in page and "untrained" in page
    image = np.full((64, 64, 3), 0.2, np.float32)
    weights = tmp_path / "new" / NAME
    assert damaged(image, [Insect(weights=weights)], 0.5).image.shape == image.shape


def test_weights_that_are_none_of_ours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no growth generator at"):
        load_generator(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(BadInput, match="is not a safetensors file of this project"):
        load_generator(tmp_path / "bad.safetensors")
    motion = resource("assets") / "motion" / "mdn.safetensors"
    with pytest.raises(BadInput, match="ritual-motion-mdn"):
        load_generator(motion)


def test_weights_come_back_as_they_were_to_half_precision(tmp_path: Path) -> None:
    torch.manual_seed(1)
    generator = Generator().eval()
    back = load_generator(write_generator(tmp_path / NAME, generator, {}))
    for one, other in zip(generator.parameters(), back.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


@pytest.fixture(scope="module")
def held_out():
    return simulate(64, 4321)


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_that_ships_covers_what_is_asked(held_out, kind: str) -> None:
    torch.manual_seed(0)
    asked = held_out.of(kind)
    covered = column(drawn_like(load_generator(), asked), "coverage")
    goal = asked.strength.numpy() * FULL[kind]
    assert np.corrcoef(covered, goal)[0, 1] > 0.9
    assert np.abs(covered - goal).mean() < 0.25 * goal.mean()


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_that_ships_is_nearer_to_its_own_kind_than_chance_or_the_other(held_out, kind: str) -> None:
    torch.manual_seed(0)
    mine = held_out.of(kind)
    other = held_out.of(next(k for k in KINDS if k != kind))
    real = statistics(mine.growth.numpy())
    distance = frechet(real, statistics(drawn_like(load_generator(), mine)))
    torch.manual_seed(0)
    assert 3 * distance < frechet(real, statistics(drawn_like(Generator().eval(), mine)))
    assert 2 * distance < frechet(real, statistics(other.growth.numpy()))


def test_the_generator_that_ships_does_not_repeat_one_picture() -> None:
    generator = load_generator()
    for kind in range(2):
        torch.manual_seed(0)
        which = torch.full((12,), kind)
        with torch.no_grad():
            drawn = generator(which, torch.full((12,), 0.5), fresh_noise(generator, 12)) > 0
        one, other = drawn[:-1], drawn[1:]
        assert float((one & other).sum() / (one | other).sum()) < 0.6


def test_growth_is_drawn_at_any_size_and_least_strength() -> None:
    for size in ((64, 64), (31, 200), (300, 100)):
        logits = draw_growth("mould", torch.tensor([LEAST / 10, 1.0]), Draws([1, 2], "t"), size)
        assert logits.shape == (2, 1, *size) and float(logits.abs().max()) <= 4
        assert (logits[0] > 0).float().mean() < (logits[1] > 0).float().mean()


def test_the_generator_that_ships_is_small_and_has_its_card() -> None:
    folder = resource("assets") / "pictures"
    assert (folder / NAME).stat().st_size <= 2**20
    card = json.loads((folder / "growth-card.json").read_text())
    assert card["run"]["seconds"] + card["run"]["simulated"] <= 600
    for kind in KINDS:
        assert card["held_out"][kind]["frechet"] < card["held_out"][kind]["frechet_untrained"]

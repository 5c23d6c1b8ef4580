"""Batches: the same step gives the same pictures, and what is odd or broken stops nothing."""

import numpy as np
import pytest
import torch
from PIL import Image

from ritual.errors import BadInput
from ritual.imagery.data.ahead import batches_ahead
from ritual.imagery.data.batches import pictures_for
from ritual.imagery.data.crops import crop
from ritual.imagery.data.order import Order
from ritual.imagery.training.train_config import TrainConfig


def config(data, model="cyclegan", **settings):
    settings = {"side": 32, "width": 4, "batch": 2, **settings}
    return TrainConfig(model=model, data=data, out=data / "out", **settings)


def white(picture):
    return (picture > 0.99).all(-3)


@pytest.fixture(scope="module")
def folder(drawn_pictures, tmp_path_factory):
    return drawn_pictures.domains(tmp_path_factory.mktemp("domains"), train=7, test=3)


def test_a_step_gives_the_same_batch_whoever_asks_and_whenever(folder):
    one, other = pictures_for(config(folder)), pictures_for(config(folder), budget=0)
    other.batch(5)
    for step in (0, 3):
        assert all(torch.equal(one.batch(step)[name], other.batch(step)[name]) for name in ("a", "b"))
    assert not torch.equal(one.batch(0)["a"], one.batch(3)["a"])
    assert not torch.equal(one.batch(0)["a"], pictures_for(config(folder, seed=1)).batch(0)["a"])


def test_pictures_are_floats_from_minus_one_to_one(folder):
    batch = pictures_for(config(folder)).batch(0)
    assert {name: tuple(t.shape) for name, t in batch.items()} == {"a": (2, 3, 32, 32), "b": (2, 3, 32, 32)}
    assert batch["a"].dtype == torch.float32 and batch["a"].min() >= -1 and 0.5 < batch["a"].max() <= 1


def test_processes_get_different_rows_that_are_those_of_one_larger_batch(folder):
    two = pictures_for(config(folder), processes=2)
    whole = pictures_for(config(folder, batch=4)).batch(1)["a"]
    assert torch.equal(torch.cat([two.batch(1, 0)["a"], two.batch(1, 1)["a"]]), whole)
    assert not torch.equal(two.batch(1, 0)["a"], two.batch(1, 1)["a"])


def test_every_source_comes_once_in_a_round():
    order = Order(9, 3)
    rounds = [[order[9 * lap + n] for n in range(9)] for lap in range(3)]
    assert all(sorted(one) == list(range(9)) for one in rounds)
    assert rounds[0] != rounds[1] != rounds[2]


def test_pairs_get_the_same_crop_and_flip(drawn_pictures, tmp_path):
    for n in range(3):
        for domain in "AB":
            drawn_pictures.write(tmp_path / f"train{domain}" / f"{n}.png", drawn_pictures.scene(n))
    paired = pictures_for(config(tmp_path, model="pix2pix", batch=8)).batch(0)
    assert torch.equal(paired["a"], paired["b"])
    apart = pictures_for(config(tmp_path, batch=8)).batch(0)
    assert not torch.equal(apart["a"], apart["b"])


def test_crops_move_and_mirror_and_can_be_told_not_to_mirror():
    picture = np.arange(40 * 40 * 3, dtype=np.uint32).reshape(40, 40, 3).astype(np.uint8)
    cut = [crop([picture], 32, np.random.default_rng(n), True)[0] for n in range(30)]
    assert len({part.tobytes() for part in cut}) > 20
    mirrored = [part[0, 0, 0] > part[0, 1, 0] for part in cut]
    assert any(mirrored) and not all(mirrored)
    plain = [crop([picture], 32, np.random.default_rng(n), False)[0] for n in range(30)]
    assert not any(part[0, 0, 0] > part[0, 1, 0] and part[0, 1, 0] for part in plain)


def test_mixed_sizes_and_modes_and_transparency_are_read(drawn_pictures, tmp_path):
    scene = Image.fromarray(drawn_pictures.scene(1, 60))
    (tmp_path / "train").mkdir()
    save = {
        "grey.png": scene.convert("L"), "palette.png": scene.convert("P"), "bilevel.png": scene.convert("1"),
        "cmyk.jpg": scene.convert("CMYK"), "tall.png": scene.resize((20, 90)), "wide.png": scene.resize((200, 33)),
        "deep.png": Image.fromarray(np.asarray(scene.convert("L"), np.uint16) * 257),
    }  # fmt: skip
    for name, image in save.items():
        image.save(tmp_path / "train" / name)
    clear = np.zeros((40, 40, 4), np.uint8)
    clear[10:20, 10:20] = (200, 0, 0, 255)
    Image.fromarray(clear).save(tmp_path / "train" / "clear.png")
    data = pictures_for(config(tmp_path, model="dcgan", batch=8))
    batch = data.batch(0)["real"]
    assert batch.shape == (8, 3, 32, 32) and not data.bad
    assert any(0.5 < white(picture).float().mean() < 1 for picture in batch), "the transparent one lies on white"


def test_a_corrupt_file_is_told_once_and_another_is_taken(drawn_pictures, tmp_path):
    root = drawn_pictures.domains(tmp_path, train=4, test=2)
    (root / "trainA" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    told = []
    data = pictures_for(config(root), warn=told.append)
    batches = [data.batch(step) for step in range(12)]
    assert all(batch["a"].shape == (2, 3, 32, 32) for batch in batches)
    about = [sentence for sentence in told if "2.png" in sentence]
    assert len(about) == 1 and "Another is taken in its place." in about[0]
    assert list(data.bad) == [root / "trainA" / "2.png"]


def test_a_broken_half_takes_its_pair_with_it(drawn_pictures, tmp_path):
    for n in range(3):
        for domain in "AB":
            drawn_pictures.write(tmp_path / f"train{domain}" / f"{n}.png", drawn_pictures.scene(n))
    (tmp_path / "trainB" / "1.png").write_bytes(b"")
    data = pictures_for(config(tmp_path, model="pix2pix"))
    assert all(torch.equal(b["a"], b["b"]) for b in map(data.batch, range(8)))


def test_nothing_readable_is_one_sentence(drawn_pictures, tmp_path):
    root = drawn_pictures.domains(tmp_path, train=2, test=1)
    for path in (root / "trainA").iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(BadInput, match="None of the files to learn from can be read"):
        pictures_for(config(root)).batch(0)


def test_three_pictures_train_and_are_warned_of(drawn_pictures, tmp_path):
    for n in range(3):
        drawn_pictures.write(tmp_path / "train" / f"{n}.png", drawn_pictures.scene(n))
    told = []
    data = pictures_for(config(tmp_path, model="dcgan"), warn=told.append)
    assert data.batch(0)["real"].shape == (2, 3, 32, 32)
    assert "Only 3 pictures to learn from; synthesis wants 400 or more." in told
    assert any("Expect it to repeat" in sentence for sentence in told)
    assert any("Nothing is held out" in sentence for sentence in told)


def test_domains_of_unequal_size_are_both_seen_whole(drawn_pictures, tmp_path):
    root = drawn_pictures.domains(tmp_path, train=6, test=2)
    for n in range(1, 6):
        (root / "trainB" / f"{n}.png").unlink()
    data = pictures_for(config(root, batch=6))
    assert data.batch(0)["b"].shape == (6, 3, 32, 32)
    assert len({picture.mean().item() for picture in data.batch(0)["a"]}) == 6


def test_held_out_rows_stay_the_same_and_come_as_pairs_where_names_agree(folder):
    data = pictures_for(config(folder))
    rows = data.held_out(2)
    assert data.aligned and rows["a"].shape == (2, 3, 32, 32)
    assert torch.equal(rows["b"], pictures_for(config(folder)).held_out(2)["b"])
    a_ground = (rows["a"] != rows["a"][:, :, :1, :1]).any(1)
    b_ground = (rows["b"] != rows["b"][:, :, :1, :1]).any(1)
    assert (a_ground == b_ground).float().mean() > 0.97, "the same discs in both"


def test_enlargement_gives_a_picture_and_a_smaller_one_of_it(drawn_pictures, tmp_path):
    drawn_pictures.write(tmp_path / "train" / "0.png", drawn_pictures.scene(1, 160))
    batch = pictures_for(config(tmp_path, model="edsr", scale=2)).batch(0)
    assert batch["small"].shape == (2, 3, 32, 32) and batch["large"].shape == (2, 3, 64, 64)
    area = torch.nn.functional.avg_pool2d(batch["large"], 2)
    assert (area - batch["small"]).abs().mean() < 0.02


def test_reading_ahead_changes_nothing_and_hands_errors_on(folder):
    data = pictures_for(config(folder))
    for step, batch in zip(range(3, 9), batches_ahead(data.batch, 3, 9), strict=True):
        assert torch.equal(batch["a"], data.batch(step)["a"])

    def broken(step):
        if step == 2:
            raise BadInput("no more")
        return {}

    with pytest.raises(BadInput, match="no more"):
        list(batches_ahead(broken, 0, 9))
    assert len(list(batches_ahead(lambda step: {}, 0, 2))) == 2


def test_reading_leaves_torchs_random_numbers_alone(folder):
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    pictures_for(config(folder)).batch(0)
    assert torch.equal(torch.rand(2), wanted)

"""Which files a data set has: folders of several conventions, and manifests."""

import shutil

import numpy as np
import pytest
from PIL import Image

from ritual.errors import BadInput
from ritual.imagery.data.folders import listing_of
from ritual.imagery.data.listing import ONE
from ritual.imagery.data.pairs import has_pairs, only_pairs
from ritual.imagery.data.splitting import split_flat, split_of


def test_cyclegans_folders_are_two_domains(drawn_pictures, tmp_path):
    listing = listing_of(drawn_pictures.domains(tmp_path, train=5, test=2), two=True)
    assert {s: {d: len(f) for d, f in domains.items()} for s, domains in listing.splits.items()} == {
        "train": {"a": 5, "b": 5}, "val": {"a": 0, "b": 0}, "test": {"a": 2, "b": 2}
    }  # fmt: skip
    assert [a.path.stem == b.path.stem for a, b in listing.pairs("train")] == [True] * 5


def test_pictures_side_by_side_are_pairs(drawn_pictures, tmp_path):
    both = np.concatenate([drawn_pictures.scene(1), drawn_pictures.scene(1, colour=(9, 9, 9))], axis=1)
    drawn_pictures.write(tmp_path / "train" / "1.png", both)
    ((a, b),) = listing_of(tmp_path, two=True).pairs("train")
    assert (a.half, b.half) == ("left", "right")


def test_pictures_without_a_partner_are_left_out_and_told(drawn_pictures, tmp_path):
    root = drawn_pictures.domains(tmp_path, train=4, test=2)
    (root / "trainB" / "3.png").rename(root / "trainB" / "other.png")
    listing = only_pairs(listing_of(root, two=True), root)
    assert len(listing.of("train", "a")) == len(listing.of("train", "b")) == 3
    assert listing.said == ("2 files of train have no partner of the same name and are left out.",)


def test_domains_without_any_pair_are_refused_for_a_paired_model(drawn_pictures, tmp_path):
    root = drawn_pictures.domains(tmp_path, train=1, test=1)
    (root / "trainB" / "0.png").rename(root / "trainB" / "other.png")
    with pytest.raises(BadInput, match="holds no pair"):
        only_pairs(listing_of(root, two=True), root)


@pytest.mark.parametrize("missing", ["trainA", "trainB"])
def test_an_empty_domain_is_named(drawn_pictures, tmp_path, missing):
    root = drawn_pictures.domains(tmp_path, train=2, test=1)
    shutil.rmtree(root / missing)
    (root / missing).mkdir()
    with pytest.raises(BadInput, match=f"no pictures to learn from in domain {missing[-1]}"):
        listing_of(root, two=True)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadInput, match="There is no folder"):
        listing_of(tmp_path / "nowhere", two=True)


def test_a_manifest_says_split_domain_and_pair(drawn_pictures, tmp_path):
    for name in ("x.png", "y.png", "z.png"):
        drawn_pictures.write(tmp_path / name, drawn_pictures.scene(1))
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("split,domain,path,pair\ntrain,A,x.png,one\ntrain,b,y.png,one\ntest,A,z.png,\n")
    listing = listing_of(tmp_path, two=True)
    assert [(a.path.name, b.path.name) for a, b in listing.pairs("train")] == [("x.png", "y.png")]
    assert len(listing.of("test", "a")) == 1
    assert has_pairs(tmp_path) and has_pairs(manifest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("split,path\ntrain,x.png\n", "no column domain"),
        ("split,domain,path\nlearn,a,x.png\n", "Line 2 .* split 'learn'"),
        ("split,domain,path\ntrain,a,x.png\ntrain,a,gone.png\n", "Line 3 .* 'gone.png', which is not there"),
    ],
)
def test_a_wrong_manifest_is_told_by_its_line(drawn_pictures, tmp_path, text, said):
    drawn_pictures.write(tmp_path / "x.png", drawn_pictures.scene(1))
    (tmp_path / "manifest.csv").write_text(text)
    with pytest.raises(BadInput, match=said):
        listing_of(tmp_path, two=True)


def test_a_flat_folder_is_parted_70_15_15_and_a_file_stays_where_it_was(drawn_pictures, tmp_path):
    for n in range(60):
        drawn_pictures.write(tmp_path / f"{n}.png", drawn_pictures.scene(n, 24))
    before = listing_of(tmp_path, two=False)
    train = [source.path.name for source in before.of("train", ONE)]
    assert 34 <= len(train) <= 50 and before.of("val", ONE) and before.of("test", ONE)
    drawn_pictures.write(tmp_path / "new.png", drawn_pictures.scene(999, 24))
    after = {source.path.name for source in listing_of(tmp_path, two=False).of("train", ONE)}
    assert after - {"new.png"} == set(train)


def test_near_copies_lie_in_one_split(drawn_pictures, tmp_path):
    for n in range(8):
        path = drawn_pictures.write(tmp_path / f"{n}.png", drawn_pictures.textured(n))
        with Image.open(path) as image:
            image.resize((50, 50)).convert("RGB").save(tmp_path / f"{n} copy.jpg", quality=80)
    names = [path.name for path in tmp_path.iterdir()]
    assert any(split_of(f"{n}.png") != split_of(f"{n} copy.jpg") for n in range(8)), "names alone would not keep them"
    listing = listing_of(tmp_path, two=False)
    where = {source.path.name: split for split, found in listing.splits.items() for source in found[ONE]}
    assert set(where) == set(names)
    assert all(where[f"{n}.png"] == where[f"{n} copy.jpg"] for n in range(8))


def test_very_few_pictures_leave_some_to_learn_from(drawn_pictures, tmp_path):
    for n in range(200):  # a name that falls to val or test
        if split_of(f"{n}.png") != "train":
            drawn_pictures.write(tmp_path / f"{n}.png", drawn_pictures.scene(n))
            break
    assert len(listing_of(tmp_path, two=False).of("train", ONE)) == 1
    assert split_flat([]).of("train", ONE) == ()

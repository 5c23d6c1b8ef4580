"""A folder of pictures with labels: every bad label is named, the rest goes on, and copies stay in one split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ritual.culture.graph import Graph, load_graph
from ritual.errors import BadInput
from ritual.pictures.collection import Collection
from ritual.pictures.duplicates import BITS, NEAR, byte_hash, perceptual_hash, same_family
from ritual.pictures.ornament.drawing import svg
from ritual.pictures.ornament.forms import FORMS
from ritual.pictures.ornament.motif import drawn, painted
from ritual.pictures.ornament.sketch import Manner
from ritual.pictures.ornament.style import Style
from ritual.pictures.reading import read_picture

REAL = Path(__file__).parents[3] / "shared" / "data" / "images" / "motifs"
PALETTE = np.array([(240, 230, 210), (170, 40, 40), (40, 70, 130), (220, 170, 50), (40, 30, 30)], np.uint8)
HEAD = """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
"""


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load_graph()


def motif(form: str, seed: int = 0, size: int = 96) -> Image.Image:
    rng = np.random.default_rng(seed)
    piece = drawn(form, Manner(), Style(PALETTE, "painting", "single", "none"), rng)
    return Image.fromarray(painted(piece.drawing, piece.style, size, rng))


def folder_of(tmp_path: Path, table: str, **files: Image.Image) -> Path:
    for name, image in files.items():
        image.save(tmp_path / f"{name}.png")
    (tmp_path / "labels.csv").write_text(table, encoding="utf-8")
    return tmp_path


def test_a_row_says_form_meaning_and_place(tmp_path: Path, graph: Graph) -> None:
    table = "file,title,tags,form,symbol,occasion\na.png,Torch,red; old,flame,yi-torch-pattern,torch-festival\n"
    collection = Collection(folder_of(tmp_path, table, a=motif("flame")), graph)
    (found,) = collection.annotations
    assert (found.form, found.symbol, found.group, found.tags) == ("flame", "yi-torch-pattern", "yi", ("red", "old"))
    assert found.concept == "exorcism" and found.taboos == ("funeral",)
    assert found.place == pytest.approx((27.9, 102.3)) and collection.summary() == "1 label used."


def test_turtle_beside_the_pictures_says_the_same(tmp_path: Path, graph: Graph) -> None:
    motif("flame").save(tmp_path / "a.png")
    (tmp_path / "labels.ttl").write_text(
        f"""{HEAD}
kg:mine a rm:Picture ; rm:file "a.png" ; rm:form kg:form-flame ; rm:symbol kg:symbol-yi-torch ;
    rm:meaning kg:concept-light , kg:concept-harvest ; rm:occasion kg:harvest ;
    rm:tabooAt kg:wedding , kg:scene-battle ; rm:group kg:yi ; geo:lat 27.5 ; geo:long 102.0 .""",
        encoding="utf-8",
    )
    (found,) = Collection(tmp_path, graph).annotations
    assert (found.form, found.symbol, found.group, found.occasion) == ("flame", "yi-torch-pattern", "yi", "harvest")
    assert found.concepts == ("harvest", "light") and found.place == (27.5, 102.0)
    assert found.taboos == ("battle", "funeral", "wedding"), "its own and the graph's"


BAD_ROWS = {
    "ghost.png,,,,,,,,": "there is no file ghost.png",
    "../a.png,,,,,,,,": "../a.png leads out of the folder",
    ",,,,,,,,": "names no file",
    "b.png,spirale,,,,,,,": "the graph knows no form 'spirale'. Did you mean spiral",
    "b.png,,yi-torch,,,,,,": "the graph knows no symbol 'yi-torch'. Did you mean yi-torch-pattern",
    "b.png,,,atlantis,,,,,": "the graph knows no group 'atlantis'",
    "b.png,,,,lght,,,,": "the graph knows no concept 'lght'. Did you mean light",
    "b.png,,,,,sunday,,,": "the graph knows no occasion 'sunday'",
    "b.png,,,,,,hat,,": "the graph knows no part of dress 'hat'",
    "b.png,,yi-torch-pattern,miao,,,,,": "'yi-torch-pattern' is a symbol of yi, not of miao",
    "b.png,,,,,,,91,0": "'91, 0' is no place",
    "b.png,,,,,,,27,": "'27, ' is no place",
    "b.png,,,,,,,nan,0": "'nan, 0' is no place",
    "a.png,,,,,,,,": "a.png was labelled in labels.csv:2 already",
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_named_and_the_rest_goes_on(tmp_path: Path, graph: Graph, row: str) -> None:
    head = "file,form,symbol,group,concept,occasion,worn_on,latitude,longitude"
    table = f"{head}\na.png,sun,,,,,,,\n{row}\nc.png,,,,,,,,\n"
    inside = tmp_path / "inside"
    inside.mkdir()
    motif("sun").save(tmp_path / "a.png")
    collection = Collection(folder_of(inside, table, a=motif("sun"), b=motif("fan"), c=motif("fish")), graph)
    assert [a.path.name for a in collection.annotations] == ["a.png", "c.png"]
    (sentence,) = collection.bad
    assert sentence.startswith("labels.csv:3: ") and BAD_ROWS[row] in sentence
    assert collection.summary() == f"2 labels used, 1 bad:\n  {sentence}"


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ('rm:file "a.png" ; rm:form kg:form-spirale', "the graph knows no form kg:form-spirale"),
        ('rm:file "a.png" ; rm:form kg:form-sun , kg:form-fan', "names 2 of what is one: fan, sun"),
        ("rm:form kg:form-sun", "needs one rm:file"),
        ('rm:file "a.png" ; rm:symbol "torch"', "the graph knows no symbol 'torch'"),
        ('rm:file "a.png" ; geo:lat 95 ; geo:long 3', "'95, 3' is no place"),
    ],
)
def test_a_bad_node_is_named_and_the_rest_goes_on(tmp_path: Path, graph: Graph, node: str, told: str) -> None:
    motif("sun").save(tmp_path / "a.png")
    motif("fan").save(tmp_path / "b.png")
    text = f'{HEAD}kg:bad a rm:Picture ; {node} .\nkg:good a rm:Picture ; rm:file "b.png" .\n'
    (tmp_path / "mine.ttl").write_text(text, encoding="utf-8")
    collection = Collection(tmp_path, graph)
    assert [a.path.name for a in collection.annotations] == ["b.png"]
    assert len(collection.bad) == 1 and collection.bad[0].startswith("mine.ttl, kg:bad: ") and told in collection.bad[0]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("labels.csv", b"title\nsun\n", "has no column 'file'"),
        ("labels.csv", "file\n\u00e9.png\n".encode("latin-1"), "is not UTF-8 text"),
        ("labels.csv", b"file\nghost.png\n", "No label of"),
        ("labels.csv", b"", "has no column 'file'"),
        ("labels.ttl", b"kg:a a rm:Picture", "labels.ttl"),
        ("readme.txt", b"", "has no labels"),
    ],
)
def test_labels_that_cannot_be_read_at_all_are_refused(
    tmp_path: Path, graph: Graph, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput) as caught:
        Collection(tmp_path, graph)
    assert told in str(caught.value)


def test_a_picture_that_changed_since_it_was_labelled_is_told(tmp_path: Path, graph: Graph) -> None:
    motif("sun").save(tmp_path / "a.png")
    digest = byte_hash((tmp_path / "a.png").read_bytes())
    table = f"file,sha256\na.png,{digest}\nb.png,{digest}\n"
    collection = Collection(folder_of(tmp_path, table, b=motif("fan")), graph)
    assert len(collection) == 1 and "its sha256 differs" in collection.bad[0]


def test_a_broken_picture_is_told_and_left_out_of_the_splits(tmp_path: Path, graph: Graph) -> None:
    (tmp_path / "b.png").write_bytes(b"no picture")
    collection = Collection(folder_of(tmp_path, "file\na.png\nb.png\n", a=motif("sun")), graph)
    assert [number for number, _ in collection.read()] == [0]
    assert collection.families.tolist() == [0, -1]
    assert sorted(np.concatenate(list(collection.splits().values()))) == [0]
    assert len(collection.bad) == 1 and "b.png is no image" in collection.bad[0]


def test_copies_are_one_family_and_others_are_not(tmp_path: Path) -> None:
    original = motif("dragon", size=200)
    original.save(tmp_path / "a.png")
    original.save(tmp_path / "b.jpg", quality=50)
    original.resize((90, 90)).save(tmp_path / "c.png")
    Image.eval(original, lambda value: int(50 + 0.75 * value)).save(tmp_path / "d.png")
    for seed, form in enumerate(("butterfly", "knot", "beast", "sun"), 1):
        motif(form, seed, 200).save(tmp_path / f"e{seed}.png")
    pictures = [read_picture(path, 64) for path in sorted(tmp_path.iterdir())]
    hashes = np.stack([perceptual_hash(picture) for picture in pictures])
    families = same_family(hashes)
    assert len(set(families[:4])) == 1 and len(set(families)) == 5
    assert hashes.shape == (8, BITS) and (hashes[0] != hashes[4]).sum() > NEAR


def test_drawings_of_one_form_are_no_copies(tmp_path: Path) -> None:
    for seed in range(8):
        motif("drum-rings", seed, 64).save(tmp_path / f"{seed}.png")
    hashes = np.stack([perceptual_hash(read_picture(path, 64)) for path in sorted(tmp_path.iterdir())])
    assert len(set(same_family(hashes))) == 8


def test_equal_bytes_are_one_family_whatever_the_hash_says() -> None:
    far = np.zeros((3, BITS), bool)
    far[1, : BITS // 2], far[2, BITS // 2 :] = True, True
    assert len(set(same_family(far))) == 3
    families = same_family(far, ["x", "y", "x"])
    assert families[0] == families[2] != families[1]


def test_copies_never_lie_in_two_splits(tmp_path: Path, graph: Graph) -> None:
    rows = ["file,form"]
    for k, form in enumerate(sorted(FORMS)[:20]):
        for copy, quality in enumerate((95, 60)):
            motif(form, k, 128).save(tmp_path / f"{form}-{copy}.jpg", quality=quality)
            rows.append(f"{form}-{copy}.jpg,sun")
    (tmp_path / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    collection = Collection(tmp_path, graph)
    splits = collection.splits()
    for name, numbers in splits.items():
        stems = {collection.annotations[n].path.stem[:-2] for n in numbers}
        assert len(numbers) == 2 * len(stems), name
    assert [len(splits[name]) for name in ("train", "val", "test")] == [28, 6, 6]


def test_the_real_motifs_are_read_and_their_one_copy_found(graph: Graph) -> None:
    if not REAL.is_dir():
        pytest.skip("the real motifs are not here (../shared/data/images/motifs)")
    collection = Collection(REAL, graph)
    assert len(collection) == 180 and not collection.bad
    families, counts = np.unique(collection.families, return_counts=True)
    (copied,) = families[counts > 1]
    names = [
        a.path.name for a, family in zip(collection.annotations, collection.families, strict=True) if family == copied
    ]
    assert names == ["qh-114.webp", "qh-148.webp"]


def test_an_svg_is_no_raster_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(svg([], PALETTE.tolist(), 64), encoding="utf-8")
    with pytest.raises(BadInput, match="is no image that can be read"):
        read_picture(tmp_path / "a.svg")

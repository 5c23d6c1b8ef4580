"""glTF: ours shows a skinned body anywhere, theirs is sampled as the standard says."""

import base64
import json
from dataclasses import replace

import numpy as np
import pygltflib
import pytest

import ritual.clip
from ritual.body.rotations import quaternion_matrix
from ritual.clip import glb, gltf, gltf_read, own
from ritual.errors import BadMotion


@pytest.fixture
def path(clip, tmp_path):
    return ritual.clip.write(tmp_path / "dance.glb", clip)


def test_an_independent_reader_sees_a_skinned_body_and_one_animation(path, clip):
    document = pygltflib.GLTF2().load(str(path))
    assert len(document.skins[0].joints) == 24 and len(document.animations) == 1
    assert document.animations[0].channels[0].target.path == "translation"
    assert {n.name for n in document.nodes} >= {"pelvis", "left_hand", "performer"}
    times = document.accessors[document.animations[0].samplers[0].input]
    assert times.count == clip.frames and times.max == [pytest.approx((clip.frames - 1) / clip.fps)]
    for accessor in document.accessors:
        view = document.bufferViews[accessor.bufferView]
        assert view.byteOffset % 4 == 0 and view.byteOffset + view.byteLength <= document.buffers[0].byteLength


def test_the_mesh_is_closed_and_each_vertex_hangs_on_one_joint(path):
    document = glb.load(path)
    primitive = document.json["meshes"][0]["primitives"][0]
    faces = document.array(primitive["indices"]).reshape(-1, 3).astype(int)
    weights = document.array(primitive["attributes"]["WEIGHTS_0"])
    points = document.array(primitive["attributes"]["POSITION"])
    assert np.allclose(weights.sum(1), 1)
    volume = np.einsum("ij,ij->i", points[faces[:, 0]], np.cross(points[faces[:, 1]], points[faces[:, 2]])).sum() / 6
    assert 0.03 < volume < 0.15  # [m3], positive: faces look outwards
    assert 1.4 < np.ptp(points[:, 1]) < 1.9  # stands upright along Y


def test_quaternions_never_change_sign_between_keys(make_clip):
    smooth = make_clip(frames=2)
    share = np.linspace(0, 1, 90)[:, None]
    track = smooth.angles[0] + share * (smooth.angles[1] - smooth.angles[0])
    clip = replace(
        smooth, angles=track, root_translation=np.zeros((90, 3)), positions=np.zeros((90, 24, 3)),
        root_rotation=np.stack((np.cos(9 * share[:, 0]), *np.zeros((2, 90)), np.sin(9 * share[:, 0])), 1),
    )  # fmt: skip
    q = gltf.local_quaternions(clip)
    assert ((q[1:] * q[:-1]).sum(-1) > 0.5).all()


def test_angles_are_found_again_without_our_own_words(path, tmp_path, make_clip):
    clip = make_clip(reach=0.5)
    document = glb.load(ritual.clip.write(path, clip))
    del document.json["asset"]["extras"]
    motion = gltf_read.motion(document, "stripped", clip.fps)
    back = own.clip_of(motion, 1.0)
    assert np.degrees(np.abs(back.angles - clip.angles)).max() < 0.01


def test_stored_angles_that_contradict_the_animation_are_not_believed(path, make_clip):
    clip = make_clip(reach=0.5)
    document = glb.load(ritual.clip.write(path, clip))
    motion = gltf_read.motion(document, "x", clip.fps)
    back = own.clip_of(motion, 1.0, np.zeros((clip.frames, 36)))
    assert np.degrees(np.abs(back.angles - clip.angles)).max() < 0.01


def small(interpolation: str, output: list, **accessor) -> dict:
    """A document of one turning node, its data in a base64 URI."""
    dtype = accessor.pop("dtype", "<f4")
    data = np.array([0, 1], "<f4").tobytes() + np.array(output, dtype).tobytes()
    count = 6 if interpolation == "CUBICSPLINE" else 2
    return {
        "asset": {"version": "2.0"},
        "nodes": [{"name": "a"}],
        "buffers": [{"uri": "data:x;base64," + base64.b64encode(data).decode(), "byteLength": len(data)}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0}, {"buffer": 0, "byteOffset": 8}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 2, "type": "SCALAR"},
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC4"} | accessor,
        ],
        "animations": [
            {
                "samplers": [{"input": 0, "output": 1, "interpolation": interpolation}],
                "channels": [{"sampler": 0, "target": {"node": 0, "path": "rotation"}}],
            }
        ],
    }


QUARTER = np.sqrt(0.5)
KEYS = [[0, 0, 0, 1], [0, 0, QUARTER, QUARTER]]
FLAT = [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("interpolation", "output", "accessor", "halfway"),
    [
        ("LINEAR", KEYS, {}, 45.0),
        ("STEP", KEYS, {}, 0.0),
        ("CUBICSPLINE", [FLAT, KEYS[0], FLAT, FLAT, KEYS[1], FLAT], {}, 45.0),
        ("LINEAR", np.round(np.array(KEYS) * 32767), {"dtype": "<i2", "componentType": 5122, "normalized": True}, 45.0),
        ("LINEAR", np.round(np.array(KEYS) * 127), {"dtype": "<i1", "componentType": 5120, "normalized": True}, 45.0),
    ],
)
def test_samplers_follow_the_standard(interpolation, output, accessor, halfway, tmp_path):
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(small(interpolation, output, **accessor)))
    motion = gltf_read.motion(glb.load(path), "a", fps=2)
    z = [np.degrees(np.arctan2(m[1, 0], m[0, 0])) for m in motion.rotations[:, 0]]
    assert z == pytest.approx([0, halfway, 90], abs=0.3)


def test_the_rate_is_guessed_from_the_keys(path, clip):
    document = glb.load(path)
    assert gltf_read.motion(document, "x").fps == clip.fps


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda d: d.update(animations=[]), "no animation"),
        (lambda d: d["asset"].update(version="1.0"), "only version 2"),
        (lambda d: d.pop("asset"), "damaged"),
        (lambda d: d["accessors"][1].update(count=99), "data that is not there"),
        (lambda d: d["accessors"][1].update(bufferView=7), "data that is not there"),
        (lambda d: d["bufferViews"][1].update(buffer=3), "data that is not there"),
        (lambda d: d["buffers"][0].update(uri="../../etc/passwd"), "outside the file's own folder"),
        (lambda d: d["buffers"][0].update(uri="gone.bin"), "buffer is missing"),
        (lambda d: d["animations"][0]["channels"][0].update(sampler=5), "damaged"),
        (lambda d: d.update(nodes=[{"children": [0]}]), "ring"),
        (lambda d: d.update(nodes=[{"children": [9]}]), "damaged"),
    ],
)
def test_damage_is_one_sentence(damage, says, tmp_path):
    document = small("LINEAR", KEYS)
    damage(document)
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(document))
    with pytest.raises(BadMotion, match=says):
        gltf_read.motion(glb.load(path), "a")


def test_values_that_are_no_numbers_are_refused(tmp_path):
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(small("LINEAR", [[0, 0, 0, 1], [0, 0, float("nan"), 1]])))
    with pytest.raises(BadMotion, match="not a number"):
        gltf_read.motion(glb.load(path), "a")


def test_rotating_a_vector_by_quaternion_is_as_by_hand():
    assert np.allclose(quaternion_matrix(np.array([QUARTER, 0, 0, QUARTER])) @ [1, 0, 0], [0, 1, 0])

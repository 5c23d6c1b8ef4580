"""Names recognised in prompts, and the sentence encoder."""

import pytest
import torch

from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.text import TextEncoder, joined, recognise


@pytest.fixture(scope="module")
def labels():
    return load_graph().labels()


@pytest.fixture(scope="module")
def encoder():
    return TextEncoder.load()


def test_a_chinese_prompt_is_recognised_by_substring(labels):
    dances = [m for m in recognise("请生成一段傣族孔雀舞,慢一点", labels) if m.kind == "dance"]
    assert [m.english for m in dances] == ["Dai peacock dance"]


def test_the_longest_name_wins(labels):
    matches = recognise("a DAI Peacock Dance at dusk", labels)
    assert [(m.text, m.kind) for m in matches] == [("DAI Peacock Dance", "dance")]


def test_english_names_are_whole_words(labels):
    assert not [m for m in recognise("a daily handsome walk", labels) if m.kind == "group"]
    assert [m.english for m in recognise("Dai dancers", labels) if m.kind == "group"] == ["Dai"]


def test_every_dance_is_recognised_by_both_its_names(labels):
    for dance in load_graph().dances():
        for name in (dance.label, dance.label_zh):
            assert dance.iri in {m.iri for m in recognise(f"({name})", labels)}


def test_the_english_names_are_appended_once(labels):
    prompt = "傣族孔雀舞和傣族孔雀舞"
    assert joined(prompt, recognise(prompt, labels)) == f"{prompt}. Dai peacock dance"
    spelt_out = "the Dai peacock dance"
    assert joined(spelt_out, recognise(spelt_out, labels)) == spelt_out


def test_a_chinese_name_lands_near_its_english_one(encoder, labels):
    english = encoder.encode("Dai peacock dance", labels)
    chinese, bare = encoder.encode("傣族孔雀舞", labels), encoder.encode_text("傣族孔雀舞")
    assert float(english @ chinese) > float(english @ bare) + 0.2
    assert float(chinese.norm()) == pytest.approx(1.0, abs=1e-5)
    assert english.shape == (384,)


def test_like_sentences_lie_nearer_than_unlike_ones(encoder):
    a, b, c = map(encoder.encode_text, ("a slow walk", "somebody strolls slowly", "a quarterly tax report"))
    assert float(a @ b) > float(a @ c) + 0.2
    torch.testing.assert_close(a, encoder.encode_text("a slow walk"))


def test_a_missing_encoder_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"config\.json"):
        TextEncoder.load(tmp_path)
    with pytest.raises(BadInput, match="neither a folder nor a model"):
        TextEncoder.load("nobody/no-such-model")

"""Measures of clips: worse clips are worse, and each keeps to its definition."""

import numpy as np
import pytest
import torch

from ritual.errors import BadInput
from ritual.imagery.metrics.coherence import coherence
from ritual.imagery.metrics.flicker import flicker
from ritual.imagery.metrics.transitions import found_transitions, switching
from ritual.imagery.metrics.vmaf import NoVmaf, ffmpeg_with_vmaf, vmaf
from ritual.imagery.metrics.vqm import vqm_simplified
from ritual.imagery.metrics.warping import warping_error
from ritual.imagery.recording import recorded

pytest.importorskip("cv2")
pytest.importorskip("av")
FPS = 12.5


@pytest.fixture(scope="module")
def clip():
    """(20, 3, 64, 64): cloth before a wall of bricks that moves to and fro."""
    rng = np.random.default_rng(0)
    wall = np.kron(rng.uniform(-0.8, 0.4, (24, 24, 3)), np.ones((4, 4, 1)))
    cloth = np.kron(rng.uniform(-0.2, 0.9, (6, 6, 3)), np.ones((4, 4, 1)))
    frames = []
    for t in range(20):
        frame = wall[:64, :64].copy()
        x = round(20 + 14 * np.sin(t / 3))
        frame[20:44, x : x + 24] = cloth
        frames.append(frame)
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float()


def test_recording_at_fewer_bits_is_worse_by_vqm_and_by_vmaf(clip):
    made = [recorded(clip, FPS, crf=crf) for crf in (15, 30, 45)]
    vqm = [vqm_simplified(x, clip, FPS) for x in made]
    assert vqm_simplified(clip, clip, FPS) == 0 <= vqm[0] < vqm[1] < vqm[2]
    try:
        ffmpeg_with_vmaf()
    except NoVmaf:
        pytest.skip("no ffmpeg with libvmaf")
    scores = [vmaf(x, clip, FPS) for x in (clip, *made)]
    assert 95 < scores[0] <= 100 and scores == sorted(scores, reverse=True)


def test_recording_at_a_bitrate_keeps_shape_and_range(clip):
    back = recorded(clip, FPS, bitrate=60_000)
    assert back.shape == clip.shape and back.abs().max() <= 1
    with pytest.raises(BadInput, match="even"):
        recorded(clip[..., :63], FPS)
    with pytest.raises(BadInput, match="crf"):
        recorded(clip, FPS, crf=60)


def test_warping_error_is_small_for_true_motion_and_grows_with_flicker(clip):
    light = clip + 0.1 * (torch.arange(20) % 2 * 2 - 1).view(-1, 1, 1, 1)
    assert warping_error(clip) < 0.01
    assert warping_error(light.clamp(-1, 1), clip) == pytest.approx(warping_error(clip, clip) + 0.1**2, rel=0.4)


def test_what_moves_otherwise_than_the_reference_is_warped_wrongly(clip):
    assert warping_error(clip.roll(7, 0), clip) > 2 * warping_error(clip, clip)


def test_flicker_is_the_step_between_two_levels_and_none_for_even_change():
    levels = torch.tensor([0.2, 0.4]).repeat(5).view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    assert flicker(levels) == pytest.approx(0.1 * 255, rel=1e-3)  # 0.2 of -1..1 is 0.1 of 0..1
    ramp = torch.linspace(-0.5, 0.5, 10).view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    assert flicker(ramp) == pytest.approx(0, abs=1e-3)


def test_coherence_is_whole_with_itself_and_little_with_another_course(clip):
    same = coherence(clip, clip, FPS)
    assert same.correlation == pytest.approx(1) and same.jerk == pytest.approx(1)
    assert coherence(clip.roll(5, 0), clip, FPS).correlation < 0.5
    still = coherence(clip[:1].expand_as(clip), clip, FPS)
    assert still.correlation == 0 and still.jerk == 0
    shaken = torch.stack([frame.roll(2 * (t % 2), -1) for t, frame in enumerate(clip)])
    assert coherence(shaken, clip, FPS).jerk > 1.5
    with pytest.raises(BadInput, match="Nothing moves"):
        coherence(clip, clip[:1].expand_as(clip), FPS)


def test_transitions_are_matched_one_to_one():
    found = found_transitions([1.0, 1.05, 4.0], [1.02, 2.5, 4.1], 0.1)
    assert (found.hits, found.precision, found.recall) == (2, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found_transitions([], [], 0.1).f1 is None and found_transitions([], [1.0], 0.1).recall == 0
    assert found_transitions([0.9, 1.1], [1.0, 1.2], 0.1).hits == 2


def test_a_clean_cut_is_smooth_and_a_fluttering_one_is_not(clip):
    other = (clip * 0.3 + 0.6).flip(-1)
    cut = torch.cat((clip[:8], other[:8]))
    flutter = cut.clone()
    flutter[6], flutter[9] = other[0], clip[0]
    assert switching(cut, [8]) > 0.6 > switching(flutter, [8])
    with pytest.raises(BadInput, match="Transitions"):
        switching(cut, [16])


def test_clips_that_cannot_be_measured_are_told(clip):
    few = clip[..., :20, :20]
    for measure in (lambda: vqm_simplified(clip[:1], clip[:1], FPS), lambda: warping_error(clip[:1]),
                    lambda: flicker(clip[:2]), lambda: vmaf(few, few, FPS), lambda: coherence(clip[:4], clip[:4], FPS),
                    lambda: vqm_simplified(clip[:9], clip, FPS)):  # fmt: skip
        with pytest.raises(BadInput):
            measure()

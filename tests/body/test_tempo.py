"""The clock of a dance: beats become places in the cycle, smoothly, and rules of a part of it follow them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.body.angle_domain import AngleDomain, Reason
from ritual.body.cycle import Phased, cycle_schedule
from ritual.body.tempo import LONGEST, SHORTEST, Tempo
from ritual.errors import BadInput

BEATS = st.tuples(st.floats(-5, 20), st.lists(st.floats(SHORTEST, LONGEST), min_size=1, max_size=30)).map(
    lambda drawn: drawn[0] + np.cumsum([0.0, *drawn[1]])
)


def test_steady_beats_are_a_straight_line_for_ever():
    tempo = Tempo.steady(90, 8, seconds=4.0)
    assert len(tempo.beats) == 6 and tempo.bpm == pytest.approx(90) and tempo.cycle_seconds == pytest.approx(16 / 3)
    times = np.linspace(-30, 130, 999)
    np.testing.assert_allclose(tempo.cycle(times), times * 90 / 60 / 8, atol=1e-9)


@given(BEATS)
def test_every_beat_is_where_it_is_counted_and_time_never_runs_back(beats):
    tempo = Tempo(beats, 4)
    np.testing.assert_allclose(tempo.cycle(beats), np.arange(len(beats)) / 4, atol=1e-9)
    times = np.linspace(beats[0] - 10, beats[-1] + 10, 2000)
    assert (np.diff(tempo.cycle(times)) > 0).all()


@given(BEATS)
def test_the_pace_never_jumps_not_even_where_the_beats_end(beats):
    tempo, h = Tempo(beats, 1), 1e-5
    for at in (*beats, beats[0] - np.diff(beats)[:4].mean(), beats[-1] + np.diff(beats)[-4:].mean()):
        before, after = np.diff(tempo.cycle(at + np.array((-h, 0.0, h)))) / h
        assert abs(after - before) < 0.02 / SHORTEST


def test_beyond_the_beats_it_goes_on_as_the_nearest_went():
    tempo = Tempo(np.array((1.0, 1.5, 2.0, 2.5, 3.0, 3.25, 3.5, 3.75, 4.0)), 1)
    assert tempo.cycle(np.array(-1.0)) == pytest.approx(-4)
    assert tempo.cycle(np.array(6.0)) == pytest.approx(8 + 2 / 0.25)


def test_later_beats_are_the_same_beats_later():
    tempo = Tempo(np.array((0.2, 0.7, 1.4)), 4)
    times = np.linspace(-3, 5, 50)
    np.testing.assert_allclose(tempo.later(2.0).cycle(times), tempo.cycle(times - 2.0), atol=1e-12)


@pytest.mark.parametrize(
    ("beats", "said"),
    [
        ((), "at least two"),
        ((1.0,), "at least two"),
        ((0.0, float("nan")), "at least two"),
        ((0.0, 0.5, 0.4), "0.1 to 4 s apart, in order"),
        ((0.0, 0.05), "The beat at 0.05 s comes 0.05 s after"),
        ((0.0, 9.0), "0.1 to 4 s apart"),
    ],
)
def test_what_are_no_beats_is_told(beats, said):
    with pytest.raises(BadInput, match=said):
        Tempo(np.array(beats), 8)


def test_a_part_of_the_cycle_lies_where_the_beats_put_it():
    body = AngleDomain.physiological()
    part = Phased(0.5, 0.75, limits=((0, -0.1, 0.1, Reason("slow")),))
    tempo = Tempo(np.array((0.0, 0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0)), 4)  # beats 2 and 3: from 1 s to 2 s
    spans = cycle_schedule(body, (part,), tempo.cycle(np.arange(126) / 25))
    held = [(span.start / 25, span.end / 25) for span in spans if 0 in span.domain.limit_reasons]
    assert held == [(pytest.approx(0.96, abs=0.05), pytest.approx(2.04, abs=0.05)),
                    (pytest.approx(3.96, abs=0.05), pytest.approx(4.54, abs=0.05))]  # fmt: skip

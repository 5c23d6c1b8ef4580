"""The beats of a piece of music, by librosa (an optional extra)."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from ritual.errors import BadInput, RitualError

RATE = 22050  # [Hz]
HOP = 256  # samples between two looks at the sound: 12 ms
LAG = 0.01  # [s] that the tracker is late, as measured on clicks
AUDIBLE, EARLY = 0.1, 0.07  # part of the strongest onset that counts as music; [s] that a beat may lie before it
FEWEST, FAINT = 3, 0.5  # onsets that music has, and how strong the strongest is [dB, mean over the bands]
SILENCE = 1e-4  # root mean square below which nothing is heard: -80 dB
LONGEST = 600.0  # [s] that are listened to


class NoMusicLibrary(RitualError):
    """librosa is not installed."""

    code = "missing_extra"


def beats_of(path: Path, seconds: float) -> tuple[float, ...]:
    """Times [s] of the beats that a file has in the first `seconds`, and of one more where there is one.

    Beats are where the onsets of a steady tempo are strongest (dynamic programming; Ellis 2007). The first ones, before
    which the tracker has little to go by, are carried back at the first beats' tempo to where the music begins.

    Args:
        path: wav, flac, ogg or mp3.

    Raises:
        BadInput: no file, none that can be read, silence, or no beats in it.
        NoMusicLibrary: librosa is not installed.
    """
    if not path.is_file():
        raise BadInput(f"There is no audio file '{path}'.")
    try:
        import librosa
        import soundfile
    except ImportError as missing:
        raise NoMusicLibrary(
            f"Beats of music are found by librosa, which is not installed ({missing.name} is missing).",
            hint="Install the extra: pip install 'ritual-motion[audio]'; or give the tempo with --bpm.",
        ) from missing
    try:
        with soundfile.SoundFile(path) as file:
            sound = file.read(round(min(LONGEST, seconds + 15) * file.samplerate), dtype="float32", always_2d=True)
            rate = file.samplerate
    except (soundfile.SoundFileError, OSError) as broken:
        raise BadInput(f"'{path}' cannot be read as audio; wav, flac, ogg and mp3 are.") from broken
    sound = sound.mean(1)
    if not len(sound) or not np.sqrt(np.mean(np.square(sound), dtype=float)) > SILENCE:
        raise BadInput(f"'{path}' is silent: there are no beats in it.", hint="Give the tempo with --bpm.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numpy about slices without sound
        sound = librosa.resample(sound, orig_sr=rate, target_sr=RATE)
        onsets = librosa.onset.onset_strength(y=sound, sr=RATE, hop_length=HOP, n_fft=4 * HOP)
        _, found = librosa.beat.beat_track(onset_envelope=onsets, sr=RATE, hop_length=HOP, units="time")
    times = np.asarray(found, float) - LAG
    loud = onsets > AUDIBLE * onsets.max()
    if len(times) < 2 or onsets.max() < FAINT or np.count_nonzero(loud[1:] & ~loud[:-1]) < FEWEST:
        raise BadInput(f"No beats were found in '{path}'.", hint="Give the tempo with --bpm.")
    begins = HOP / RATE * np.flatnonzero(loud)[0] - LAG
    step = float(np.median(np.diff(times[:5])))
    missed = max(0, int((times[0] - max(begins - EARLY, 0)) / step))
    times = np.concatenate((times[0] - step * np.arange(missed, 0, -1), times))
    count = max(2, int(np.searchsorted(times, seconds)) + 1)
    return tuple(round(float(time), 4) for time in times[:count])

"""Videos and sounds in and out of any container, through PyAV: frames at an even rate, sound as one channel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.io import wavfile

from ritual.errors import BadInput, RitualError

SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".3gp", ".wmv", ".flv")
)
RATE = 16_000  # of sound as models take it [Hz]
_TICK = 1e-6  # [s] by which times that mean the same may differ


class NoVideoLibrary(RitualError):
    """PyAV is not installed."""

    code = "missing_extra"


@dataclass(frozen=True)
class Facts:
    """What a file says of itself.

    Attributes:
        width, height: as shown, after its rotation and the shape of its pixels [px]; 0 where there is no picture.
        fps: frames a second on the mean; 0 where it does not say. seconds: its length; 0 where it does not say.
        sound: whether it has any.
    """

    width: int
    height: int
    fps: float
    seconds: float
    sound: bool

    @property
    def pictures(self) -> bool:
        return self.width > 0


def facts(path: Path) -> Facts:
    """What a recording is.

    Raises:
        BadInput: no such file, empty, or no recording.
        NoVideoLibrary: PyAV is not installed.
    """
    with _opened(path) as container:
        video, sound = _stream(container, "video"), _stream(container, "audio")
        seconds = float(container.duration or 0) / 1e6
        if video is None:
            return Facts(0, 0, 0.0, seconds, sound is not None)
        width, height = _shown(video.width, video.height, video.sample_aspect_ratio)
        first = next(_decoded(container, video), None)
        if first is not None and first.rotation % 180:
            width, height = height, width
        return Facts(width, height, float(video.average_rate or 0), seconds, sound is not None)


def pictures(path: Path, fps: float | None = None, side: int | None = None) -> Iterator[np.ndarray]:
    """The frames of a recording at an even rate, upright.

    At each tick of the clock the frame is shown that a player would show then, so a variable frame rate comes out even.

    Args:
        fps: frames a second; None = as the file has them, one by one.
        side: of the square that is cut from the middle [px]; None = whole and as large as it is.

    Yields:
        (H, W, 3) uint8, sRGB.

    Raises:
        BadInput: as `facts`; or it has no picture. What can be decoded of a file that breaks off comes first.
    """
    with _opened(path) as container:
        video = _stream(container, "video")
        if video is None:
            raise BadInput(f"{path} has no picture.", hint="It may be a sound recording.")
        frames = _decoded(container, video)
        shown = (_upright(frame, video, side) for frame in frames) if fps is None else _even(frames, video, fps, side)
        yielded = False
        for picture in shown:
            yielded = True
            yield picture
        if not yielded:
            raise BadInput(f"{path} is broken: no frame of it can be decoded.")


def sound(path: Path, rate: int = RATE) -> np.ndarray | None:
    """(N,) float32 in -1..1: the sound of a recording, its channels mixed to one; None where it has none.

    Raises:
        BadInput: as `facts`.
    """
    av = _av()
    with _opened(path) as container:
        stream = _stream(container, "audio")
        if stream is None:
            return None
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        parts = [part for frame in _decoded(container, stream) for part in resampler.resample(frame)]
        parts += resampler.resample(None)
    if not parts:
        return None
    return np.concatenate([part.to_ndarray().ravel() for part in parts]).astype(np.float32)


def write_video(
    path: Path, frames: Iterable[np.ndarray], fps: float, *, sound: np.ndarray | None = None, rate: int = RATE,
    crf: float = 12, bitrate: int | None = None,
) -> Path:  # fmt: skip
    """H.264 in MP4, whole or not at all.

    Args:
        frames: (H, W, 3) uint8 each, H and W even.
        sound: (N,) in -1..1, written as AAC.
        crf: of libx264, 0 = lossless .. 51; bitrate: [bit/s], instead of it.

    Raises:
        BadInput: no frame, an odd size, or it cannot be written.
    """
    av = _av()
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        with av.open(str(temporary), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            _write_pictures(av, container, frames, fps, crf, bitrate, sound, rate)
        os.replace(temporary, path)
    except OSError as error:
        raise BadInput(f"Cannot write {path}: {error.strerror or error}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_wav(path: Path, sound: np.ndarray, rate: int = RATE) -> Path:
    """(N,) in -1..1 as 16-bit PCM; what lies beyond is clipped."""
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.wav")
    try:
        wavfile.write(temporary, rate, np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16))
        os.replace(temporary, path)
    except OSError as error:
        raise BadInput(f"Cannot write {path}: {error.strerror or error}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _write_pictures(av, container, frames, fps, crf, bitrate, sound, rate) -> None:
    clock = Fraction(fps).limit_denominator(1001)
    video = voice = None
    for n, picture in enumerate(frames):
        if video is None:
            height, width = picture.shape[:2]
            if height % 2 or width % 2:
                raise BadInput(f"A video of {width} x {height} pixels cannot be written: both must be even.")
            options = {"preset": "veryfast"} if bitrate else {"preset": "veryfast", "crf": f"{crf:g}"}
            video = container.add_stream("libx264", rate=clock, options=options)
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            if bitrate:
                video.bit_rate = bitrate
            voice = container.add_stream("aac", rate=rate, layout="mono") if sound is not None else None
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        frame.pts, frame.time_base = n, 1 / clock
        container.mux(video.encode(frame))
    if video is None:
        raise BadInput("A video needs one frame at least.")
    container.mux(video.encode(None))
    if voice is not None:
        samples = np.ascontiguousarray(np.clip(sound, -1, 1), np.float32)
        for start in range(0, len(samples), 1024):
            part = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            part.sample_rate, part.pts, part.time_base = rate, start, Fraction(1, rate)
            container.mux(voice.encode(part))
        container.mux(voice.encode(None))


def _av() -> ModuleType:
    try:
        import av
    except ImportError:
        raise NoVideoLibrary(
            "Videos are read and written by PyAV, which is not installed.",
            hint="Install the extra: pip install 'ritual-motion[video]'.",
        ) from None
    return av


def _opened(path: Path):
    av = _av()
    if path.is_dir():
        raise BadInput(f"{path} is a folder, not a recording.")
    if not path.is_file():
        raise BadInput(f"There is no recording {path}.")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty: it has no bytes.")
    try:
        return av.open(str(path))
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"{path} is no recording that can be read: {reason}.", hint="It may be broken off or of another kind."
        ) from None


def _stream(container, kind: str):
    found = [s for s in container.streams if s.type == kind and not (kind == "video" and _cover(s))]
    if found and found[0].codec_context is not None:
        found[0].thread_type = "AUTO" if kind == "video" else "NONE"
        return found[0]
    return None


def _cover(stream) -> bool:
    """Whether a picture stream is only the cover of a sound file."""
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def _decoded(container, stream) -> Iterator:
    """What can be decoded; broken packets are passed over, and a file that breaks off ends there."""
    av = _av()
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


def _even(frames: Iterator, video, fps: float, side: int | None) -> Iterator[np.ndarray]:
    tick, first, shown, since, length = 0, None, None, 0.0, 1 / fps
    for n, frame in enumerate(frames):
        now = frame.time if frame.time is not None else n / float(video.average_rate or fps)
        first = now if first is None else first
        picture = None
        while shown is not None and tick / fps < now - first - _TICK:
            picture = _upright(shown, video, side) if picture is None else picture
            yield picture
            tick += 1
        if shown is not None:
            length = max(now - first - since, _TICK)
        shown, since = frame, now - first
    picture = None
    while shown is not None and tick / fps < since + length - _TICK:  # the last frame stays as long as the one before
        picture = _upright(shown, video, side) if picture is None else picture
        yield picture
        tick += 1


def _shown(width: int, height: int, shape: Fraction | None) -> tuple[int, int]:
    """The size with square pixels."""
    return (max(1, round(width * shape)), height) if shape else (width, height)


def _upright(frame, video, side: int | None) -> np.ndarray:
    width, height = _shown(frame.width, frame.height, video.sample_aspect_ratio)
    scale = 1.0 if side is None else side / min(width, height)
    width, height = (max(side or 1, round(n * scale)) for n in (width, height))
    way = "AREA" if scale < 1 else "BICUBIC"
    picture = frame.reformat(width, height, format="rgb24", interpolation=way).to_ndarray()
    picture = np.rot90(picture, round(frame.rotation / 90) % 4)  # PyAV counts counter-clockwise, as numpy does
    if side is not None:
        top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
        picture = picture[top : top + side, left : left + side]
    return np.ascontiguousarray(picture)

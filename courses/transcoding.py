"""ffmpeg at work: what a film is, smaller sizes of it, its sound alone, a picture of it.

A file comes from anybody, so ffmpeg opens nothing but that file, as one of two kinds of container, and never another
address or folder that the file may name.
"""

import json
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput

LONGEST = 4 * 3600  # seconds
MOST_PIXELS = 4096 * 2304
PATIENCE = 120  # seconds without any progress
ONLY_THE_FILE = ["-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"]


class Unplayable(InvalidInput):
    code = "unplayable"
    message = _("This file cannot be played: it is damaged, or not a film. Save it anew as MP4 and send it in again.")


class TooLong(InvalidInput):
    code = "film-too-long"
    message = _("The film is longer than four hours, or its picture is larger than 4096 × 2304: make it smaller.")


@dataclass(frozen=True)
class Film:
    """What ffprobe says of a file."""

    seconds: float
    width: int
    height: int
    has_sound: bool


@dataclass(frozen=True)
class Size:
    """One of the ways in which a film is offered: `side` is the shorter side of its picture, 0: only the sound."""

    kind: str
    side: int
    rate: str
    crf: int
    sound: str
    suffix: str = ".mp4"

    def options(self) -> list[str]:
        sound = ["-c:a", "aac", "-b:a", self.sound, "-ac", "1" if self.side <= 240 else "2"]
        if not self.side:
            return ["-map", "0:a:0", "-vn", *sound]
        scale = f"scale='if(gt(iw,ih),-2,{self.side})':'if(gt(iw,ih),{self.side},-2)'"
        picture = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(self.crf), "-pix_fmt", "yuv420p"]
        bounds = ["-maxrate", self.rate, "-bufsize", self.rate, "-force_key_frames", "expr:gte(t,n_forced*4)"]
        return ["-map", "0:v:0", "-map", "0:a:0?", "-vf", scale, *picture, *bounds, *sound]


SIZES = (
    Size("240p", 240, "250k", 29, "40k"),
    Size("audio", 0, "", 0, "48k", ".m4a"),
    Size("360p", 360, "550k", 27, "64k"),
    Size("720p", 720, "1600k", 25, "96k"),
)


def is_available() -> bool:
    return all(shutil.which(program) for program in ("ffmpeg", "ffprobe"))


def sizes_for(film: Film) -> list[Size]:
    """The sizes worth making: none larger than the film itself, but always the smallest."""
    side = min(film.width, film.height)
    return [one for one in SIZES if (film.has_sound if not one.side else one.side in (240, *range(side + 1)))]


def probe(path: Path) -> Film:
    """Raises Unplayable, TooLong."""
    asked = ["-v", "error", "-show_format", "-show_streams", "-of", "json"]
    try:
        answer = subprocess.run(  # noqa: S603  # our own arguments
            ["ffprobe", *ONLY_THE_FILE, *asked, f"file:{path}"],  # noqa: S607  # where the system has it
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        told: dict[str, Any] = json.loads(answer.stdout)
        pictures = [s for s in told["streams"] if s["codec_type"] == "video"]
        sounds = [s for s in told["streams"] if s["codec_type"] == "audio"]
        film = Film(
            float(told["format"]["duration"]), int(pictures[0]["width"]), int(pictures[0]["height"]), bool(sounds)
        )
    except (subprocess.SubprocessError, ValueError, LookupError) as error:
        raise Unplayable(field="file") from error
    if not film.seconds > 0 or not film.width or not film.height:
        raise Unplayable(field="file")
    if film.seconds > LONGEST or film.width * film.height > MOST_PIXELS:
        raise TooLong(field="file")
    return film


def transcode(source: Path, target: Path, size: Size, *, seconds: float, told: Callable[[float], None]) -> None:
    """Make one size of a film; `told` hears the share done at least every few seconds, and may raise to stop it.

    Raises Unplayable where ffmpeg gives up or does nothing for two minutes.
    """
    plain = ["-map_metadata", "-1", "-sn", "-dn", "-movflags", "+faststart", "-y", f"file:{target}"]
    quiet = ["-nostdin", "-v", "error", "-progress", "pipe:1", "-threads", "2"]
    run_ffmpeg([*quiet, *ONLY_THE_FILE, "-i", f"file:{source}", *size.options(), *plain], seconds=seconds, told=told)
    if not target.exists() or not target.stat().st_size:
        raise Unplayable(field="file")


def poster(source: Path, target: Path, *, seconds: float) -> None:
    """Take a small picture out of a film, from a tenth of the way. Raises Unplayable."""
    when = min(seconds / 10, 10)
    frame = ["-frames:v", "1", "-vf", "scale='min(640,iw)':-2", "-q:v", "6", "-y", f"file:{target}"]
    run_ffmpeg(["-nostdin", "-v", "error", "-ss", f"{when:.2f}", *ONLY_THE_FILE, "-i", f"file:{source}", *frame])


def run_ffmpeg(arguments: list[str], *, seconds: float = 0, told: Callable[[float], None] | None = None) -> None:
    """Run ffmpeg with low priority, and never longer than it gets on."""
    command = ["nice", "-n", "10", "ffmpeg", "-hide_banner", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0) as process:  # noqa: S603  # ours
        assert process.stdout is not None
        try:
            _follow(process.stdout, seconds, told)
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Unplayable(field="file") from error
        finally:
            process.kill()  # does nothing where it has ended
    if process.returncode:
        raise Unplayable(field="file")


def _follow(stream: Any, seconds: float, told: Callable[[float], None] | None) -> None:
    """Read how far ffmpeg is until it ends; raises Unplayable where it stands still."""
    moved_at, reached = time.monotonic(), ""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=2):
                line = stream.readline().decode("ascii", "replace").strip()
                if not line:
                    return
                name, _equals, value = line.partition("=")
                if name == "out_time_us" and value != reached:
                    moved_at, reached = time.monotonic(), value
            if time.monotonic() - moved_at > PATIENCE:
                raise Unplayable(field="file")
            if told:
                told(min(int(reached) / 1e6 / seconds, 1.0) if reached.isdigit() and seconds else 0.0)

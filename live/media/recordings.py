"""From what Janus wrote down of a class to one film: janus-pp-rec and ffmpeg at work. Knows no row of ours.

Janus writes a file for each voice and each picture that was published. The film shows screens large, over the cameras
of who teaches, other cameras at its edge, and lets all voices be heard, each from when it began.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from courses.transcoding import PATIENCE, Unplayable, run_ffmpeg

WIDTH, HEIGHT, EDGE, RATE, GROUND = 1280, 720, 320, 15, "0x14202b"
SLOTS = HEIGHT * 16 // 9 // EDGE  # cameras at the edge, one below the other
SOUND, PICTURE = "a", "v"
READ_SECONDS = 15 * 60  # for turning one file into one that ffmpeg reads


@dataclass(frozen=True)
class Piece:
    """One voice or picture as Janus wrote it down."""

    path: Path
    what: str  # camera, screen
    who: str
    kind: str  # SOUND, PICTURE
    at: float  # when it began, in seconds since 1970


@dataclass(frozen=True)
class Chapter:
    at: float  # seconds into the film
    title: str


def is_available() -> bool:
    return all(shutil.which(program) for program in ("ffmpeg", "janus-pp-rec"))


def find_pieces(folder: Path, *, since: datetime, until: datetime) -> list[Piece]:
    """What was written down in a room within that time, in the order in which it began; what is damaged is left out."""
    pieces = [piece for path in folder.glob("*.mjr") if (piece := _read_head(path))]
    within = [piece for piece in pieces if since.timestamp() - 5 <= piece.at <= until.timestamp()]
    return sorted(within, key=lambda piece: piece.at)


def _read_head(path: Path) -> Piece | None:
    try:
        what, who, _rest = path.name.partition("-user-")[2].split(".", 2)
        head = subprocess.run(  # noqa: S603  # our own arguments
            ["janus-pp-rec", "--json", str(path)],  # noqa: S607  # where the system has it
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        told = json.loads(head.stdout)
        return Piece(path, what, who, told["t"], int(told["u"]) / 1e6)
    except (subprocess.SubprocessError, ValueError, LookupError):
        return None


def make_film(
    pieces: Sequence[Piece],
    target: Path,
    *,
    began_at: datetime,
    seconds: float,
    teachers: frozenset[str],
    chapters: Iterable[Chapter],
    told: Callable[[float], None],
) -> None:
    """Write the film of these pieces. Raises Unplayable where there is nothing to show or hear, or ffmpeg gives up."""
    folder = target.parent
    made = []
    for number, piece in enumerate(pieces):
        if path := _extract(piece, folder, number):
            made.append((piece, path))
        told(0.0)
    voices = [(path, piece.at - began_at.timestamp()) for piece, path in made if piece.kind == SOUND]
    pictures = [(path, piece, piece.at - began_at.timestamp()) for piece, path in made if piece.kind == PICTURE]
    if not made:
        raise Unplayable
    marks = folder / "chapters.txt"
    marks.write_text(_chapters(chapters, seconds), encoding="utf-8")
    graph = ";".join(_voices(voices) + _pictures(pictures, teachers, seconds))
    files = [argument for path, _at in voices for argument in ("-i", f"file:{path}")]
    ways = ["-nostdin", "-v", "error", "-progress", "pipe:1", "-threads", "2", "-protocol_whitelist", "file,pipe"]
    sound = ["-map", "[sound]", "-c:a", "aac", "-b:a", "64k"] if voices else []
    picture = ["-map", "[picture]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-pix_fmt", "yuv420p"]
    end = ["-t", f"{seconds:.3f}", "-map_metadata", str(len(voices)), "-movflags", "+faststart", "-y", f"file:{target}"]
    arguments = [*ways, *files, "-f", "ffmetadata", "-i", f"file:{marks}", "-filter_complex", graph]
    run_ffmpeg([*arguments, *sound, *picture, *end], seconds=seconds, told=told)


def _extract(piece: Piece, folder: Path, number: int) -> Path | None:
    """A file that ffmpeg reads; one that was cut off goes as far as it goes."""
    made = folder / f"{number}.{'opus' if piece.kind == SOUND else 'webm'}"
    command = ["nice", "-n", "10", "janus-pp-rec", str(piece.path), str(made)]
    subprocess.run(command, capture_output=True, timeout=READ_SECONDS, check=False)  # noqa: S603  # our own arguments
    return made if made.exists() and made.stat().st_size > 500 else None  # else no more than a head


def _voices(voices: Sequence[tuple[Path, float]]) -> list[str]:
    """All voices together, each from when it began; what was not sent is silence."""
    if not voices:
        return []
    delayed = [
        f"[{i}:a]aresample=async=1:first_pts=0,adelay={max(0, round(at * 1000))}:all=1[s{i}]"
        for i, (_path, at) in enumerate(voices)
    ]
    together = "".join(f"[s{i}]" for i in range(len(voices)))
    return [*delayed, f"{together}amix=inputs={len(voices)}:normalize=0:dropout_transition=0[sound]"]


def _pictures(pictures: Sequence[tuple[Path, Piece, float]], teachers: frozenset[str], seconds: float) -> list[str]:
    """Large: who teaches and, over them, screens; at the edge the cameras of the others.

    Their files are read within the graph: a picture changes its size as connections do, which would begin it anew.
    """
    graph = [f"color=c={GROUND}:s={WIDTH}x{HEIGHT}:r={RATE}:d={seconds:.3f}[p0]"]
    edge = [piece.who for _, piece, _ in pictures if piece.what == "camera" and piece.who not in teachers]
    order = sorted(pictures, key=lambda each: (each[1].what == "screen", each[2]))
    for layer, (path, piece, at) in enumerate(order):
        is_large = piece.what == "screen" or piece.who in teachers
        width, height = (WIDTH - EDGE, HEIGHT) if is_large else (EDGE, EDGE * 9 // 16)
        left, top = (0, 0) if is_large else (WIDTH - EDGE, edge.index(piece.who) % SLOTS * height)
        fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1:{GROUND}:frame"
        graph.append(f"movie=filename='{path}',{fit},fps={RATE},setpts=PTS-STARTPTS+{at:.3f}/TB[v{layer}]")
        graph.append(f"[p{layer}][v{layer}]overlay={left}:{top}:eof_action=pass[p{layer + 1}]")
    return [*graph, f"[p{len(order)}]null[picture]"]


def _chapters(chapters: Iterable[Chapter], seconds: float) -> str:
    """Chapters as ffmpeg reads them, each until the next."""
    found = sorted(chapters, key=lambda chapter: chapter.at)
    ends = [chapter.at for chapter in found[1:]] + [seconds]
    lines = [";FFMETADATA1"]
    for chapter, end in zip(found, ends, strict=False):
        title = "".join(f"\\{c}" if c in "=;#\\\n" else c for c in chapter.title)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={chapter.at * 1000:.0f}", f"END={end * 1000:.0f}"]
        lines.append(f"title={title}")
    return "\n".join(lines) + "\n"

"""The film of a demo class, made when the demo is: its slides, a test pattern where a camera would be, a quiet tone."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from courses.transcoding import run_ffmpeg

WIDTH, HEIGHT, RATE = 640, 360, 5
CAMERA = "160x90"
GROUND = "0x14202b"


def is_available() -> bool:
    return shutil.which("ffmpeg") is not None


def draw_film(pictures: Sequence[tuple[Path, float]], target: Path, *, seconds: float) -> None:
    """Show each picture from its second on. Raises Unplayable."""
    files = [part for path, _at in pictures for part in ("-loop", "1", "-t", "1", "-r", "1", "-i", f"file:{path}")]
    graph = [f"color=c={GROUND}:s={WIDTH}x{HEIGHT}:r={RATE}:d={seconds}[p0]"]
    for number, (_path, at) in enumerate(pictures):
        graph.append(f"[{number}:v]scale={WIDTH}:{HEIGHT}[s{number}]")
        graph.append(f"[p{number}][s{number}]overlay=enable='gte(t,{at})':eof_action=repeat[p{number + 1}]")
    graph.append(f"testsrc=s={CAMERA}:r={RATE}:d={seconds}[camera]")
    graph.append(f"[p{len(pictures)}][camera]overlay=W-w-8:8:shortest=1[picture]")
    graph.append(f"sine=frequency=220:sample_rate=16000:d={seconds},volume=0.02[sound]")
    run_ffmpeg(
        [
            *("-nostdin", "-v", "error", "-progress", "pipe:1", *files, "-filter_complex", ";".join(graph)),
            *("-map", "[picture]", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", "-pix_fmt", "yuv420p"),
            *("-map", "[sound]", "-c:a", "aac", "-b:a", "24k", "-movflags", "+faststart"),
            *("-t", f"{seconds}", "-y", f"file:{target}"),
        ],
        seconds=seconds,
    )

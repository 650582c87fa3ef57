"""What a file is made of, as ffprobe tells; keyed by file, because copies of a film differ."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id

FileRef = Annotated[int, mapped_column(ForeignKey("movie_files.id", ondelete="CASCADE"), index=True)]
No = Annotated[bool, mapped_column(server_default=text("false"))]


class VideoStream(Base):
    """One video stream; sizes in pixels, as displayed."""

    __tablename__ = "video_streams"

    id: Mapped[Id]
    file_id: Mapped[FileRef]
    stream_index: Mapped[int]
    codec: Mapped[str]
    profile: Mapped[str | None]
    language: Mapped[str | None]
    width: Mapped[int]
    height: Mapped[int]
    aspect: Mapped[float | None]
    frame_rate: Mapped[float | None]
    bit_depth: Mapped[int | None]
    hdr: Mapped[str | None]
    hdr_fallback: Mapped[str | None]
    dolby_vision_profile: Mapped[int | None]
    dolby_vision_compatibility: Mapped[int | None]
    max_cll: Mapped[int | None]
    max_fall: Mapped[int | None]
    mastering_luminance: Mapped[float | None]
    field_order: Mapped[str | None]
    rotation: Mapped[int] = mapped_column(server_default=text("0"))
    stereo_mode: Mapped[str | None]


class AudioStream(Base):
    """One audio stream."""

    __tablename__ = "audio_streams"

    id: Mapped[Id]
    file_id: Mapped[FileRef]
    stream_index: Mapped[int]
    codec: Mapped[str]
    profile: Mapped[str | None]
    object_audio: Mapped[str | None]
    channels: Mapped[int | None]
    layout: Mapped[str | None]
    language: Mapped[str | None]
    title: Mapped[str | None]
    is_default: Mapped[No]
    is_forced: Mapped[No]
    is_commentary: Mapped[No]
    is_dub: Mapped[No]
    is_original: Mapped[No]
    is_visual_impaired: Mapped[No]


class SubtitleStream(Base):
    """One subtitle: a stream of the file, or a file beside it (`external_path`)."""

    __tablename__ = "subtitle_streams"

    id: Mapped[Id]
    file_id: Mapped[FileRef]
    stream_index: Mapped[int | None]
    external_path: Mapped[str | None]
    codec: Mapped[str]
    language: Mapped[str | None]
    region: Mapped[str | None]
    title: Mapped[str | None]
    is_default: Mapped[No]
    is_forced: Mapped[No]
    is_hearing_impaired: Mapped[No]
    is_commentary: Mapped[No]


class Chapter(Base):
    """One chapter, in the order of the file."""

    __tablename__ = "chapters"

    file_id: Mapped[int] = mapped_column(ForeignKey("movie_files.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    title: Mapped[str | None]

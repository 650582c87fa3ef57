"""Pictures that a film is offered, good and bad, at the one picture server that is allowed to be in the house."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from deployments.demo import pictures
from deployments.demo.faults import Disturbance, Fault
from metarr_core.db import artwork
from metarr_core.domain.artwork import ArtworkType, Candidate, Scored
from metarr_core.domain.ids import MovieId
from metarr_core.runtime import Runtime
from tests.conftest import House


def encoded(image: Image.Image, picture_format: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, picture_format, **options)
    return buffer.getvalue()


def painting(seed: str = "Sintel", width: int = 400, height: int = 600) -> Image.Image:
    return Image.open(io.BytesIO(pictures.poster(seed, 2010, width, height))).convert("RGB")


GOOD = encoded(painting("good"))


async def offer(
    runtime: Runtime, house: House, movie_id: MovieId, offered: dict[str, bytes | Disturbance | None], kind: str = "poster"
) -> None:
    """Offer pictures by name, best first: bytes are served, None is only an address (a name with a scheme is one)."""
    scored = []
    for place, (name, content) in enumerate(offered.items()):
        is_address = ":" in name
        url = name if is_address else f"{runtime.settings.providers.tmdb.image_base_url}/original/{name}"
        if content is not None:
            house.tmdb.faults.add(f"/{name}$", Fault(status=200, body=content) if isinstance(content, bytes) else content)
        scored.append(Scored(Candidate(ArtworkType(kind), "tmdb", url), 100.0 - place, ("offered",)))
    async with runtime.database.transaction() as session:
        await artwork.write_candidates(session, movie_id, scored)


async def chosen(runtime: Runtime, movie_id: MovieId, kind: str = "poster") -> list[str]:
    """The names of the chosen pictures, in their order."""
    async with runtime.database.transaction() as session:
        found = await artwork.chosen(session, movie_id)
    return [(one.url or one.source).rsplit("/", 1)[-1] for one in found if one.type == kind]

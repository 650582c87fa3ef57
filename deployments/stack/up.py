"""`metarr up`: the stack for real use."""

from __future__ import annotations

import asyncio
from functools import partial

from deployments.stack.stack import running_stack
from metarr_core.settings import Settings

say = partial(print, flush=True)
"""At once, also into a pipe or a log."""


async def up(settings: Settings) -> None:
    """Keep everything up for ever; cancelling this stops it in order."""
    async with running_stack(settings) as stack:
        say("Metarr is up. Ctrl-C stops it.")
        say(f"  Prefect   {stack.prefect_ui_url}")
        say(f"  API       {stack.web_url}/api/v1/movies")
        say(f"  Radarr    {stack.web_url}/webhooks/radarr")
        if stack.is_new_key:
            say(f"  API key   {stack.api_key}  (kept in {settings.paths.data_dir / 'api-key'}; shown only now)")
        try:
            await asyncio.Event().wait()
        finally:
            say("stopping")

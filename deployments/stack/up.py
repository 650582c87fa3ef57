"""`metarr up`: the stack for real use."""

from __future__ import annotations

import asyncio

from deployments.stack.stack import running_stack
from metarr_core.settings import Settings


async def up(settings: Settings) -> None:
    """Keep everything up for ever; cancelling this stops it in order."""
    async with running_stack(settings) as stack:
        print("Metarr is up. Ctrl-C stops it.")
        print(f"  Prefect   {stack.prefect_ui_url}")
        print(f"  API       {stack.web_url}/api/v1/movies")
        print(f"  Radarr    {stack.web_url}/webhooks/radarr")
        if stack.is_new_key:
            print(f"  API key   {stack.api_key}  (kept in {settings.paths.data_dir / 'api-key'}; shown only now)")
        try:
            await asyncio.Event().wait()
        finally:
            print("stopping")

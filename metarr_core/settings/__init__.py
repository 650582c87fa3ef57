"""Settings: metarr.toml, overridden by METARR__SECTION__KEY, each key also as METARR__SECTION__KEY__FILE.

Built once, at the edge of a process, and handed on.
"""

from metarr_core.settings.loading import load_settings
from metarr_core.settings.schema import Settings

__all__ = ["Settings", "load_settings"]

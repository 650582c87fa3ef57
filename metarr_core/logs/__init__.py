"""Log lines: as text or as JSON, with the ids of what they belong to, and never with a secret."""

from metarr_core.logs.ids import belong_to, current_ids, ids
from metarr_core.logs.lines import configure, prepare
from metarr_core.logs.redaction import conceal, redact

__all__ = ["belong_to", "conceal", "configure", "current_ids", "ids", "prepare", "redact"]

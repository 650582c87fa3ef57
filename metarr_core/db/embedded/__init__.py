"""The embedded PostgreSQL: PostgreSQL's own programs from a wheel, a data folder below data_dir, TCP on loopback.

The wheel's Python layer is not used: as root it makes a user account and opens every folder above the data.
"""

from metarr_core.db.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres"]

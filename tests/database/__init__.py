"""The database, against a real PostgreSQL."""

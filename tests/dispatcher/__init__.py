"""The dispatcher over a real database; Prefect is played by an engine in memory, or by an HTTP server."""

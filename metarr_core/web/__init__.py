"""The web shim: takes webhooks in and answers questions. Knows operations and the database, not Prefect."""

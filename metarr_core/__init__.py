"""The product itself: pure rules, database, clients, files, operations and web. Knows nothing of Prefect."""

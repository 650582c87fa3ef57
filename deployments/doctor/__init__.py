"""`metarr doctor`, with what only this package knows: Prefect."""

"""`python -m deployments` is the command `metarr`."""

from deployments.cli import main

main()

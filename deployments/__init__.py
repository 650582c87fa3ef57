"""What starts, and what knows Prefect's API: the command, the stack, the dispatcher, the deployments. Nothing imports it."""

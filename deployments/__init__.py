"""What runs Metarr: the command, the dispatcher, the workers and the demo."""

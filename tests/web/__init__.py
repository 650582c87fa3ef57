"""The web shim, served for real over a real database."""

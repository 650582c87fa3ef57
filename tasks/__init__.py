"""The steps of the flows: each a few lines around one operation, with a name to read and a retry policy."""

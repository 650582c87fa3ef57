"""The rules: pure functions and values. No I/O, no database, no clock of its own."""

"""The rules, as tables and sentences: no I/O."""

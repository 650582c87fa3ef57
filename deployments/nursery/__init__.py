"""A process that has imported everything and from which others are forked, so that they start at once and share its memory.

- preloading: what it has imported
- process: the nursery itself
- asking: how others ask it, from an event loop
"""

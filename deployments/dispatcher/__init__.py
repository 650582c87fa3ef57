"""Turns due jobs into flow runs, one per title at a time, and notices runs that are lost. One dispatcher leads."""

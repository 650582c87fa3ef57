"""The flows: the order of the steps, what runs beside what, and what a failure of each means."""

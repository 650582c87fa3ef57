"""What happens, in the order in which it happens. Every operation may run twice."""

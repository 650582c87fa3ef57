"""The warm worker: a real stack, with worker processes of the tests' own."""

"""The use cases and stores of staff."""

"""The pages and calls of staff."""

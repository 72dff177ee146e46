"""Training data: which questions mean the same, and which only sound the same."""

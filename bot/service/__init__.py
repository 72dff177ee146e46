"""The use cases, one module each; `core` is what they work with."""

"""The use cases of staff, one module each; `desk` is what they work with."""

"""The adapters of messaging channels."""

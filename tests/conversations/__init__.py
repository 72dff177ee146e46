"""Scripted conversations, a file each, had with the real application."""

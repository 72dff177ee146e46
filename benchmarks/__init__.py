"""Measurements of this program; each module is a command that prints its figures."""

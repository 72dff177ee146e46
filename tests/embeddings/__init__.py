"""Tests, laid out like the house that they test."""

"""The sample assistant for Rasa."""

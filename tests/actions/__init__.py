"""The actions of Rasa."""

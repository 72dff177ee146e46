"""Actions of Rasa that put what a patient typed to the API of Doctor's Note, and say what it answers, word for word.

`python -m rasa_sdk --actions actions`, run where this package stands, serves them. They hold no model and no library.
"""

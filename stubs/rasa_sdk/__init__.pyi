# What we use of rasa-sdk 3.21, which has annotations but does not say so (no py.typed).
from rasa_sdk.interfaces import Action as Action
from rasa_sdk.interfaces import Tracker as Tracker

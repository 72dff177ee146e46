from typing import Any, TypedDict

class DomainDict(TypedDict):
    intents: list[dict[str, Any]]

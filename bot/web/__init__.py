"""The web application: the API, the chat page and the article pages."""

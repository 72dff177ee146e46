"""The sentences of ours in replies and on article pages. Medical text never stands here: that is the articles'."""

from __future__ import annotations

from typing import Final

DISCLAIMER: Final = (
    "This is general information, quoted from an article. It is not medical advice, a diagnosis or a treatment, "
    "and it cannot take your own health into account. If you need care, contact a doctor or another qualified "
    "health professional."
)
SAMPLE: Final = (
    "Sample text: this article shows how the service works. No clinician has written it or signed it off. "
    "Do not rely on it."
)
UNMATCHED: Final = "No article in our library answers this question."
UNMATCHED_ADVICE: Final = (
    "You could ask again in other words, with one question at a time. If you are worried, contact a doctor or "
    "another qualified health professional."
)
CHOICE: Final = "I am not sure that this is your question. Did you mean:"
CHOICES: Final = "I am not sure which question you mean. Is it one of these?"
SAME_QUESTION: Final = "Our library has other articles on the very same question:"
OTHER_ARTICLE: Final = "Another article on this, {number}"
REFERENCES: Final = "References"
SYMPTOM_CHECK: Final = "Check your symptoms"
FULL_ARTICLE: Final = "Read the article on its own page"
AUTHOR: Final = "Author: {author}."
NO_AUTHOR: Final = "The author is not named."
REVIEWER: Final = "Signed off by {reviewer}."
NO_REVIEWER: Final = "Not signed off by a clinician."
PUBLISHED: Final = "Published {date}."
REVIEWED: Final = "Reviewed {date}."
REVIEW_DUE: Final = "Next review due {date}."
RETIRED: Final = "This article has been withdrawn and is no longer shown as an answer."
PAST_REVISION: Final = "This is an earlier revision of the article. It is no longer shown as an answer."

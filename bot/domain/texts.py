"""The sentences of ours in replies and on article pages. Medical text never stands here: that is the articles'.

They are named by their English text; `bot.domain.wording` says them in the reader's language. What is said in small
talk stands in `data/small_talk/`, what is said in an emergency in `data/emergencies/`.
"""

from __future__ import annotations

from typing import Final

DISCLAIMER: Final = (
    "This is general information, quoted from an article. It is not medical advice, a diagnosis or a treatment, "
    "and it cannot take your own health into account. If you need care, contact a doctor or another qualified "
    "health professional."
)
CONSENT: Final = (
    "Please do not write names, addresses or numbers. To improve our answers, your questions are kept for {days} days "
    "without such details, and our staff may read them. Write “delete my data” at any time and they are gone."
)
SAMPLE: Final = (
    "Sample text: this article shows how the service works. No clinician has written it or signed it off. "
    "Do not rely on it."
)
UNMATCHED: Final = "No article in our library answers this question."
UNMATCHED_SHARED: Final = (
    "Our staff will see it, without anything that tells who you are, so that an article can be written. "
    "If you do not want that, answer “no”."
)
UNMATCHED_ADVICE: Final = (
    "You could ask again in other words: name one symptom or illness, and ask one question at a time. "
    "If you are worried, contact a doctor or another qualified health professional."
)
NEAR: Final = "Our library does answer these other questions:"
NO_LIBRARY: Final = "I understand that you write in {language}, but our library has no articles in that language yet."
LIBRARY_LANGUAGES: Final = "You can ask in: {languages}."
WITHHELD: Final = "Your question has been deleted. Our staff will not see it."
NOTHING_TO_WITHHOLD: Final = "There is nothing to delete: no such question is kept of this conversation."
HOW_TO_ERASE: Final = "Nothing has been deleted yet. To have what you wrote deleted, write only “delete my data”."
CHOICE: Final = "I am not sure that this is your question. Did you mean:"
CHOICES: Final = "I am not sure which question you mean. Is it one of these?"
AGAIN: Final = (
    "The article that you have just seen comes nearest to this. If it does not answer you, write “none of these”:"
)
WHICH: Final = "Which of these do you mean? Answer with its number, or “none of these”."
OTHER_MEANING: Final = "Perhaps you meant one of these:"
NONE_OF_THESE: Final = "None of these"
DO_NOT_SHARE: Final = "Do not show it to staff"
BROWSE: Final = "Browse by symptom"
SAME_QUESTION: Final = "Our library has other articles on the very same question:"
OTHER_ARTICLE: Final = "Another article on this, {number}"
TOPICS: Final = "These are the symptoms and topics that our library knows most about:"
NO_TOPICS: Final = "Our library names no symptoms or topics yet."
ON_TOPIC: Final = "Questions that our library answers on “{topic}”:"
NOTHING_ON_TOPIC: Final = "Our library has no article on “{topic}”."
NO_REFERENCES: Final = "The article names no references."
NO_ARTICLE_YET: Final = "I have not quoted an article yet. Ask a question first."
NOTHING_OFFERED: Final = "There is nothing to choose from just now. Ask a question in your own words."
NO_SUCH_PLACE: Final = "There is no such number in the list. Answer with one that is, or write “none of these”."
NO_CONTACT: Final = (
    "I cannot connect you with a person here. If you need help with your health, contact your doctor or another "
    "qualified health professional."
)
CONTACT: Final = "You can reach a person here: {contact}"
HELPFUL: Final = "This helped"
NOT_HELPFUL: Final = "This did not help"
FEEDBACK_THANKS: Final = "Thank you for telling us."
NOTHING_TO_MARK: Final = "There is no answer here that you could tell us about. Please ask a question first."
MESSAGE_TOO_LONG: Final = (
    "Your message was not read: it is too long. At most {count} characters are taken. Please ask in fewer words."
)
MESSAGE_WITHOUT_WORDS: Final = "There is no word in your message. Please type a question in words."
PROBLEM_OURS_HERE: Final = (
    "Your message could not be answered just now: something went wrong on our side. Please try again later."
)
SYMPTOM_CHECK: Final = "Check your symptoms"
REFERENCES: Final = "References"
FULL_ARTICLE: Final = "Read the article on its own page"
AUTHOR: Final = "Author: {author}."
NO_AUTHOR: Final = "The author is not named."
REVIEWER: Final = "Signed off by {reviewer}."
NO_REVIEWER: Final = "Not signed off by a clinician."
PUBLISHED: Final = "Published {date}."
REVIEWED: Final = "Reviewed {date}."
REVIEW_DUE: Final = "Next review due {date}."
OVERDUE: Final = (
    "This article was due for review on {date} and has not been reviewed since. Parts of it may be out of date."
)
AWAITS_REVIEW: Final = "This article was due for review on {date}. Until a clinician has reviewed it, it is not shown."
RETIRED: Final = "This article has been withdrawn and is no longer shown as an answer."
PAST_REVISION: Final = "This is an earlier revision of the article. It is no longer shown as an answer."
RELATED: Final = "Related symptoms and topics"
REPORT_ERROR: Final = "Report an error in this article"
REPORT_WHAT: Final = "What is wrong?"
REPORT_HINT: Final = (
    "Our staff will read this; nobody will answer you here. Please do not write names, addresses or numbers, and do "
    "not use this form if you need help with your health."
)
REPORT_LENGTH: Final = "At most {count} characters."
REPORT_SEND: Final = "Send the report"
REPORT_THANKS: Final = "Thank you. Your report has been kept, and our staff will look at it."
REPORT_EMPTY: Final = "Please write what is wrong."
REPORT_TOO_LONG: Final = (
    "That is too long: {given} characters, and at most {count} are taken. Please say it in fewer words."
)
REPORT_TOO_MANY: Final = (
    "So many errors have been reported today that our staff must look at them first. Please try again tomorrow."
)
CHAT_TITLE: Final = "Ask about your health"
CHAT_WHAT: Final = (
    "Ask a question about health. This program looks for an article that answers it, written by doctors, and shows you "
    "that article word for word."
)
CHAT_LIMITS: Final = (
    "Where no article answers, it says so. It gives no diagnosis, and it cannot say what is right for you."
)
CHAT_BROWSE: Final = "You can also choose a topic, or look through the questions in our library."
CHAT_REPORT: Final = (
    "If you find an error in an article, please tell us: “Report an error” is on the article\u2019s page."
)
TIP_ONE_SYMPTOM: Final = "Name one symptom or illness."
TIP_SINCE_WHEN: Final = "Say since when, and which illnesses you already have."
TIP_ONE_QUESTION: Final = "Ask one question at a time."
REASON_WRONG_QUESTION: Final = "It answers another question"
REASON_HARD_TO_UNDERSTAND: Final = "It is hard to understand"
REASON_TOO_LONG: Final = "It is too long"
REASON_NOT_ENOUGH: Final = "It does not say enough"
REASON_OUT_OF_DATE: Final = "It is out of date"
REASON_OTHER: Final = "Something else"
SEARCH_TOO_LONG: Final = (
    "That is too long to search for: {given} characters, and at most {count} are taken. Please use fewer words."
)
SEARCH_UNREADABLE: Final = "There are characters in this that cannot be searched for. Please type the words again."
PROBLEM_NOT_FOUND: Final = "There is no such page"
PROBLEM_NOT_FOUND_ADVICE: Final = (
    "The address may be mistyped, or the article that stood here may not be shown any more. You can ask your question "
    "in the chat, or look for it in the library."
)
PROBLEM_GONE: Final = "This page is gone"
PROBLEM_GONE_ADVICE: Final = "What stood here has been withdrawn. You can ask your question in the chat."
PROBLEM_TOO_LONG: Final = "That is too long"
PROBLEM_TOO_LONG_ADVICE: Final = "Please go back, and say it in fewer words."
PROBLEM_TOO_MANY: Final = "That was asked for too often"
PROBLEM_TOO_MANY_ADVICE: Final = "Please wait a little, and try again."
PROBLEM_REFUSED: Final = "That did not work"
PROBLEM_REFUSED_ADVICE: Final = "What was sent cannot be used here. Please go back and try again."
PROBLEM_OURS: Final = "Something went wrong on our side"
PROBLEM_OURS_ADVICE: Final = (
    "Nothing that you did caused it; please try again later. If this may be an emergency, call your local emergency "
    "number now."
)

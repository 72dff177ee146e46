"""Text in, ranked ids out: sentence vectors and an index of them, on one machine, offline.

It knows nothing of articles, chat, HTTP or SQL. `encoder` turns texts into vectors, `batching` gathers
simultaneous calls into one, `passages` cuts long texts, `index` keeps the vectors on disk and searches them.
"""

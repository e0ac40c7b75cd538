"""The query grammar: text of one parameter to frozen terms, with errors that say where and what was expected."""

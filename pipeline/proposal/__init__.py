"""Proposals: what somebody's files probably mean, told as text, never applied.

profile      what the cells of a column look like, in one query each
spelling     words without case, accents and punctuation; how alike two are
synonyms     the headers of five languages, `data/reference/header_synonyms.csv`
headers      a header taken apart: name, unit, visit; the native columns it may stand for
units, dates, words   the unit of a column; the pattern of dates; the codes its words stand for, and which may be shown

columns, wide, tables, propose, toml_text   for `needling map`: from headers to a commented `source.toml`
look, suspicions, number_guesses, date_guesses   for `needling check`: what looks wrong under a mapping
"""

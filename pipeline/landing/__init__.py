"""Landing: the door. What is admitted is typed and pseudonymised; what is not is quarantined with reasons.

bench       a run's private connection, and the one transaction that makes a drop count
drop        one drop, table by table
variants, projection, reading, days, special, flags, sql   from tokens to typed records with reasons
admit       from typed records to fates, with settled and doubles; quarantine, release, consent
files       the Parquet files and the current records; current gives them to marts and gate
people, keys, lookups   pseudonyms, the key, reference tables
account, overview, steward   what adds up, what people are told, what a steward does
"""

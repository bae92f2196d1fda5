"""Who is asked about: the population of a protocol, and what is known and shown of each person, read from a version."""

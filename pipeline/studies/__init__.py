"""Studies: a question put to a published version, answered with its uncertainty."""

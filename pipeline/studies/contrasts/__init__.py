"""Arms against each other: unadjusted and adjusted, with what speaks for and against each difference."""

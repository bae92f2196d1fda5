"""What leaves the row level: policies, and the aggregates that are suppressed by them."""

"""What is no contrast: courses over time, time to response, improvement over doses."""

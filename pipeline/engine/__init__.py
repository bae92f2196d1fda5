"""Where SQL runs. Nothing else in the project opens a database connection."""

"""From landing to the tables that readers open: one SQL file each, its grain on the first line."""

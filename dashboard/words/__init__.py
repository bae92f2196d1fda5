"""What pages say: sentences and rows of tables, from answers. Pure; nothing is drawn here."""

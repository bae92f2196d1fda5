"""What is asked: protocols, read and written, and their words: arms, filters, instruments, visit windows."""

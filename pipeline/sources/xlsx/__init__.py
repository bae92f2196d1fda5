"""Excel workbooks: from the zip archive to the text that their user sees."""

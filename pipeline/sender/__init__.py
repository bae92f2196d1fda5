"""What goes back to a sender: their own file with marks, a list of what was not taken, a letter on the quality.

phrases     why a record was not taken, in the sender's words
faults      the sentence of every fault, next to its line
returned    what is written for each file
csv_copy    the sender's CSV with one column more; cells knows a line of it
xlsx_copy   the sender's workbook with reasons and colours; sheet_xml knows a sheet of it
letter      the quality letter, one page; advice says what to do first
outbox      the folder that it all goes into
"""

"""Dossiers opened from an office's export. In reading order:

sheet     a CSV file as spreadsheets write it: encoding, separator, lines
agents    one line as an agent, or what is wrong with it
journey   the lines against each other and against the base, then the facts recorded
"""

"""The law of hospital-university careers, as pure functions. In reading order:

calendar      months from an anchor, lengths of periods, spans of days
money         euros
authorities   who signs, who gives an opinion
law           articles, dated parameters, choices of reading, editions
kernel        commands, events, deadlines, refusals; one act at a time over a subject
agents        what is known of an agent, and what the agent is entitled to
procedures    one file per procedure, and the registry that lists them
simulation    a fictional clock that runs a scenario against the kernel
"""

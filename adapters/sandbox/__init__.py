"""Invented dossiers for a demonstration. In reading order:

recit     the words in which a dossier is told: an agent, acts, days around a given one
scenes    all the dossiers, and those of the temps partiel and of the stage
ailleurs  the dossiers of those who are placed elsewhere: délégation, mission temporaire, détachement and the like
departs   the dossiers of those who are proceeded against, or who leave
load      the scenes played through the service
"""

"""Invented dossiers for a demonstration. In reading order:

recit     the words in which a dossier is told: an agent, acts, days around a given one
scenes    the dossiers themselves
load      the scenes played through the service
"""

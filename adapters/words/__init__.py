"""The French words of every code: procedures, acts, events, deadlines, refusals, fields and their values.

The domain speaks in codes; people read these. A test walks the registry: no code without a word, no word
without a code.
"""

from adapters.words.acts import COMMANDS
from adapters.words.deadlines import CONSEQUENCES, DEADLINES, NATURES, awaited
from adapters.words.entitlements import ENTITLEMENTS, MOVES, RIGHTS, SECTIONS, entitlement
from adapters.words.events import EVENTS, WARNINGS, event, warning
from adapters.words.fields import FIELDS, ISO_DAY, VALUES, FieldWord, field, value
from adapters.words.figures import capital, countdown, day, length, listed, lowered, moment, month
from adapters.words.lanes import LANE_VALUES, LANES, lane_value
from adapters.words.law import chip
from adapters.words.problems import PROBLEMS
from adapters.words.procedures import AUTHORITIES, AUTOMATIC, PROCEDURES, ROLES, STATUSES, ProcedureWord, authorities
from adapters.words.refusals import RULES, RuleWord, Sentence, refusal, rule, word_of

__all__ = [
    "AUTHORITIES",
    "AUTOMATIC",
    "COMMANDS",
    "CONSEQUENCES",
    "DEADLINES",
    "ENTITLEMENTS",
    "EVENTS",
    "FIELDS",
    "ISO_DAY",
    "LANES",
    "LANE_VALUES",
    "MOVES",
    "NATURES",
    "PROBLEMS",
    "PROCEDURES",
    "RIGHTS",
    "ROLES",
    "RULES",
    "SECTIONS",
    "STATUSES",
    "VALUES",
    "WARNINGS",
    "FieldWord",
    "ProcedureWord",
    "RuleWord",
    "Sentence",
    "authorities",
    "awaited",
    "capital",
    "chip",
    "countdown",
    "day",
    "entitlement",
    "event",
    "field",
    "lane_value",
    "length",
    "listed",
    "lowered",
    "moment",
    "month",
    "refusal",
    "rule",
    "value",
    "warning",
    "word_of",
]

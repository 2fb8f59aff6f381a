"""The refusals of the interface itself: their status and their title."""

from collections.abc import Mapping

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "invalid_command": (400, "Demande mal formée"),
    "invalid_parameter": (400, "Paramètre mal formé"),
    "invalid_header": (400, "En-tête mal formé"),
    "idempotency_key_missing": (400, "En-tête Idempotency-Key absent"),
    "date_in_future": (422, "Date d'acte à venir"),
    "forbidden": (403, "Action non permise"),
    "not_found": (404, "Introuvable"),
    "method_not_allowed": (405, "Méthode non permise"),
    "ambiguous_reference": (409, "Référence ambiguë"),
    "in_progress": (409, "Demande en cours"),
    "stale_version": (412, "Le dossier a changé"),
    "body_too_large": (413, "Demande trop volumineuse"),
    "not_json": (415, "Type de contenu non pris en charge"),
    "idempotency_key_reused": (422, "Clé d'idempotence déjà utilisée pour une autre demande"),
    "precondition_required": (428, "En-tête If-Match absent"),
    "not_covered": (422, "Droit non couvert à cette date"),
    "matricule_taken": (422, "Matricule déjà attribué"),
    "case_stopped": (500, "Procédure arrêtée par une erreur du programme"),
    "internal_error": (500, "Erreur interne"),
    "store_unavailable": (503, "Registre indisponible"),
}

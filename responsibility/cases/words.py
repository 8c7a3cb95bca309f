"""What people read for decisions and differences."""

from __future__ import annotations

from gis.text import Text, t

DECISIONS: dict[str, Text] = {
    "decided": t("decided"),
    "decided_with_alternatives": t("decided, with alternatives"),
    "joint": t("joint"),
    "pending_ownership": t("pending ownership"),
    "not_ours": t("not ours"),
    "fallback": t("fallback"),
    "undecided": t("undecided"),
}
DIFFERENT: dict[str, Text] = {
    "unit": t("another unit acts"),
    "decision": t("the same unit acts, the decision is another"),
    "limit": t("the time limit is another"),
    "answered": t("answered in one of the two only"),
}


def decision_word(decision: str | None) -> str:
    """Return a decision in the current language, empty for none."""
    return "" if decision is None else str(DECISIONS.get(decision, decision))


def unit_word(code: str | None, name: str | None) -> str:
    """Name a unit for people."""
    return name or code or str(t("nobody"))

"""Judge the units of the rows of a case table, each wording once per class."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gis.findings import Severity
from gis.staging import Staging
from gis.text import t
from responsibility.organisations import Organisations
from responsibility.roles import Party, parse_mode, parse_parties, parties_to_json
from responsibility.wordings import is_open

# Words that end the names of organisations: such a wording means a unit the table lacks.
_LIKE_AN_ORGANISATION = re.compile(
    r".{2,}(局|公司|集团|中心|委员会|委|办公室|办事处|政府|支队|大队|中队|总队|站|所|处|院|厂|社|队|办)"
)
_FIELDS = ("acting", "assisting", "supervising")


@dataclass(frozen=True, slots=True)
class Duty:
    """Who acts and who supervises, as stored with a rule."""

    acting: str
    mode: str
    supervising: str


class RuleUnits:
    """The units of the rows of one class.

    Parameters
    ----------
    staging : Staging
        Where findings go.
    organisations : Organisations
        The organisations of the registry.
    """

    def __init__(self, staging: Staging, organisations: Organisations) -> None:
        self.staging, self.organisations = staging, organisations
        self._judged: dict[tuple[str, str | None], tuple[list[Party], bool]] = {}

    def duty(self, at: int) -> Duty:
        """Return who has the duty of a row; a wording that is not understood refuses the row."""
        acting, assisting, supervising = (self._parties(at, field) for field in _FIELDS)
        mode = parse_mode(self.staging.values("acting")[at], self.organisations)
        together = list(dict.fromkeys([*acting, *assisting]))
        return Duty(parties_to_json(together), "joint" if assisting else mode, parties_to_json(supervising))

    def _parties(self, at: int, field: str) -> list[Party]:
        text = self.staging.values(field)[at]
        if (field, text) not in self._judged:
            parties = parse_parties(text, self.organisations)
            self._judged[field, text] = parties, self._check(at, field, parties)
        parties, understood = self._judged[field, text]
        if not understood:
            self.staging.refused[at] = True
        return parties

    def _check(self, at: int, field: str, parties: list[Party]) -> bool:
        """Report parties that are nobody (R04), and organisations that the table lacks (R06)."""
        if not parties and field == "acting":
            message = t("Class {code} names no unit that acts", code=self.staging.name_of(at))
            self.staging.flag(at, "R04", Severity.WARNING, message, field=field)
        if is_open(self.staging.values(field)[at]):
            message = t("The list of units is open: others may be meant too")
            self.staging.flag(at, "R04", Severity.INFO, message, field=field)
        nobody = [party for party in parties if party.role == "fixed" and party.code is None]
        for party in nobody:
            if not _LIKE_AN_ORGANISATION.fullmatch(party.text):
                self._flag_unknown(at, field, party)
            elif len(self.organisations):
                self._flag_unlisted(at, field, party)
        return all(_LIKE_AN_ORGANISATION.fullmatch(party.text) for party in nobody)

    def _flag_unlisted(self, at: int, field: str, party: Party) -> None:
        message = t("{name} is not in the table of organisations", name=party.text)
        hint = t("Import the organisation, or enter this name as a short name of one")
        self.staging.flag(at, "R06", Severity.WARNING, message, field=field, value=party.text, hint=hint)

    def _flag_unknown(self, at: int, field: str, party: Party) -> None:
        self.staging.flag(
            at,
            "R04",
            Severity.ERROR,
            t("{text} is neither a role nor an organisation", text=party.text),
            field=field,
            value=party.text,
            expected=t("an organisation, or a role such as 各产权单位, 所属街办, 属地行政执法部门"),
        )

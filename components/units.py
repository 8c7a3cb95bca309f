"""The organisations that component records name: their codes checked, missing ones looked up by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np

from components.class_info import plain_name
from gis.columns import from_json
from gis.combinations import joint
from gis.compact_staging import CompactStaging
from gis.credit_codes import has_credit_code_form, is_credit_code
from gis.findings import Severity
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from gis.texts import Coded

ROLES = ("authority", "owner", "maintainer")

NEAR_MISS = 0.8
"""How like a name a proposed one is (ratio of :mod:`difflib`): 区城管局 is 0.8 like 区城市管理局."""
# Every name is held against every organisation: where more are unknown, the table is, not the spelling.
_PROPOSED_FOR = 200


@dataclass(slots=True)
class KnownOrganisations:
    """Organisations of the registry by code and by every name they have or had."""

    codes: set[str] = field(default_factory=set)
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, registry: Registry) -> KnownOrganisations:
        """Read all live organisations."""
        known = cls()
        columns = ["code", "name", "short_names", "former_names"]
        for code, name, *others in read_frame(registry, "organisations", columns=columns).itertuples(
            index=False
        ):
            known.codes.add(code)
            for text in (name, *(other for names in others for other in from_json(names) or [])):
                if isinstance(text, str):
                    known.by_name[plain_name(text)].add(code)
        return known

    def called(self, name: str | None) -> str | None:
        """Return the code of the only organisation with a name, else None."""
        found = self.by_name.get(plain_name(name), set()) if name else set()
        return next(iter(found)) if len(found) == 1 else None

    def like(self, names: Iterable[str]) -> dict[str, str]:
        """Find names of organisations that are spelt much like some names, :data:`NEAR_MISS`.

        Returns
        -------
        dict of str to str
            By name, up to two, the likest first; names that nothing is like are left out.
        """
        near = {
            name: get_close_matches(plain_name(name), self.by_name, n=2, cutoff=NEAR_MISS) for name in names
        }
        return {name: "、".join(found) for name, found in near.items() if found}


def settle_organisations(staging: CompactStaging, registry: Registry) -> None:
    """Check organisation codes (C07), and look up by name those that are none.

    Legacy deliveries carry codes of their own. Where the registry has organisations, such a code is
    replaced by the credit code of the organisation with the stated name, and kept as an attribute; where
    that fails it stays and is reported. Names that are spelt much like a known one are proposed.
    """
    known = KnownOrganisations.read(registry)
    near = known.like(_unknown_names(staging, known))
    looked_up = sum(_settle_role(staging, role, known, near) for role in ROLES)
    if looked_up:
        staging.notes.append(t("{n} organisation codes were looked up by name", n=looked_up))


def _settle_role(
    staging: CompactStaging, role: str, known: KnownOrganisations, near: Mapping[str, str]
) -> int:
    """Settle one of the organisations of each row; return how many codes were looked up."""
    codes = staging.column(f"{role}_code").coded()
    which, pairs = joint(codes, staging.column(f"{role}_name"))
    faults = [_fault(code, name, known) for code, name in pairs]
    called = [
        known.called(name) if known.codes and fault is None and code not in known.codes else None
        for (code, name), fault in zip(pairs, faults, strict=True)
    ]

    def tell(at: int) -> dict[str, Any]:
        names = near.get(pairs[which[at]][1] or "")
        return {
            "message": faults[which[at]],
            "field": f"{role}_code",
            "hint": t("Correct the code or name, or import the organisation first")
            if names is None
            else t("Is {names} meant? Otherwise import the organisation first", names=names),
        }

    faulty = np.array([fault is not None for fault in faults], dtype=bool)[which]
    staging.flag_rows(np.flatnonzero(faulty), "C07", Severity.WARNING, tell)
    replaced = np.array([code is not None for code in called], dtype=bool)[which]
    if replaced.any():
        staging.set(f"{role}_code", codes.where(replaced, Coded.spread(which, called)))
        staging.keep(f"{role}_code", codes.where(~replaced, Coded.constant(None, len(codes))))
    return int(replaced.sum())


def _unknown_names(staging: CompactStaging, known: KnownOrganisations) -> list[str]:
    """Return the names that no organisation has, the most frequent of them."""
    if not known.codes:
        return []
    names: Counter[str] = Counter()
    for role in ROLES:
        names.update(staging.column(f"{role}_name").coded().counts())
    unknown = Counter({name: n for name, n in names.items() if plain_name(name) not in known.by_name})
    return [name for name, _ in unknown.most_common(_PROPOSED_FOR)]


def _fault(code: str | None, name: str | None, known: KnownOrganisations) -> Text | None:
    """Say what is wrong with an organisation, None when nothing is."""
    if code is not None and has_credit_code_form(code):
        if not is_credit_code(code):
            return t("{code} is not a credit code: its check character is wrong", code=code)
        if known.codes and code not in known.codes:
            return t("Organisation {code} is not in the registry", code=code)
        if known.codes and name is not None and code not in known.by_name.get(plain_name(name), set()):
            return t("{name} is not a name of organisation {code}", name=name, code=code)
        return None
    if known.codes and (code is not None or name is not None) and known.called(name) is None:
        return t("No organisation of the registry is called {name}", name=name or code)
    return None

"""Who is meant by a name of a file: somebody the township has, or somebody new."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from grids.choices import CloseReason
from grids.imports.planning.held import HeldPerson
from grids.imports.planning.targets import Target
from grids.imports.planning.wanted import Want


@dataclass(slots=True, eq=False)
class WantPerson:
    """A person a file speaks of; `held` is who that is in the system."""

    name: str
    phone: str
    target: Target
    held: HeldPerson | None = None
    diff: dict[str, tuple[Any, Any]] = field(default_factory=dict)


class People:
    """The township's people by name, and the ones a file adds."""

    def __init__(self, by_name: dict[str, list[HeldPerson]]) -> None:
        self.by_name = by_name
        self.by_pk = {person.pk: person for named in by_name.values() for person in named}
        self.wanted: list[WantPerson] = []
        self._taken: dict[int, WantPerson] = {}
        self._new: dict[str, list[WantPerson]] = defaultdict(list)

    def of_member(
        self, want: Want, target: Target, *, clears_phone: bool = False
    ) -> tuple[WantPerson | None, str]:
        """The person in a member's place, or why there can be none."""
        phone = str(want.facts.get("phone", ""))
        known = self.known(want.held.person_id if want.held is not None else None, target)
        if known is not None:
            return known, self._rename(known, want.name, phone or ("" if clears_phone else known.phone))
        found = self._free(want.name, phone, target)
        elsewhere = found or self._elsewhere(want.name, phone, target)
        if elsewhere is not None and elsewhere.member_id is not None:
            return None, _is_member(elsewhere)
        if elsewhere is not None:
            person = self._take(elsewhere, target)
            self._rename(person, want.name, phone or elsewhere.phone)
            return person, ""
        for other in self._new[want.name]:
            if phone and other.phone == phone:
                place = other.target.name
                return None, f"“{want.name}”（同名同号码）在“{place}”也有一行，请删去一处或改正电话。"
        return self._add(want.name, phone, target), ""

    def known(self, pk: int | None, target: Target) -> WantPerson | None:
        """Somebody the system knows by number."""
        held = self.by_pk.get(pk) if pk is not None else None
        return self._take(held, target) if held is not None else None

    def of_post(self, name: str, phone: str, target: Target) -> WantPerson:
        """Somebody who holds a post without being a member of this branch in this file."""
        held = self._elsewhere(name, phone, target) or self._free(name, phone, target)
        if held is not None:
            person = self._take(held, target)
            if phone and not person.phone:
                self._rename(person, person.name, phone)
            return person
        for person in self._new[name]:
            if person.target.top is target.top and (not phone or person.phone in ("", phone)):
                person.phone = person.phone or phone
                return person
        return self._add(name, phone, target)

    def _elsewhere(self, name: str, phone: str, target: Target) -> HeldPerson | None:
        """Same name and phone anywhere in the township; a closed member of this village by name alone."""
        for person in self.by_name.get(name, ()):
            if phone and person.phone == phone:
                return person
        if target.root_id is None:
            return None
        here = [p for p in self.by_name.get(name, ()) if p.closed and p.root_id == target.root_id]
        agreed = [person for person in here if not phone or not person.phone]
        return agreed[0] if len(agreed) == 1 else None

    def _free(self, name: str, phone: str, target: Target) -> HeldPerson | None:
        """The only one of that name in this village who has no place as a member yet."""
        if target.root_id is None:
            return None
        here = [
            person
            for person in self.by_name.get(name, ())
            if person.root_id == target.root_id
            and person.member_id is None
            and (not phone or not person.phone or person.phone == phone)
            and person.pk not in self._taken
        ]
        return here[0] if len(here) == 1 else None

    def _take(self, held: HeldPerson, target: Target) -> WantPerson:
        person = self._taken.get(held.pk)
        if person is None:
            person = self._taken[held.pk] = WantPerson(held.name, held.phone, target, held)
            self.wanted.append(person)
        return person

    def _add(self, name: str, phone: str, target: Target) -> WantPerson:
        person = WantPerson(name, phone, target)
        self._new[name].append(person)
        self.wanted.append(person)
        return person

    def _rename(self, person: WantPerson, name: str, phone: str) -> str:
        """Note a new name or phone, unless somebody else of the township is called so already."""
        held = person.held
        if held is None or (held.name, held.phone) == (name, phone):
            return ""
        for other in self.by_name.get(name, ()):
            if other is not held and phone and other.phone == phone:
                return f"本乡镇已有另一个同名同号码的“{name}”（{other.branch_name or '人员库'}），请核对。"
        person.name, person.phone = name, phone
        if held.name != name:
            person.diff["name"] = (held.name, name)
        if held.phone != phone:
            person.diff["phone"] = (held.phone, phone)
        return ""

    def change_phone(self, person: WantPerson, phone: str) -> str:
        """A phone written beside a post, where the member's own row does not speak of it."""
        return self._rename(person, person.name, phone)


def _is_member(person: HeldPerson) -> str:
    """Why somebody can't become a member here."""
    if not person.closed:
        return (
            f"“{person.name}”（同名同号码）已是“{person.branch_name}”的党员；如已转入，请先在系统里把此人"
            "调整过来再导入，如是两个人，请改正电话。"
        )
    why = CloseReason(person.closed).label
    return (
        f"“{person.name}”已在“{person.branch_name}”注销（{why}）；如要恢复，请先在系统里打开此人点“恢复”，"
        "否则请从表中删去。"
    )

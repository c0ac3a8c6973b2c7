"""人员与职务 as a register: one post a row; its person and its place stay, a new holder is a new row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, IntegerField, Q, Value, When

from grids import access, rules
from grids.choices import PostSource, Role
from grids.duties import SINGLE
from grids.forms.fields import PhoneField
from grids.forms.people import PostEditForm, PostForm
from grids.imports.reading.values import numerals_in_chinese
from grids.models import Node, Person, Post
from grids.queries.counts import KEY_OF
from grids.queries.people import people_of_village, post_places
from grids.registers import post_writing
from grids.registers.columns import Choices, RegisterColumn, plain_choices
from grids.registers.desk import Desk
from grids.registers.forms import fit, read_cells, run
from grids.registers.merging import Past
from grids.registers.nodes import PLACES
from grids.registers.register import Register, register
from grids.registers.rows import Held, Line
from grids.registers.spots import by_kind, labelled, person_key
from grids.registers.versions import Records, last_numbers, lock, token

if TYPE_CHECKING:
    from township.models import User

FIXED = ("place", "role", "name")
ROLES = tuple(role for role in Role if role != Role.TOWN_LEADER)
Raw = Mapping[str, Any]
_IN_ORDER = Case(
    *[When(role=role, then=Value(place)) for place, role in enumerate(ROLES)], output_field=IntegerField()
)


def places(desk: Desk) -> Choices:
    """Places of the village where posts are held."""
    kinds = {kind for kinds in rules.POST_PLACES.values() for kind in kinds}
    return labelled(by_kind(desk.spots, *kinds), desk.spots, numerals_in_chinese)


class Posts(Register):
    """人员与职务."""

    code, title, unit, rank = "post", "人员与职务", "项", 4
    place_kinds = PLACES
    list_name = "grids:posts"
    columns = (
        RegisterColumn(
            "place",
            "单位",
            ("所在单位", "任职单位", "党小组", "网格"),
            kind="choice",
            choices=places,
            required=True,
            width=11,
        ),
        RegisterColumn(
            "role",
            "岗位",
            ("职务", "党内职务", "任职"),
            kind="choice",
            choices=lambda _: plain_choices((role.value, role.label) for role in ROLES),
            required=True,
            width=11,
        ),
        RegisterColumn(
            "name", "姓名", ("人员姓名", "人员"), required=True, max_length=20, width=6, reads=person_key
        ),
        RegisterColumn("phone", "联系电话", ("电话", "手机", "手机号"), kind="phone", width=9),
        RegisterColumn("since", "任职日期", ("任职时间", "起始时间"), kind="date", width=7),
        RegisterColumn(
            "term_until", "任期届满", ("届满时间", "任期至"), kind="date", width=7, example="2029-09-01"
        ),
        RegisterColumn(
            "source",
            "来源",
            ("选配来源",),
            kind="choice",
            choices=lambda _: plain_choices(PostSource.choices),
            help="书记和党小组长填写，其他岗位不填",
        ),
        RegisterColumn("duties", "职责", ("岗位职责",), max_length=200, width=14, help="不填就按通用职责"),
    )

    # --- reading ------------------------------------------------------------------------------------

    def _posts(self, desk: Desk) -> Any:
        here = Q(node__root_id=desk.root_id)
        if desk.place.pk != desk.root_id:
            here &= Q(node_id=desk.place.pk) | Q(**{f"node__{KEY_OF[desk.place.kind]}": desk.place.pk})
        open_ones = Post.objects.visible_to(desk.user).filter(here, until=None, node__closed_on=None)
        return open_ones.order_by("node__lft", _IN_ORDER, "pk")

    def count(self, desk: Desk) -> int:
        """Posts held at the place and below."""
        return int(self._posts(desk).count())

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Posts with their holders."""
        rows = self._posts(desk)
        if ids is not None:
            if not (wanted := list(ids)):
                return {}
            rows = rows.filter(pk__in=wanted)
        found = list(
            rows.values(
                "id", "node_id", "role", "person_id", "since", "term_until", "source", "duties",
                name=F("person__name"), phone=F("person__phone"),
            )
        )  # fmt: skip
        posts = last_numbers(Post, "id", [row["id"] for row in found])
        people = last_numbers(Person, "id", {row["person_id"] for row in found})
        held = {}
        for row in found:
            values = {**row, "place": row["node_id"]}
            cells = {column.key: column.show(values[column.key], desk) for column in self.columns}
            seen = token([posts.get(row["id"]), people.get(row["person_id"])])
            held[row["id"]] = Held(row["id"], values, cells, seen)
        return held

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Posts as they were."""
        read = Records((Post, Person), {pk: (base, held.seen) for pk, (held, base) in wanted.items()})
        return {pk: Past(self._cells_then(desk, *read.then(pk)), *read.signed(pk)) for pk in wanted}

    def _cells_then(self, desk: Desk, post: Raw, person: Raw) -> dict[str, str]:
        values: dict[str, Any] = {**post, "place": post["node_id"]} if post else {}
        values |= {"name": person["name"], "phone": person["phone"]} if person else {}
        return {c.key: c.show(values[c.key], desk) for c in self.columns if c.key in values}

    # --- judging ------------------------------------------------------------------------------------

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """New posts by the form of appointing, known ones by the form of correcting."""
        new = [line for line in lines if line.is_new and not line.errors]
        self._judge_new(desk, new)
        self._judge_known([line for line in lines if line.held is not None and not line.errors], desk)
        self._judge_terms(lines)
        whole = [line for line in lines if not line.errors]
        self._judge_phones(desk, whole)
        self._judge_singles(desk, [line for line in whole if line.is_new])

    def _judge_new(self, desk: Desk, lines: Sequence[Line]) -> None:
        form = fit(
            PostForm(
                user=desk.user,
                places=post_places(desk.user, desk.root_id),
                people=people_of_village(desk.user, desk.root_id),
                node=None,
                root_id=desk.root_id,
            )
        )
        people: Any = form.fields["person"]
        known = self._people_named(desk, lines)
        fresh: dict[tuple[str, str], Person] = {}
        for line in lines:
            read_cells(self.columns, desk, line)
            person = self._person(desk, line, known, fresh)
            if person is not None:
                line.found = person
                people.known[line.row] = person
            run(form, self.columns, line, self._as_the_form_asks(line), {"node": "place", "person": "name"})

    @staticmethod
    def _as_the_form_asks(line: Line) -> dict[str, str]:
        """The form's names of place and person."""
        place = line.values.get("place")
        return {"node": str(place or ""), "person": line.row if line.found is not None else ""}

    @staticmethod
    def _people_named(desk: Desk, lines: Sequence[Line]) -> dict[str, list[Person]]:
        names = {line.cells.get("name", "") for line in lines} - {""}
        phones = {line.cells.get("phone", "") for line in lines} - {""}
        found: dict[str, list[Person]] = defaultdict(list)
        if names:
            near = Q(root_id=desk.root_id) | Q(phone__in=phones)
            for person in Person.objects.standing().filter(
                near, township_id=desk.place.township_id, name__in=names
            ):
                found[person.name].append(person)
        return found

    @staticmethod
    def _person(
        desk: Desk,
        line: Line,
        known: Mapping[str, Sequence[Person]],
        fresh: dict[tuple[str, str], Person],
    ) -> Person | None:
        """Who is meant: known by name and phone, by name alone where there is one, else somebody new."""
        name, phone = str(line.values.get("name") or ""), str(line.values.get("phone") or "")
        if not name:
            return None
        rows = known.get(name, ())
        exact = [person for person in rows if phone and person.phone == phone]
        here = [person for person in rows if person.root_id == desk.root_id]
        fitting = exact or [person for person in here if not phone or not person.phone]
        if len(fitting) > 1:
            line.refuse("phone", f"本村有 {len(fitting)} 位“{name}”，请写上电话，才知道是哪一位。")
        if fitting:
            return fitting[0]
        if here:
            line.remark("name", f"本村已有同名人员“{name}”，电话不同，将另登记一人，请核对。")
        else:
            line.remark("name", f"将新登记人员“{name}”。")
        return fresh.setdefault(
            (name, phone),
            Person(township_id=desk.place.township_id, root_id=desk.root_id, name=name, phone=phone),
        )

    def _judge_known(self, lines: Sequence[Line], desk: Desk) -> None:
        changed = [line for line in lines if line.touched]
        posts = Post.objects.select_related("person").in_bulk(
            [line.held.pk for line in changed if line.held is not None]
        )
        for line in changed:
            for key in FIXED:
                if key in line.touched:
                    title = self.column(key).title
                    line.refuse(key, f"已有的任职不能改{title}：请办理离任，再在新的一行登记。")
            read_cells(self.columns, desk, line)
            post = posts[line.held.pk]  # type: ignore[union-attr]
            line.found = post.person
            form = fit(PostEditForm(post=post))
            form.fields["phone"] = PhoneField(required=False)
            run(form, self.columns, line)

    def _judge_terms(self, lines: Sequence[Line]) -> None:
        for line in lines:
            since, until = line.values.get("since"), line.values.get("term_until")
            if not line.errors and since and until and until <= since:
                line.refuse("term_until", "任期届满日期要晚于任职日期。")

    def _judge_phones(self, desk: Desk, lines: Sequence[Line]) -> None:
        """A number typed over becomes the person's, wherever the person is named."""
        wanted: dict[int, str] = {}
        pairs: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in lines:
            phone = line.values.get("phone") or ""
            if not isinstance(line.found, Person) or line.found.pk is None or line.found.phone == phone:
                continue
            if line.is_new and not phone:
                continue
            if wanted.setdefault(line.found.pk, phone) != phone:
                line.refuse("phone", f"{line.found.name}在这里有两个不同的电话，请写成一样的。")
            if not access.scope_of(desk.user).whole_township and line.found.root_id != desk.root_id:
                line.refuse("phone", f"{line.found.name}不是本村的人员，电话请联系乡党政办修改。")
            if phone:
                pairs[line.found.name, phone].append(line)
        taken = Person.objects.standing().filter(
            township_id=desk.place.township_id, phone__in={phone for _, phone in pairs}
        )
        for pk, name, phone in taken.values_list("pk", "name", "phone") if pairs else ():
            for line in pairs.get((name, phone), ()):
                if line.found.pk != pk:
                    line.refuse("phone", "本乡镇已有同名同号码的人员。")

    def _judge_singles(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Nobody holds a post twice; a post of one holder passes to the new one."""
        nodes = {line.values["place"] for line in lines}
        current = Post.objects.filter(node_id__in=nodes, until=None).select_related("person")
        held: dict[tuple[int, str], list[Post]] = defaultdict(list)
        for post in current if nodes else ():
            held[post.node_id or 0, post.role].append(post)
        named: set[tuple[Any, ...]] = set()
        for line in lines:
            place, role = line.values["place"], line.values["role"]
            identity = (place, role) if role in SINGLE else (place, role, id(line.found))
            if identity in named:
                line.refuse("role", "上面已有这个岗位的一行。")
            named.add(identity)
            others = held.get((place, role), [])
            if any(post.person_id == line.found.pk for post in others):
                line.refuse("name", "此人已担任这个岗位。")
            elif role in SINGLE and others:
                who = "、".join(post.person.name for post in others)
                line.remark("name", f"保存后接替现任{who}（同日离任）。")

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """The posts and their people."""
        posts = Post.objects.filter(pk__in=ids)
        lock(posts)
        lock(Person.objects.filter(pk__in=posts.values("person_id")))

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """People, posts and the ends of those before, in bulk."""
        nodes = Node.objects.in_bulk({line.values["place"] for line in lines if line.is_new})
        for node in nodes.values():
            access.require_edit(by, node)
        return post_writing.write(lines, by=by, reason=reason)


POSTS = register(Posts())

"""People: list, page, adding and changing, and the whole phone on request."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions import nodes as node_actions
from grids.actions import people as actions
from grids.actions.refusals import ChangedMeanwhile
from grids.duties import term_words
from grids.forms.filters import PEOPLE_STATES, PeopleFilter
from grids.forms.people import PersonForm
from grids.holdings import providers
from grids.models import Node, Person, Post
from grids.queries import phones
from grids.queries.changes import history_of_person, version_of
from grids.queries.duplicates import twins_of
from grids.queries.people import may_edit_person, people_rows, posts_of
from grids.queries.people import people as people_found
from grids.resources import PEOPLE_COLUMNS
from grids.sorts import PEOPLE
from grids.views.frames import page_of, put_on, renew_seen, rows_on, tried, wants_export, who, workbook
from grids.views.nodes import conflicts_of
from grids.views.past import day_of, past_of, shows_past, then_of
from grids.views.tables import frame_of, opened
from township.addresses import row_number


@require_GET
@shows_past
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a part in the network, within the user's scope."""
    access.require(request.user, access.Right.READ_ROSTER)
    table = opened(request, PEOPLE)
    if isinstance(table, HttpResponse):
        return table
    today = day_of(request)
    bar = PeopleFilter(request.GET, user=request.user, states=PEOPLE_STATES, listing=PEOPLE)
    found = people_found(request.user, bar.query(), on=today)
    columns = table.columns(PEOPLE_COLUMNS, PEOPLE_COLUMNS)
    if wants_export(request):
        rows = people_rows(request.user, found, on=today)
        return workbook(request, f"人员名单{then_of(request)}", columns, rows)
    page = page_of(request, found)
    context = {
        **frame_of(request, table, bar, columns=PEOPLE_COLUMNS, shown=columns),
        "page_obj": page,
        "rows": people_rows(request.user, rows_on(page), on=today),
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER) and past_of(request) is None,
    }
    return render(request, "grids/people.html", context)


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: posts now and before, membership, history; an emptied record says where it went."""
    seen = Person.objects.visible_to(request.user, merged=True)
    found = get_object_or_404(seen.select_related("root", "merged_into"), pk=pk)
    if found.merged_into is not None:
        changes = history_of_person(request.user, found)
        return render(request, "grids/people/emptied.html", {"person": found, "changes": changes})
    today = localdate()
    posts = posts_of(request.user, found)
    context = {
        "person": found,
        "others": [
            item for one in providers() for item in one.held(request.user, found, on=today, editable=False)
        ],
        "emptied": seen.filter(merged_into=found),
        "phone": phones.shown(request.user, found.root_id, found.phone),
        "member": Node.objects.visible_to(request.user).filter(member_profile__person=found).first(),
        "posts": [(post, post.until is None or post.until > today, _term(post, today)) for post in posts],
        "today": today,
        "changes": history_of_person(request.user, found),
        "may_edit": may_edit_person(request.user, found),
    }
    return render(request, "grids/person.html", context)


def _term(post: Post, today: date) -> dict[str, str]:
    """The mark beside a term; nothing while there is time."""
    words = term_words(post.term_until, today)
    return {"words": words, "state": post.term_state(today)} if words else {}


@require_GET
def person_twins(request: HttpRequest) -> HttpResponse:
    """People of the name being typed, for the form that is being filled in."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    asked = request.GET
    found = twins_of(
        request.user,
        name=asked.get("name", "")[:20],
        phone="".join(filter(str.isdigit, asked.get("phone", "")))[:20],
        root_id=row_number(asked.get("root") or asked.get("village")),
        on=localdate(),
        but=row_number(asked.get("but")),
    )
    return render(request, "grids/people/_twins.html", {"twins": found, "offers": asked.get("offers") == "1"})


@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """Register somebody."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = PersonForm(request.POST or None, user=request.user, initial={"root": request.GET.get("root")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = tried(
            form,
            lambda: actions.add_person(
                name=data["name"],
                phone=data["phone"],
                root=data["root"],
                by=who(request),
                reason=data["reason"],
            ),
        )
        if made is not None:
            messages.success(request, f"已登记{made.name}。")
            return redirect(made)
    return render(request, "grids/person_form.html", {"form": form, "person": None})


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, phone or village."""
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if not may_edit_person(request.user, found):
        access.require_edit(request.user, found.root) if found.root else access.require(
            request.user, access.Right.EDIT_TOWN_CONTACTS
        )
    initial = {"name": found.name, "phone": found.phone, "root": found.root_id, "seen": version_of(found)}
    form = PersonForm(request.POST or None, user=request.user, person=found, initial=initial)
    conflicts: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "phone", "root")}
        try:
            actions.change_person(
                person=found,
                data=data,
                by=who(request),
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, f"已保存{data['name']}。")
            return redirect(found)
        except ChangedMeanwhile as refusal:
            conflicts = conflicts_of(form)
            put_on(form, refusal)
            renew_seen(form, version_of(found))
        except ValidationError as refusal:
            put_on(form, refusal)
    return render(request, "grids/person_form.html", {"form": form, "person": found, "conflicts": conflicts})


@require_POST
def person_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole phone, asked for knowingly and logged."""
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    node_actions.reveal_phone(of=found, phone=found.phone, by=who(request), request=request)
    template = "grids/_phone.html" if getattr(request, "htmx", False) else "grids/phone.html"
    context = {"name": found.name, "phone": found.phone, "back": found.get_absolute_url()}
    return render(request, template, context)

"""What comes with a visit from a phone, beside the visit's own fields."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.phone.rules import DAYS_KEPT
from services.visits.forms.entries import CLIENT_ID

MOST = 2**62


class EnvelopeForm(forms.Form):
    """Who wrote it on which phone and when, for which household or grid."""

    user = forms.IntegerField(min_value=1, max_value=MOST)
    client_id = forms.CharField(max_length=40, validators=[CLIENT_ID])
    household = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    grid = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    written = forms.IntegerField(required=False, min_value=0, max_value=MOST)  # ms by the phone's clock

    def happened_at(self) -> datetime | None:
        """The phone's own time; a clock that is plainly wrong is not believed."""
        ms = self.cleaned_data.get("written")
        now = timezone.now()
        if not ms or not 0 <= now.timestamp() - ms / 1000 <= (DAYS_KEPT + 1) * 86_400:
            return None
        return datetime.fromtimestamp(ms / 1000, tz=now.tzinfo)


def faults(errors: Any, fields: Any) -> list[dict[str, str]]:
    """Every mistake of a form for the phone: which field, its name for people, what to do."""
    found = []
    for name, messages in errors.items():
        label = str(fields[name].label) if name in fields else ""
        found += [{"field": name, "label": label, "text": str(text)} for text in messages]
    return found


def faults_of(refusal: ValidationError, fields: Any) -> list[dict[str, str]]:
    """The same of what an action refused."""
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    return faults(told, fields)

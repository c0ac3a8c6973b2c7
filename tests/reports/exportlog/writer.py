"""A process that lets files leave as quickly as it can; started several times by test_issuing.py."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "township.settings"
    django.setup()
    from reports.exportlog.actions import Leaving, issue
    from township.models import Township

    township = Township.objects.get(pk=int(sys.argv[1]))
    leaving = Leaving(township=township, name="附件4.xlsx", table="附件4", format="xlsx", rows=1)
    for _ in range(int(sys.argv[2])):
        issue(leaving, str.encode, by=None)

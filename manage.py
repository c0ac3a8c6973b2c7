#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "township.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line  # slow import: settings must be named first

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as why:  # a sentence for whoever installs this, not a traceback
        sys.exit(str(why))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "township.settings")
    from django.core.management import execute_from_command_line  # slow import: settings must be named first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

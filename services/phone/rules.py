"""What may lie on a phone and for how long, and which file is asked for where there is no signal."""

DAYS_KEPT = 7  # names, doors and what was not sent yet; then they are gone
DAYS_WARNED = 2  # so long before, the phone says what is going to be lost
MOST_HOMES = 300  # on a phone: those not seen for longest; all others are found while there is a signal
MOST_RECENT = 4

# What the page without signal consists of; the worker keeps these and nothing else.
STYLES = ("vendor/bootstrap-5.3.9/bootstrap.min.css", "css/base.css", "css/phone.css")
MODULES = tuple(
    f"js/phone/{name}.js"
    for name in ("frame", "homes", "ids", "leaving", "outbox", "photos", "queue", "server", "store", "visit")
)
PICTURES = ("img/favicon.svg", "img/icons.svg", "img/tick.svg", "img/chevron-down.svg")
SHELL_FILES = (*STYLES, *MODULES, *PICTURES)

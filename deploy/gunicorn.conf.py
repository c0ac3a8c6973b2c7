"""Gunicorn for an office: threads, because requests wait for the database more than they compute."""

import os

worker_class = "gthread"
workers = int(os.environ.get("TOWNSHIP_WORKERS", "2"))
threads = 8
# A roster of a whole township as PDF takes its time; a worker that answers nothing for longer is stuck.
timeout = 120
graceful_timeout = 30
# WeasyPrint and openpyxl leave memory fragmented; workers are renewed one by one, never all at once.
max_requests = 2000
max_requests_jitter = 200
# Nobody manages it at run time, and an office server shall have no more doors than it needs.
control_socket_disable = True
errorlog = "-"
loglevel = "warning"

"""How gunicorn serves us: `gunicorn -c webapp/gunicorn_conf.py wsgi:app`. Measured choices, reasons beside each."""

import gc
import logging

from webapp.config import Config

_config = Config.from_env()

bind = f"{_config.host}:{_config.port}"
workers = _config.web_workers
# Threads, not an event loop: views wait for the database and for PDF children, and SQLAlchemy is used synchronously.
worker_class = "webapp.server_worker.Worker"
threads = 4  # more only wait for each other: SQLite lets the interpreter go at every step and must win it back
timeout = 60  # seconds; longer than a PDF child may take
graceful_timeout = 30  # seconds a request in flight may finish in when the server is told to stop
keepalive = 5  # seconds
max_requests = 2000  # then a worker is replaced: no leak lives long
max_requests_jitter = 200  # but not all at the same moment
preload_app = False  # each worker opens its own database connections
umask = 0o077  # what we store is nobody else's to read
forwarded_allow_ips = ""  # nobody's X-Forwarded-* is believed here; TRUSTED_PROXIES tells the application how many are
control_socket_disable = True  # no socket through which somebody could steer the server


def on_starting(server: object) -> None:
    """Said once, by the master."""
    if not _config.is_https:
        logging.getLogger("zhitongche").warning(
            "serving plain HTTP: cookies are not Secure; put TLS in front and set PUBLIC_BASE_URL=https://…"
        )


def post_worker_init(worker: object) -> None:
    """What was loaded stays as long as the worker: the collector need not look through it again and again, nor after
    every 700 new objects when one page makes thousands. A tenth of a page's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


accesslog = errorlog = "-"
logger_class = "webapp.server_log.JsonLogger"

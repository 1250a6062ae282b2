"""What the server imports: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from webapp import create_app
from webapp.config import Config

app = create_app(Config.from_env())

"""The reference: Flask and nothing else, under the same gunicorn settings."""

from flask import Flask

app = Flask("hello", static_folder=None)


@app.route("/", methods=["GET", "POST"])
def hello() -> str:
    return "Hello, world"

"""What a browser does when a page asks for a proof of work."""

import html
import json
import re

import altcha

CHALLENGE = re.compile(r'data-challenge="([^"]*)"')
FORM_KEY = re.compile(r'name="proof_key" value="([^"]*)"')


def asks(page: str) -> bool:
    return CHALLENGE.search(page) is not None


def solved(page: str) -> dict[str, str]:
    """The fields to send: the proof, and the key it was made for where the form has none of its own."""
    found, key = CHALLENGE.search(page), FORM_KEY.search(page)
    assert found is not None, "the page asks for no proof"
    challenge = altcha.Challenge.from_dict(json.loads(html.unescape(found[1])))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return {"proof": altcha.Payload(challenge, solution).to_base64()} | ({"proof_key": key[1]} if key else {})

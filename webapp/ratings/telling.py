"""How a refusal is told: beside its field where it has one, above the form otherwise."""

from collections.abc import Callable, Mapping

from models.errors import DomainError
from webapp.forms import ActForm
from webapp.messages import message


def explainer(fields: Mapping[str, str]) -> Callable[[ActForm, DomainError], None]:
    """`fields`: codes of refusals and the names of the fields they belong to."""

    def explain(form: ActForm, error: DomainError) -> None:
        name, said = fields.get(error.code, ""), message(error.code, **error.facts)
        if name in form:
            form[name].errors = [*form[name].errors, said]
        else:
            form.form_errors.append(said)

    return explain

"""Forms of enterprise accounts."""

import re
from typing import Any

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from models.accounts.passwords import weakness
from models.appeals import credit_code
from models.appeals.enterprises import NewPerson
from models.appeals.receipt import normalise_code
from models.appeals.text import canonical_digits, canonical_phone
from models.appeals.vault import Identity
from webapp.filing_form import check_phone, line
from webapp.forms import ActForm, Required
from webapp.messages import message

USERNAME = re.compile(r"[a-z][a-z0-9_-]{3,29}")
FORMAT_ERRORS = {
    "credit_code_length": "统一社会信用代码应为 18 位，请对照营业执照填写",
    "credit_code_alphabet": "统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请对照营业执照填写",
}
"""What is no credit code at all. A wrong check digit is only told: real codes of the first months have one."""


def check_format(form: Any, field: Any) -> None:
    wrong = [FORMAT_ERRORS[key] for key in credit_code.check(field.data) if key in FORMAT_ERRORS]
    if wrong:
        raise StopValidation(wrong[0])
    field.data = credit_code.normalise(field.data)


class CodeForm(ActForm):
    code = StringField(
        "邀请码",
        [Required("请填写同事给您的邀请码，共 16 位")],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 60},
    )

    @property
    def canonical_code(self) -> str:
        return normalise_code(self.code.data or "") or ""


class ContactForm(ActForm):
    """Who the person is."""

    contact_name = line("姓名", 40, required="请填写姓名，同事和市优办好知道是谁", autocomplete="name")
    phone = line(
        "联系电话", 40, check_phone, required="请填写联系电话，以便核实情况", autocomplete="tel", inputmode="tel"
    )


class EnterpriseForm(ActForm):
    """The first page of the registration: the enterprise and its contact."""

    enterprise_name = line("企业名称", 80, required="请填写企业名称，与营业执照一致", autocomplete="organization")
    credit_code = line(
        "统一社会信用代码", 40, check_format, required="请填写统一社会信用代码，在营业执照上", autocomplete="off",
        autocapitalize="characters", spellcheck="false",
    )
    contact_name = line("联系人姓名", 40, required="请填写联系人姓名", autocomplete="name")
    phone = line(
        "联系电话", 40, check_phone, required="请填写联系电话，以便核实情况", autocomplete="tel", inputmode="tel"
    )

    @property
    def enterprise(self) -> Identity:
        return Identity(enterprise_name=self.enterprise_name.data or "", credit_code=self.credit_code.data or "")

    def typed(self) -> list[tuple[str, str]]:
        """What the second page carries along."""
        names = ("enterprise_name", "credit_code", "contact_name")
        return [*((name, self[name].data or "") for name in names), ("phone", canonical_phone(self.phone.data or ""))]


class SignInForm(ActForm):
    """What the new account signs in with."""

    username = StringField(
        "用户名",
        [Required("请填写用户名")],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 30},
    )
    password = PasswordField(
        "密码",
        [Required("请填写密码"), Length(max=128, message="密码不超过128个字符")],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        "再输入一遍密码", [Required("请再输入一遍密码")], render_kw={"autocomplete": "new-password"}
    )

    def validate_username(self, field: StringField) -> None:
        """Letters and digits only, and no telephone number: the name stands in clear in the database (IDN-2)."""
        field.data = canonical_digits(field.data or "").strip().lower()
        if not USERNAME.fullmatch(field.data):
            raise ValidationError("用户名用小写字母开头，由4至30个小写字母、数字、横线组成")
        phone = canonical_phone(self["phone"].data or "") if "phone" in self else ""
        if phone and phone in field.data:
            raise ValidationError("请不要用电话号码做用户名")

    def validate_password(self, field: PasswordField) -> None:
        weak = weakness(field.data or "", self.username.data or "")
        if weak:
            raise ValidationError(message(weak))

    def validate_repeated(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("两次输入的密码不一样")

    @property
    def person(self) -> NewPerson:
        phone = canonical_phone(self["phone"].data or "")
        return NewPerson(
            self.username.data or "", self.password.data or "", self["contact_name"].data or "", phone
        )


class RegisterForm(EnterpriseForm, SignInForm):
    """Both pages of the registration together."""


class JoinForm(CodeForm, ContactForm, SignInForm):
    """A colleague's account, by invitation."""


class LeaveForm(ActForm):
    confirmed = BooleanField("我确认退出企业账号")

    def validate_confirmed(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("退出以后这个账号不能再用，请先勾选“我确认退出企业账号”")

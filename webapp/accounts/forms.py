"""Forms of signing in."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Length

from webapp.filing_form import CleanForPublic
from webapp.forms import Form, Required


class LoginForm(Form):
    username = StringField(
        "用户名",
        [Required("请填写用户名"), Length(max=40, message="用户名不超过40个字"), CleanForPublic(40, 1)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40},
    )
    password = PasswordField(
        "密码",
        [Required("请填写密码"), Length(max=128, message="密码不超过128个字符")],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(Form):
    current = PasswordField(
        "现在的密码", [Required("请填写现在的密码")], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        "新密码",
        [Required("请填写新密码"), Length(max=128, message="密码不超过128个字符")],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        "再输入一遍新密码", [Required("请再输入一遍新密码")], render_kw={"autocomplete": "new-password"}
    )

"""Forms of acts that desk and office share."""

from webapp.forms import ActForm, text_area

NOTED = "内部说明已保存在经过里，诉求人看不到。"


class NoteForm(ActForm):
    """For colleagues: kept with the appeal, never shown to the appellant."""

    remark = text_area("说明内容", max_chars=2000, required="请写明要告诉同事的内容")

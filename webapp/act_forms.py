"""Forms of acts that desk and office share."""

from webapp.forms import ActForm, text_area

NOTED = "内部说明已保存在经过里，诉求人看不到。"


class AskForm(ActForm):
    """What the appellant is asked, in words the appellant reads."""

    question = text_area("要诉求人补充什么", max_chars=1000, required="请写明要诉求人补充什么")


class NoteForm(ActForm):
    """For colleagues: kept with the appeal, never shown to the appellant."""

    remark = text_area("说明内容", max_chars=2000, required="请写明要告诉同事的内容")


class ResumeForm(ActForm):
    """Why the clock runs again."""

    resume_note = text_area("等到了什么", max_chars=500, required="请写明等待的事项有了什么结果")

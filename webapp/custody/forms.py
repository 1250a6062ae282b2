"""Forms of asking and deciding."""

from webapp.forms import ActForm, text_area


class AskForm(ActForm):
    """Why somebody needs to know who filed. Kept in clear: it must name nobody."""

    reason = text_area("为什么需要知道诉求人是谁", max_chars=500, required="请写明理由，身份保管人据此审批")


class DecideForm(ActForm):
    remark = text_area("审批意见", max_chars=500, required="请写明审批意见，申请人和督办员可以看到")

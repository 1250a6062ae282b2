"""What a refusal's code means in words: what happened and what to do. The only translation of domain codes."""

from models.appeals import text as appeal_text
from models.appeals import vault as appeal_vault

MESSAGES: dict[str, str] = {
    "not_in_this_state": "这件诉求的状态已经变化，当前不能办理这一步。请刷新页面，按最新状态办理。",
    "not_your_role": "您的岗位不能办理这一步，请由有权限的同事办理。",
    "not_your_unit": "这件诉求不由贵单位承办，不能办理这一步。",
    "own_case": "审核人不能审核本单位承办的诉求，请由市优办其他同事办理。",
    "own_unit_accused": "这件诉求反映的是您所在的单位，或者其上级、下级单位，不能由您办理，请由市优办其他同事办理。",
    "preliminary_due": "只有复杂事项、且尚未给出初步结果的，才需要送签初步结果。",
    "still_simple": "这件诉求已经按复杂事项办理，不需要再改。",
    "complex_after_verify_due":
    "核实期限已过，不能再自行定为复杂事项。请先按简单事项核实，再报市优办同意后改按复杂事项办理。",
    "accused_unit_cannot_handle": "举报件不能交给被反映单位及其上级、下级单位办理，请另选承办单位。",
    "no_policy_in_force": "没有查到当前适用的办理时限规定，暂时不能交办。请联系系统管理员。",
    "not_dispatched": "这件诉求还没有交办，没有可计算的时限。",
    "no_open_question": "现在没有等待您回答的问题，可能已经收到您的补充，或者这件诉求已经有了新的进展。",
    "changed_meanwhile": "您打开页面以后，这件诉求已由其他同事办理过。",
    "draft_changed_meanwhile": "您打开页面以后，这份答复稿已由其他同事修改过。",
    "reply_incomplete": "答复还没有写完整，请按提示补充后再送签。",
    "outcome_missing": "请选择这一诉求点的办理结果",
    "facts_missing": "请写明查明的事实和办理情况",
    "promise_missing": "结果为“正在推进”的，请填写承诺完成日期",
    "promise_not_ahead": "承诺完成日期应当晚于今天",
    "reason_missing": "结果为“无法解决”的，请写明理由和依据",
    "next_milestone_missing": "请填写下一步节点日期，应当晚于今天",
    "date_out_of_range": "日期超出可计算的范围（1949年至2100年）",
    "workdays_not_positive": "工作日数应当是大于零的整数",
    "no_such_appeal": "没有找到这件诉求",
    "arrangement_unsound": "放假安排文件有误，没有导入。请按提示改正后重试。",
    "no_such_slip": "没有找到这份文书",
    "slip_damaged": "存档的文书文件与登记不符，已停止下载。请联系市优办核查后重新出具。",
    "no_such_attachment": "没有找到这份材料",
    "reason_required": "请写明理由",
    "not_a_colleague": "请选择本单位在岗的经办人",
    "already_assigned": "已经由这位同事经办，不需要再分派。",
    "unknown_demand": "提交的诉求点与这件诉求不符，请刷新页面后重试。",
    "no_such_account": "没有找到这个账号",
    "no_such_unit": "没有找到这个单位",
    "username_taken": "这个用户名已有人使用，请换一个",
    "roles_missing": "请至少选择一个岗位",
    "administrator_stands_alone": "系统管理员只管理账号，不能兼任其他岗位，请分设两个账号",
    "unit_missing": "经办人、单位负责人必须选择所属单位",
    "unit_not_in_use": "这个单位已停用或不存在，请另选单位",
    "own_roles": "不能修改自己的岗位和单位，请由另一位系统管理员办理",
    "own_account": "不能停用自己的账号，请由另一位系统管理员办理。",
    "own_password": "自己的密码请在“我的账号”中修改。",
    "last_administrator": "这是最后一位在用的系统管理员，请先设立另一位，再办理这一步。",
    "account_changed_meanwhile": "您打开页面以后，这个账号已由其他管理员修改过。请重新打开本页，按最新内容办理。",
    "unit_changed_meanwhile": "您打开页面以后，这个单位已由其他管理员修改过。请重新打开本页，按最新内容办理。",
    "unit_name_taken": "已有单位使用这个简称，请换一个",
    "unit_below_itself": "上级单位不能是本单位或者本单位的下级，请另选",
    "unit_too_deep": "单位层级过多，请选择更高一级的上级单位",
    "parent_not_in_use": "这个上级单位已停用或不存在，请另选或者先恢复使用",
    "unit_has_units_below": "这个单位下面还有在用的单位，请先停用或移走下级单位。",
    "office_stays": "市优办负责受理和交办，不能停用。",
    **appeal_text.MESSAGES,
    **appeal_vault.MESSAGES,
}


def message(code: str) -> str:
    """The sentence for a code. An unknown code is a bug that a test finds, not something people see."""
    return MESSAGES[code]

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
    "no_assistance": "没有尚未办完的协办任务，不需要取消。",
    "assisting_is_lead": "这个单位是本件的主办单位，不能同时协办，请另选协办单位。",
    "already_assisting": "这个单位正在协办本件，协办意见还没有送出，不需要重复交办。",
    "assistance_after_lead":
    "协办期限晚于主办单位的期限，请减少协办工作日；确需这样安排的，请勾选“晚于主办期限也按此办理”。",
    "holds_merged": "已有其他诉求并入本件，本件不能再并入别的诉求。请先将并入的诉求恢复单独办理。",
    "not_merged": "这件诉求没有并入其他诉求。",
    "linked_to_itself": "这就是本件的编号，请填写另一件诉求的编号。",
    "no_such_number": "没有找到这个编号的诉求，请核对编号，例如 2026-000123。",
    "main_is_merged": "那件诉求已经并入别的诉求，不能再作主件。请并入它的主件。",
    "main_not_at_work":
    "主件应当已经交办、答复还没有送签。还没有交办的，请先交办；答复已经送签或者已经结束的，不能再并入。",
    "merge_crosses_report": "其中一件是举报，办理另一件的单位与被举报单位有关，合并会泄露举报，不能合并。",
    "merged_report_accuses_lead":
    "并入本件的诉求中有举报，其被反映单位是本件的主办单位，或者其上级、下级单位，不能随本件答复。"
    "请先打开那件举报，将它恢复单独办理，再办理本件。",
    "reply_waits_for_office": "本件需要市优办先作调整，暂时不能送签和签发。您写的内容可以先存草稿，请联系市优办。",
    "own_unit_concerned": "这件诉求不能由您办理，请由市优办其他同事办理。",
    "move_crosses_reports":
    "不能这样调整上级单位：调整以后，会有举报件的承办、协办单位与被反映单位成为上下级，涉及 {count} 件正在办理的举报。"
    "请先联系市优办，待有关举报件恢复单独办理、取消协办或者办结以后再调整。",
    "too_many_demands": "合并以后诉求点超过 50 个，一份答复写不下，不能合并。",
    "already_linked": "这两件诉求已经关联。",
    "not_linked": "这两件诉求没有关联。",
    "changed_meanwhile": "您打开页面以后，这件诉求已经办理过。",
    "draft_changed_meanwhile": "您打开页面以后，这份答复稿已由其他同事修改过。您写的没有保存，还在本页；"
    "请与同事保存的内容对照，仍要用您写的，请再保存一次。",
    "reply_incomplete": "答复还没有写完整，请按提示补充后再送签。",
    "reply_too_long":
    "{number} 的答复书排印出来约 {pages} 页，最多 {most} 页，超出约 {over} 页（约 {characters} 字）。请精简后再送签，"
    "也可以先保存草稿。",
    "slip_too_long":
    "{number} 的答复书排印出来约 {pages} 页，最多 {most} 页，超出约 {over} 页（约 {characters} 字），公开以后无法打印。"
    "请退回承办单位精简。",
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
    "received_on_missing": "请填写收到日期",
    "completed_on_missing": "请填写办结日期",
    "completed_in_future": "办结日期不能晚于登记的那一天；还没有办完的，办完以后再登记",
    "completed_before_received": "办结日期不能早于收到日期，请核对",
    "completed_long_ago": "办结日期超过一年，请核对年份",
    "report_is_the_offices": "举报件由市优办受理，不能作为自办件登记，请举报人向市优办反映",
    "received_in_future": "收到日期不能晚于今天，请核对",
    "received_too_long_ago": "收到日期最多可以补填 5 个工作日，最早填{earliest}；"
    "更早收到的，请填这一天，并在原因里写明实际收到的日期",
    "late_entry_reason_missing": "收到日期不是今天的，请写明为什么没有当天登记",
    "channel_unknown": "请选择诉求渠道",
    "not_a_colleague": "请选择本单位在岗的经办人",
    "no_such_reply": "没有找到这份答复",
    "no_such_filter": "没有找到这个筛选",
    "filter_of_nothing": "请先在清单上选好条件，再保存筛选。",
    "too_many_filters": "每份清单最多保存 12 个筛选，请先删掉不用的。",
    "filter_name_taken": "已有同名的筛选，请换一个名字",
    "already_assigned": "已经由这位同事经办，不需要再分派。",
    "unknown_demand": "提交的诉求点与这件诉求不符，请刷新页面后重试。",
    "no_such_account": "没有找到这个账号",
    "no_such_unit": "没有找到这个单位",
    "username_taken": "这个用户名已有人使用，请换一个",
    "password_length": "密码长度应为10至128个字符",
    "password_guessable": "这个密码太容易被猜到，请换一个，例如用三四个互不相干的词连起来",
    "no_such_enterprise": "没有找到这个企业账号",
    "no_such_colleague": "没有找到这位同事",
    "no_such_invitation": "没有找到这份邀请，可能已经用过、收回或者过期。",
    "no_such_registration": "没有找到这项注册",
    "other_credit_code": "与这项注册的代码不一致，请与对方逐位核对",
    "enterprise_registered": "这家企业已经注册。请向本企业已有账号的同事要邀请码；联系不上同事的，请拨打市优办电话。",
    "invitation_invalid": "邀请码不对，或者已经用过、收回、超过7天。请对照核对，或者请同事重新生成一个。",
    "too_many_invitations": "还没有使用的邀请码太多，请先收回不用的。",
    "too_many_colleagues": "这家企业的账号已满30个，请同事先移出不再使用的账号。",
    "leave_instead": "不能移出自己，请使用“退出企业账号”。",
    "roles_missing": "请至少选择一个岗位",
    "administrator_stands_alone": "系统管理员只管理账号，不能兼任其他岗位，请分设两个账号",
    "unit_missing": "经办人、单位负责人必须选择所属单位",
    "unit_not_in_use": "这个单位已停用或不存在，请另选单位",
    "own_roles": "不能修改自己的岗位和单位，请由另一位系统管理员办理",
    "own_account": "不能停用自己的账号，请由另一位系统管理员办理。",
    "own_password": "自己的密码请在“我的账号”中修改。",
    "last_administrator": "这是最后一位在用的系统管理员，请先设立另一位，再办理这一步。",
    "account_changed_meanwhile": "您打开页面以后，这个账号已由其他管理员修改过。请看清现在的内容再办理。",
    "unit_changed_meanwhile": "您打开页面以后，这个单位已由其他管理员修改过。请看清现在的内容再办理。",
    "unit_name_taken": "已有单位使用这个简称，请换一个",
    "unit_below_itself": "上级单位不能是本单位或者本单位的下级，请另选",
    "unit_too_deep": "单位层级过多，请选择更高一级的上级单位",
    "parent_not_in_use": "这个上级单位已停用或不存在，请另选或者先恢复使用",
    "unit_has_units_below": "这个单位下面还有在用的单位，请先停用或移走下级单位。",
    "office_stays": "市优办负责受理和交办，不能停用。",
    "office_kind_stays": "市优办的类别不能更改，否则诉求会交办到市优办",
    "office_is_one": "市优办只有一个，请另选类别",
    "office_stands_alone": "市优办不设上级单位",
    "nothing_below_office": "市优办下面不设单位，否则市优办不能办理反映该单位的诉求，请另选上级单位",
    "no_such_reveal": "没有找到这份申请",
    "reveal_not_your_role": "您的岗位不能办理这一步：申请由承办单位和市优办的办理人员提出，由身份保管人审批。",
    "reveal_nobody": "这件诉求没有留下身份信息，没有可以查看的内容。",
    "reveal_not_needed": "这件诉求的身份信息没有要求保密，在诉求页面可以直接看到，不需要申请。",
    "reveal_accused":
    "这件诉求反映的是您所在的单位，或者其上级、下级单位，诉求人身份不向您提供。需要联系诉求人的，请经市优办转达。",
    "reveal_ended": "这件诉求已经办结或者终止，不再提供诉求人身份。",
    "reveal_reason_short": "请把理由写具体：要核实什么、为什么不能经市优办转达（不少于10个字）",
    "reveal_words_identify": "请不要在这里写电话号码、身份证号码、统一社会信用代码，写明事由即可",
    "reveal_waiting": "您已经申请过，请等待审批，不用重复提交。",
    "reveal_own_request": "不能审批自己的申请，请由其他身份保管人审批。",
    "reveal_same_unit": "申请人与您在同一单位，或者在您的上级、下级单位，请由其他单位的身份保管人审批。",
    "reveal_decided_meanwhile": "这份申请已由其他身份保管人审批，或者已经撤销，没有再次审批。",
    "reveal_no_longer": "申请人的岗位、单位或者诉求的状态已经变化，不再符合查看条件。请选“不同意”并写明原因。",
    "reveal_closed":
    "现在不能查看：同意的30分钟已过，或者您退出过登录、岗位有变化、诉求已经办结。仍有需要的，请重新申请。",
    **appeal_text.MESSAGES,
    **appeal_vault.MESSAGES,
}


def message(code: str, **facts: object) -> str:
    """The sentence for a code, with the facts it names. An unknown code is a bug that a test finds, not something
    people see.
    """
    return MESSAGES[code].format(**facts) if facts else MESSAGES[code]

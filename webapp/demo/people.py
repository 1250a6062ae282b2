"""Accounts of the demonstration, one password for all of them. Only ever loaded into a database without real ones."""

from dataclasses import dataclass
from typing import Final

from models.accounts.types import ROLE_LABELS, Role
from models.appeals.credit_code import check_digit
from models.appeals.enterprises import DISPLAY_NAME
from webapp.letterhead import OFFICE

PASSWORD: Final = "Luhua-Qiushui-2026"  # noqa: S105 - printed by `make run` and in the README
HOME_UNIT: Final = "市监局"


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    role: Role
    unit: str = ""

    @property
    def row(self) -> tuple[str, str, str, str]:
        return self.username, self.display_name, ROLE_LABELS[self.role], self.unit


_OFFICE: Final = (
    DemoAccount("shouli", "罗晓芸", Role.CLERK, OFFICE.short_name),
    DemoAccount("duban", "秦一鸣", Role.SUPERVISOR, OFFICE.short_name),
    DemoAccount("zhuren", "贺定安", Role.DIRECTOR, OFFICE.short_name),
    DemoAccount("shenfen", "邹静", Role.CUSTODIAN, OFFICE.short_name),
    DemoAccount("shenfen2", "宋岚", Role.CUSTODIAN, "检察院"),  # for what the office itself asks
    DemoAccount("lingdao", "傅明远", Role.LEADER),
    DemoAccount("jijian", "严正清", Role.AUDITOR),
    DemoAccount("guanli", "石磊", Role.ADMINISTRATOR),
)
_UNITS: Final = (  # unit, beginning of the user names, handler, approver
    ("住建局", "zhujian", "蒋文博", "易大为"),
    ("科工局", "kegong", "廖思雨", "申卫东"),
    ("供电公司", "gongdian", "夏立新", "谭国栋"),
    ("行政审批局", "shenpi", "莫小燕", "卢建平"),
    ("自然资源局", "ziran", "欧阳青", "方志成"),
    ("城管执法局", "chengguan", "段勇", "龙海波"),
    ("税务局", "shuiwu", "何佳", "苏长河"),
    ("交通运输局", "jiaotong", "田野", "雷振华"),
    ("农业农村局", "nongye", "向春生", "彭建农"),
    ("人社局", "renshe", "钟慧", "成光明"),
    ("生态环境局", "huanbao", "林清", "江海洋"),
    ("司法局", "sifa", "梁正", "韩守义"),
    ("沅江高新区", "gaoxin", "蔡志远", "鲁兴业"),
)
COMPANY: Final = "沅江市湖鲜坊食品有限公司"
COMPANY_CODE: Final = "91430981MA0DEM900" + check_digit("91430981MA0DEM900")
COLLEAGUES: Final = {"蒋珺": "qiye1", "欧阳珺": "qiye2"}
"""The demo enterprise's two people and their user names. The accounts themselves name nobody, as real ones do."""
SECOND_HANDLER: Final = DemoAccount("jingban2", "沈一帆", Role.HANDLER, HOME_UNIT)
"""Somebody to give an appeal to."""
ACCOUNTS: Final[tuple[DemoAccount, ...]] = (
    DemoAccount("jingban", "张若楠", Role.HANDLER, HOME_UNIT),
    SECOND_HANDLER,
    DemoAccount("fuzeren", "陈立群", Role.APPROVER, HOME_UNIT),
    *_OFFICE,
    *(DemoAccount(username, DISPLAY_NAME, Role.ENTERPRISE, COMPANY) for username in COLLEAGUES.values()),
    *(DemoAccount(f"{prefix}_jb", handler, Role.HANDLER, unit) for unit, prefix, handler, _ in _UNITS),
    *(DemoAccount(f"{prefix}_fz", approver, Role.APPROVER, unit) for unit, prefix, _, approver in _UNITS),
)
USERNAMES: Final = frozenset(account.username for account in ACCOUNTS)


def account_of(role: Role, unit: str = "") -> DemoAccount:
    """Who does the acts of this role, in this unit where the role belongs to one."""
    return next(one for one in ACCOUNTS if one.role is role and (not unit or one.unit == unit))

"""How the office presents itself on pages and slips."""

from dataclasses import dataclass

from models.slips.commands import Letterhead
from models.slips.kinds import SlipKind
from models.slips.wording import DEFAULTS


@dataclass(frozen=True)
class Office:
    name: str = "沅江市优化营商环境协调办公室"
    short_name: str = "市优办"
    product: str = "营商诉求直通车"
    phone: str = "0737-2700000"
    address: str = "沅江市人民政府办公楼203室"
    hours: str = "工作日8:30—12:00，14:30—17:30"


OFFICE = Office()


def for_slips(public_base_url: str) -> Letterhead:
    """What every slip prints of the office. The address leads to the page that verifies it."""
    return Letterhead(
        office_name=OFFICE.name,
        contact=f"联系电话：{OFFICE.phone}，地址：{OFFICE.address}（{OFFICE.hours}）。",
        come_back=DEFAULTS[SlipKind.REPLY].come_back,
        verification_base=f"{public_base_url}/slips/verify/",
    )

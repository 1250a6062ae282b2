"""How the office presents itself on pages and slips."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Office:
    name: str = "沅江市优化营商环境协调办公室"
    short_name: str = "市优办"
    product: str = "营商诉求直通车"
    phone: str = "0737-2700000"
    address: str = "沅江市人民政府办公楼203室"
    hours: str = "工作日8:30—12:00，14:30—17:30"


OFFICE = Office()

"""Why a backup or a restore did not come about, as the person at the command line is told."""

from typing import Final

from models.errors import Refused

MESSAGES: Final[dict[str, str]] = {
    "backup_target_occupied": "目录 {folder} 不是空的。请换一个还不存在的目录，例如 /backup/{today}",
    "backup_target_mounted": "{folder} 是挂载点，备份完成时无法整体改名。请指定它下面的一个子目录",
    "backup_running": "另一个备份或者恢复正在进行，请等它结束",
    "backup_no_room": "数据目录所在的磁盘剩余空间不足：制作副本需要 {needed} MB，现有 {free} MB",
    "backup_schema_missing": "数据库还没有建好，请先运行 flask --app wsgi db upgrade",
    "backup_schema_differs": (
        "数据库结构（{found}）与程序（{expected}）不一致，无法核验副本。升级前的备份请用原来的程序版本制作，"
        "或者先运行 flask --app wsgi db upgrade"
    ),
    "backup_tool_missing": "没有找到 {tool}。PostgreSQL 的备份和恢复需要它，请安装 postgresql-client",
    "backup_tool_failed": "{tool} 没有完成：{told}",
    "backup_may_not_create": (
        "核验副本要建一个临时数据库，而数据库账号没有权限。请由管理员执行：ALTER ROLE 账号名 CREATEDB"
    ),
    "backup_copy_damaged": "数据库副本没有通过完整性检查：{told}",
    "backup_audit_damaged": "副本中的审计记录没有通过核验（{kind}，第 {seq} 行）",
    "backup_problems": "副本中有 {count} 处不一致，可以运行 flask --app wsgi check 逐条查看：\n{told}",
    "backup_not_read_back": "写好的备份读回来与原文不同（{part}）。请检查 {folder} 所在的磁盘",
    "backup_incomplete": "{folder} 不是完整的备份：没有 manifest.json。没有做完的备份不能用来恢复",
    "backup_format_unknown": "{folder} 的格式（{found}）这个版本的程序不认识，请用制作备份时的程序版本恢复",
    "backup_key_differs": (
        "现在的 {keys} 与制作备份时的不是同一把。请把当时另行保存的密钥文件放回 keys/ 目录（权限 600），再恢复"
    ),
    "backup_manifest_damaged": "备份清单 manifest.json 已损坏或者被改动",
    "backup_part_missing": "备份缺少 {part}",
    "backup_part_damaged": "备份中的 {part} 已损坏或者被改动。请改用另一份备份",
    "restore_other_engine": "备份来自 {found}，现在的 DATABASE_URL 是 {expected}，不能互相恢复",
    "restore_schema_newer": "备份的数据库结构（{found}）比程序新，请先安装制作备份时的程序版本或者更新的版本",
    "restore_occupied": (
        "目标数据库不是空的。请先停止服务，把 {name} 移到别处（或者换一个 DATA_DIR），再恢复"
    ),
    "restore_occupied_server": (
        "目标数据库不是空的。请新建一个空的数据库（createdb），把 DATABASE_URL 指向它，再恢复"
    ),
    "restore_files_occupied": "{folder} 里已有文件。请先停止服务，把它移到别处，再恢复",
}


class BackupRefused(Refused):
    """`message_zh` is the sentence for the command line."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.message_zh = MESSAGES[code].format(**facts)

"""`flask jobs run`: the process beside the web server that does long work and timed acts."""

import os

import click
from flask import current_app
from flask.cli import AppGroup

from webapp import logs
from webapp.jobs import Jobs

jobs_cli = AppGroup("jobs", help="后台任务。")


@jobs_cli.command("run")
@click.option("--beside", type=int, metavar="PID", help="这个进程结束时随之结束（make run 用）")
def run(beside: int | None) -> None:
    """持续办理后台任务和定时事项，直到收到结束信号；正在办的会办完，或者留给下一次。多台机器可以同时运行。"""
    logs.configure()
    found: Jobs = current_app.extensions["zhitongche.jobs"]
    found.queue.consume(lambda: beside is not None and _is_gone(beside))


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False

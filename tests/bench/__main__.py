"""`make bench`: every bench_*.py beside this file, one line of JSON for each figure."""

from importlib import import_module
from pathlib import Path


def main() -> None:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        import_module(f"tests.bench.{path.stem}").main()


if __name__ == "__main__":
    main()

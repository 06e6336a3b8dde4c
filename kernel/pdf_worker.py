"""The process in which typst runs: `pdf_worker.py FOLDER FONTS TIMESTAMP` writes FOLDER/out.pdf.

Stands alone on purpose (started with `-I`): no code of ours runs beside a designer's document.
"""

import resource
import sys
from pathlib import Path

import typst

CPU_SECONDS = 15
MEMORY = 1536 << 20  # address space: fonts and stacks of threads are mapped too
OUTPUT = 64 << 20


def main(folder: str, fonts: str, timestamp: str) -> int:
    """Compile; on failure print typst's message and return 1."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    root = Path(folder) / "root"
    try:
        typst.compile(
            str(root / "main.typ"),
            output=str(Path(folder) / "out.pdf"),
            root=str(root),
            font_paths=[fonts],
            ignore_system_fonts=True,
            package_path=str(Path(folder) / "packages"),
            package_cache_path=str(Path(folder) / "cache"),
            timestamp=int(timestamp),
        )
    except typst.TypstError as error:
        print(error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))

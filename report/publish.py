"""Carries the figures of this build into notebooks-md/figures and fills the numbers of the pages in, then checks them.

publish.py SOURCE RESULTS PAGE..."""
import shutil
import subprocess
import sys
from pathlib import Path

source, results, pages = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
figures = source / "notebooks-md" / "figures"
figures.mkdir(exist_ok=True)
for figure in sorted(results.glob("*.svg")):
    shutil.copy(figure, figures)
check = [sys.executable, source / "notebooks-md" / "check.py", "--write", "--results", results, *pages]
sys.exit(subprocess.run(check).returncode)

"""The Debian packages a script needs, as conf/packages lists them; nothing but Python is wanted for this."""
import pathlib
import subprocess
import sys

LIB = pathlib.Path(__file__).resolve().parents[2] / 'conf/lib.sh'


def need(*parts):
    """Installed, or named and the end: conf/lib.sh says which is possible."""
    done = subprocess.run(['bash', '-euc', '. "$0"; packages_need "$@"', LIB, *parts])
    if done.returncode != 0:
        sys.exit(1)

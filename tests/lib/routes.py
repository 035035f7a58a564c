"""What the programs say of themselves: their routes, from --describe."""
import os
import pathlib
import subprocess

from lxml import etree
from xiaoao import NS

OPEN = ('public', 'half-signed-in')


def described(instance):
    """(site, element) of every route that is built."""
    for site, folder in (('office', 'cgi'), ('portal', 'portal')):
        for path in sorted((pathlib.Path(instance.build) / folder).iterdir()):
            if not path.is_file() or not os.access(path, os.X_OK):
                continue
            conf = instance.home / f'etc/{"login-" if path.name == "login" else ""}{site}.conf'
            out = subprocess.run([path, '-c', conf, '--describe'], cwd=instance.home,
                                 capture_output=True, check=True).stdout
            for route in etree.fromstring(out).findall('p:route', NS):
                yield site, route


def routes(instance):
    """(site, method, path, permission, {field: type}) of every route that is built."""
    for site, route in described(instance):
        fields = {f.get('name'): f.get('type') for f in route.findall('p:field', NS)}
        yield site, route.get('method'), route.get('path'), route.get('permission'), fields

"""Fixtures for every test.

tests/run starts one instance and names its folder in XIAOAO_TEST_HOME; the
tests of http/ and browser/ share it, so each makes its own data.  Without it (one
test run by hand) an instance is started for the session from the build folder
XIAOAO_BUILD (.build).
"""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / 'lib'))

import xiaoao  # noqa: E402


def build_folder():
    return pathlib.Path(os.environ.get('XIAOAO_BUILD', xiaoao.TOP / '.build'))


def pytest_collection_modifyitems(items):
    """With --dist loadgroup a file of fault stays with one worker: its tests share an instance."""
    for item in items:
        if item.path.parent.name == 'fault':
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope='session')
def instance():
    """The shared instance: no test may stop it or count all rows of a table."""
    shared = os.environ.get('XIAOAO_TEST_HOME')
    if shared:
        yield xiaoao.Instance(shared, build_folder())
        return
    own = xiaoao.Instance.start(build_folder(), orders=200)
    yield own
    own.stop()


@pytest.fixture(scope='module')
def own_instance():
    """An instance of the module's own, to be killed, filled or restored."""
    build = build_folder()
    own = xiaoao.Instance.start(build, template=xiaoao.Instance.template(build, 50))
    yield own
    own.stop()


@pytest.fixture
def anyone(instance):
    """Browsers nobody signed in with, by site."""
    return {site: instance.client(site) for site in ('office', 'portal')}

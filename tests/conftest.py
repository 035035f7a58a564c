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
from market import Market  # noqa: E402
from road import Road  # noqa: E402


@pytest.fixture(scope='session')
def instance():
    """The shared instance: no test may stop it or count all rows of a table."""
    shared = os.environ.get('XIAOAO_TEST_HOME')
    if shared:
        yield xiaoao.Instance(shared, xiaoao.build_folder())
        return
    own = xiaoao.Instance.start(xiaoao.build_folder(), orders=200)
    yield own
    own.stop()


@pytest.fixture(scope='module')
def own_instance(request):
    """An instance of the module's own, to be killed, filled or restored; of its PROGRAMS only, if it says so."""
    build = xiaoao.build_folder()
    own = xiaoao.Instance.start(build, template=xiaoao.Instance.template(build, 50),
                                only=getattr(request.module, 'PROGRAMS', None),
                                workers=getattr(request.module, 'WORKERS', 2))
    yield own
    own.stop()


@pytest.fixture
def anyone(instance):
    """Browsers nobody signed in with, by site."""
    return {site: instance.client(site) for site in ('office', 'portal')}


@pytest.fixture
def road(instance):
    """Orders on any stage of the road."""
    return Road(instance)


@pytest.fixture(scope='module')
def market(instance):
    """A customer and products, which the tests of a module share."""
    return Market(instance)


@pytest.fixture
def buyer(instance, market):
    return instance.portal(market.customer, 'buyer')

"""What hardly ever fails fails, at each place in turn (TRUST.md G13): an allocation, a write to nginx, the clock.  Here a sample of
the places; tests/campaign tries all.

Whatever fails, the client gets the answer or one that says that there is none, an order is there whole or not at all and once
after it is repeated with its key, the next request is answered as ever, and nobody dies of a signal."""
import pytest

import anomaly
import xiaoao

SAMPLE = {'list': 8, 'order': 8, 'place': 12, 'export': 8, 'login': 3}
HOUR = 3600


@pytest.fixture(scope='module')
def rig():
    made = anomaly.Rig(xiaoao.build_folder())
    yield made
    made.end()


@pytest.fixture(scope='module')
def routes(rig):
    return anomaly.routes(rig)


@pytest.fixture
def quiet(rig):
    """Nobody dies of it."""
    before = rig.deaths()
    yield
    assert rig.deaths() == before


@pytest.mark.parametrize('name', SAMPLE)
def test_no_memory(rig, routes, quiet, name):
    found = anomaly.every(rig, routes[name], 'memory', sample=SAMPLE[name])
    assert not found.wrong
    assert found.tried >= SAMPLE[name], found


@pytest.mark.parametrize('name', ['list', 'place', 'export'])
def test_nginx_is_gone(rig, routes, quiet, name):
    found = anomaly.every(rig, routes[name], 'answer', anomaly.BROKEN)
    assert not found.wrong
    assert found.tried and set(found.answers) <= {0, 502}, found


@pytest.mark.parametrize('name', ['list', 'place', 'export'])
def test_nginx_takes_half(rig, routes, quiet, name):
    found = anomaly.every(rig, routes[name], 'answer', anomaly.SHORT)
    assert not found.wrong
    assert found.tried and set(found.answers) <= {200, 303}, found


@pytest.mark.parametrize('name', ['list', 'place', 'export'])
def test_an_answer_that_waits_outlives_a_reload(rig, routes, quiet, name):
    answer = anomaly.reload_under(rig, routes[name], 1)
    assert answer.status in (200, 303) and not routes[name].wrong(answer)


def test_the_clock_jumps(rig, routes, quiet):
    place, instance = routes['place'], rig.instance
    true = instance.value('SELECT UTC_TIMESTAMP()')
    try:
        for jump in (HOUR / 3, -HOUR, 0, -30 * 24 * HOUR, 0):
            assert place.healthy()
            told = place.again().location
            rig.clock(int(jump))
            # what was ordered before is not ordered again, and what is ordered now is there
            assert place.again().location == told and place.there() == (1, 1), jump
            assert place.healthy() and routes['login'].healthy(), jump
            assert [routes[name].ask().status for name in ('list', 'order', 'export')] == [200] * 3, jump
        rig.clock(9 * HOUR)
        assert (instance.value('SELECT UTC_TIMESTAMP()') - true).total_seconds() > 9 * HOUR - 60
        # the longest session is over, for who has it and for what he does
        assert place.ask().status == 401 and place.there() == (0, 0)
        assert routes['list'].ask().status == 303 and routes['export'].ask().status == 401
        assert routes['login'].healthy()
    finally:
        rig.clock(0)
        # housekeep() may have come by in those hours, and swept what was over
        for name in ('place', 'list', 'order', 'export'):
            routes[name].person.enter(instance)
    assert place.healthy() and instance.sql('CALL books_verify()') == ()


def test_who_does_not_guard_his_memory_dies(rig, routes):
    """Negative control: the same program without cgi/lib/memory.c."""
    before = rig.deaths()
    rig.replace('portal-entry', 'portal/entry', rig.build / 'tests/fault/unguarded')
    try:
        for n in (1, 2, 3):
            anomaly.once(rig, routes['place'], 'memory', n)
    finally:
        rig.replace('portal-entry', 'portal/entry', rig.build / 'portal/entry')
    dead = rig.deaths()[len(before):]
    assert dead and all('killed by signal' in d for d in dead)

"""Somebody who may keep people and roles always remains, whoever takes what from whom at once."""
import threading

import pytest
from sqlbed import Refused
from sqltrade import trade
from xiaoao import unique, wait_for


@pytest.fixture(scope='module')
def t():
    return trade()


@pytest.fixture
def two(t):
    """The only two who may: each with a connection of the office's account in a transaction of his own."""
    other = t.user('office', unique('admin'), 'admin', org_unit_id=t.hq)
    pair = [(user, t.bed.session('office', actor=user)) for user in (t.admin, other)]
    for _, session in pair:
        session.db.autocommit(False)
    yield pair
    for _, session in pair:
        session.query('ROLLBACK')
    role = t.root.value("SELECT id FROM role WHERE site = 'office' AND code = 'admin'")
    t.root.query("UPDATE app_user SET status = 'active' WHERE id = %s", t.admin)
    t.root.query('INSERT IGNORE INTO user_role (user_id, role_id, is_main) VALUES (%s, %s, 1)', t.admin, role)
    t.root.query("UPDATE app_user SET status = 'disabled' WHERE id = %s", other)


def take(session, user):
    role = session.value("SELECT id FROM role WHERE site = 'office' AND code = 'admin'")
    session.call('staff_role_take', user, role)


def disable(session, user):
    session.call('staff_act', user, 'disable', None)


def administrators(t):
    return t.root.value("SELECT COUNT(*) FROM app_user u JOIN user_role x ON x.user_id = u.id JOIN role r ON r.id = x.role_id"
                        " WHERE r.site = 'office' AND r.code = 'admin' AND u.status = 'active'")


@pytest.mark.parametrize('first', [take, disable])
@pytest.mark.parametrize('second', [take, disable])
def test_two_cannot_put_out_each_other(t, two, first, second):
    (a, session_a), (b, session_b) = two
    refused = []

    def other():
        try:
            second(session_b, a)
            session_b.query('COMMIT')
        except Refused as e:
            refused.append(e.code)
    first(session_a, b)
    thread = threading.Thread(target=other)
    thread.start()
    wait_for(lambda: t.root.value('SELECT time_ms > 50 FROM information_schema.processlist'
                                  " WHERE id = %s AND command = 'Query'", session_b.db.thread_id()),
             what='the second waits for the first')
    session_a.query('COMMIT')
    thread.join()
    assert refused == ['admin.last']
    session_b.query('ROLLBACK')
    assert administrators(t) == 1


def test_the_last_one_is_kept_by_the_database_too(t, two):
    """Not only by the routines: the office's account may write these tables itself."""
    (a, session_a), (b, session_b) = two
    disable(session_a, b)
    session_a.query('COMMIT')
    with pytest.raises(Refused, match='admin.last'):
        session_a.query("UPDATE app_user SET status = 'disabled' WHERE id = %s", a)
    with pytest.raises(Refused, match='admin.last'):
        session_a.query('DELETE FROM user_role WHERE user_id = %s', a)
    assert administrators(t) == 1

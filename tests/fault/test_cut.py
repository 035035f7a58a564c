"""The connection to the database breaks at each thing said during one order, in turn (TRUST.md G13): the order is there whole or not
at all, and once whole when the browser repeats it with its key; no program dies of it."""
import getpass
import secrets

import pymysql
import pytest

import cut
import fire
from xiaoao import unique

PROGRAMS = fire.PROGRAMS
WORKERS = 1         # a new connection says more than one that has ordered before: each order here finds a new one
MOST = 400


@pytest.fixture
def line(own_instance, monkeypatch):
    monkeypatch.chdir(own_instance.home)    # a socket's path may have 107 bytes
    made = cut.Line('sock/db.sock')
    yield made
    made.close()


def intend(field):
    return fire.Intention(unique('PO'), {field.codes[0]: 3}, secrets.token_hex(16), field.buyers[0].party)


def there(instance, made):
    """How many orders there are, and how many whole ones."""
    return tuple(instance.sql(
        'SELECT COUNT(*) AS n, COALESCE(SUM(o.amount = 30 AND o.line_count = 1 AND o.id IN (SELECT l.order_id FROM sales_order_line l'
        " WHERE l.ordered_qty = 3) AND o.status <> 'draft'), 0) AS whole FROM sales_order o WHERE o.po_no = %s", made.po)[0].values())


def again(field, made):
    patience = iter(range(300))
    assert field.buyers[0].ask('/entry/save', made.fields(), lambda: next(patience, None) is not None)[0] == 303


def order(field, line, n):
    """One order, the n-th thing said to or by the database cut off: whether it came to that, what was answered, and how many
    orders (and whole ones) there are before and after it is repeated with its key."""
    made = intend(field)
    line.settle()
    line.at(n)
    status, _ = field.buyers[0].send('POST', '/entry/save', made.fields())
    was_cut = line.was_cut
    line.at(0)
    before = there(field.instance, made)
    if status != 303:
        again(field, made)
    return was_cut, status, before, there(field.instance, made)


@pytest.fixture
def field(own_instance, line):
    """Programs that had a connection before there was a line lose it: from now on they speak through the line."""
    made = fire.Field(own_instance, lots=1, units=1000000, companies=1, buyers=1, approvers=1)
    for row in own_instance.sql("SELECT id FROM information_schema.processlist WHERE user = 'portal'"):
        own_instance.sql('KILL %s', row['id'])
    for _ in range(6):
        order(made, line, 0)
    return made


def test_an_order_is_whole_or_not_there_wherever_the_line_is_cut(field, line):
    cuts, n = {}, 0
    while n < MOST:
        n += 1
        was_cut, status, before, after = order(field, line, n)
        assert status == 303 or status in fire.UNKNOWN or status == 0, (n, status)
        assert before == ((1, 1) if status == 303 else before[:1] * 2), (n, status, before)
        assert after == (1, 1), (n, status, before, after)
        if not was_cut:
            break
        cuts[n] = status, before[0]
    assert 10 < len(cuts) < MOST, cuts
    assert any(status != 303 and there == 0 for status, there in cuts.values()), cuts
    logs = [p for p in (field.instance.home / 'log').iterdir() if p.suffix == '.log' and 'killed by signal' in p.read_text(errors='replace')]
    assert logs == []


def test_who_repeats_with_another_key_orders_twice(field, line):
    """Negative control: what is committed although nobody was told is seen by this rig."""
    made = intend(field)
    with pymysql.connect(unix_socket=line.real, user=getpass.getuser(), database='xiaoao', autocommit=True) as eyes:
        def is_there():
            with eyes.cursor() as cursor:
                return cursor.execute('SELECT id FROM sales_order WHERE po_no = %s', made.po)

        line.settle()
        line.when(is_there)
        assert field.buyers[0].send('POST', '/entry/save', made.fields())[0] in fire.UNKNOWN and line.was_cut
    assert there(field.instance, made) == (1, 1)
    made.key = secrets.token_hex(16)
    again(field, made)
    assert there(field.instance, made) == (2, 2)

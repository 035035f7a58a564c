"""The connection to the database breaks at each thing said during one order, in turn (TRUST.md G13): the order is there whole or not
at all, and once whole when the browser repeats it with its key; no program dies of it."""
import secrets

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


def order(field, line, n, key_again=None):
    """One order, the n-th thing said to or by the database cut off: whether it came to that, what was answered, and how many
    orders (and whole ones) there are before and after it is repeated, with its key or another."""
    instance, browser = field.instance, field.buyers[0]
    made = fire.Intention(unique('PO'), {field.codes[0]: 3}, secrets.token_hex(16), browser.party)
    line.settle()
    line.at(n)
    status, _ = browser.send('POST', '/entry/save', made.fields())
    was_cut = line.was_cut
    line.at(0)

    def there():
        return tuple(instance.sql(
            'SELECT COUNT(*) AS n, COALESCE(SUM(o.amount = 30 AND o.line_count = 1 AND o.id IN (SELECT l.order_id FROM sales_order_line l'
            " WHERE l.ordered_qty = 3) AND o.status <> 'draft'), 0) AS whole FROM sales_order o WHERE o.po_no = %s", made.po)[0].values())

    before = there()
    if status != 303:
        made.key = key_again or made.key
        patience = iter(range(300))
        assert browser.ask('/entry/save', made.fields(), lambda: next(patience, None) is not None)[0] == 303
    return was_cut, status, before, there()


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
    for n in range(1, MOST):
        was_cut, _, _, after = order(field, line, n, key_again=secrets.token_hex(16))
        if after[0] == 2:
            return
        assert was_cut, f'{n} things said, and none of them was the answer to a commit'

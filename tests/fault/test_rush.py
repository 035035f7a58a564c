"""Everybody at once, short; tests/campaign is the long form."""
import secrets

import fire
import rush

PROGRAMS = fire.PROGRAMS


def test_one_key_by_many_clients_is_one_order(own_instance):
    wrong, orders, _ = rush.same_key(own_instance, 6)
    assert not wrong and orders == 6


def test_the_last_units_are_sold_once(own_instance):
    wrong, held = rush.last_units(own_instance)
    assert not wrong and held == 100


def test_a_key_nobody_remembers_is_seen(own_instance):
    """Negative control of the first: the table of keys forgets."""
    wrong, orders, answers = rush.forgetful_keys(own_instance)
    assert wrong and orders > 1, (wrong, orders, answers)


def test_units_sold_without_the_guard_are_seen(own_instance):
    """Negative control of the second: no lock, no condition in the write, no CHECK."""
    wrong, held, rounds = rush.unguarded_units(own_instance)
    assert held > 3 and any(w.startswith('stock:') for w in wrong), (wrong, held, rounds)


def test_who_never_gets_his_turn_is_told_so(own_instance):
    """Each attempt ends in a deadlock: 503 and no order, not the 303 the handler meant; with the same key it is placed later."""
    field = fire.Field(own_instance, lots=1, units=100, companies=1, buyers=1, approvers=1)
    buyer = field.buyers[0]
    order = fire.Intention(fire.unique('po'), {field.codes[0]: 2}, secrets.token_hex(16), buyer.party)

    def there():
        return own_instance.value('SELECT COUNT(*) FROM sales_order WHERE po_no = %s', order.po)

    own_instance.sql("CREATE TRIGGER never BEFORE UPDATE ON sales_order FOR EACH ROW"
                     " IF NEW.status <> 'draft' THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF")
    try:
        assert buyer.send('POST', '/entry/save', order.fields()) == (503, None)
    finally:
        own_instance.sql('DROP TRIGGER never')
    assert there() == 0
    status, place = buyer.send('POST', '/entry/save', order.fields())
    assert status == 303 and '/orders/view?id=' in place and there() == 1

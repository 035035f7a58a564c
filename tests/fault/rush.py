"""Everybody at once: one key by many clients, many buyers for the last units."""
import contextlib
import secrets
import threading

import fire


def at_once(calls):
    """Runs them together from one signal; their results in order."""
    results, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(n):
        gate.wait()
        results[n] = calls[n]()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(calls))]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    return results


def same_key(instance, rounds, clients=32):
    """(what is wrong, orders, answers): each key by all clients at once, then with another body."""
    field = fire.Field(instance, lots=2, units=1000000, companies=1, buyers=1, approvers=1)
    first = field.buyers[0]
    people = [first] + [again(instance, first) for _ in range(clients - 1)]
    wrong = []
    for _ in range(rounds):
        order = fire.Intention(fire.unique('po'), {field.codes[0]: 2}, secrets.token_hex(16), first.party)
        answers = at_once([lambda p=p: p.ask('/entry/save', order.fields(), lambda: True) for p in people])
        if len(set(answers)) != 1 or answers[0][0] != 303:
            wrong.append(f'answers to one key: {set(answers)}')
        other = first.ask('/entry/save', {**order.fields(), 'qty.1': 3, 'expected': '30.00'}, lambda: True)
        if other[0] != 409:
            wrong.append(f'the key with another body: {other}')
    orders = instance.value('SELECT COUNT(*) FROM sales_order WHERE party_id = %s', first.party)
    if orders != rounds:
        wrong.append(f'{orders} orders for {rounds} keys')
    for p in people:
        p.hang_up()
    return wrong, orders, rounds * clients


def again(instance, browser):
    """The same person's session at another window."""
    made = fire.Browser(instance, 'portal', browser.user)
    made.token, made.csrf, made.headers = browser.token, browser.csrf, dict(browser.headers)
    return made


@contextlib.contextmanager
def without(instance, routine, *cuts):
    """For the negative controls: a routine in which each of these texts stands as another."""
    text = instance.sql(f'SHOW CREATE PROCEDURE {routine}')[0]['Create Procedure'].replace('CREATE', 'CREATE OR REPLACE', 1)
    weak = text
    for guard, instead in cuts:
        assert guard in weak, (routine, guard)
        weak = weak.replace(guard, instead)
    instance.sql(weak)
    try:
        yield
    finally:
        instance.sql(text)


def forgetful_keys(instance):
    """The negative control of same_key: a key that nobody remembers, neither the table of keys nor the order."""
    with without(instance, 'idem_take', ('(p_user, p_key, v_hash)', '(p_user, RANDOM_BYTES(32), v_hash)')), \
            without(instance, 'order_save', ('v_no, p_key, p_origin', 'v_no, NULL, p_origin')):
        return same_key(instance, 1, clients=8)


def unguarded_units(instance, rounds=20):
    """The negative control of last_units: what is free is read, not locked, and written without a condition.
    Two who read at the same moment both take it; that is soon so."""
    check = 'CONSTRAINT ck_stock_balance_reserved CHECK (reserved >= 0 AND reserved <= qty)'
    with without(instance, 'stock_allocate', ('warehouse_id = v_warehouse\n\t\t   FOR UPDATE', 'warehouse_id = v_warehouse')), \
            without(instance, 'stock_allocate_line', ('AND qty - reserved >= v_take', '')):
        instance.sql('ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_reserved')
        try:
            for n in range(1, rounds + 1):
                wrong, held = last_units(instance, units=3, buyers=4, companies=4)
                if held > 3:
                    break
            return wrong, held, n
        finally:
            instance.sql('UPDATE stock_balance SET reserved = qty WHERE reserved > qty')
            instance.sql('ALTER TABLE stock_balance ADD ' + check)


def last_units(instance, units=100, each=3, buyers=64, companies=16):
    """(what is wrong, units held): more is ordered and approved at once than there is."""
    field = fire.Field(instance, lots=1, units=units, companies=companies, buyers=buyers, approvers=companies)
    orders = [fire.Intention(fire.unique('po'), {field.codes[0]: each}, secrets.token_hex(16), b.party)
              for b in field.buyers]
    placed = at_once([lambda b=b, o=o: b.ask('/entry/save', o.fields(), lambda: True)
                      for b, o in zip(field.buyers, orders)])
    steps = [r['id'] for r in instance.sql(
        "SELECT s.id FROM approval_step s JOIN approval a ON a.id = s.approval_id"
        f" WHERE s.status = 'open' AND a.party_id IN ({field.in_parties()})")]
    share = [steps[n::companies] for n in range(companies)]
    decided = at_once([lambda a=a, s=s: [field.approve(a, step) for step in s]
                       for a, s in zip(field.approvers, share)])
    wrong = [f'placed: {p}' for p in placed if p[0] != 303]
    wrong += [f'decided: {d}' for ds in decided for d in ds if d[0] != 303]
    row = instance.sql('SELECT b.qty, b.reserved, (SELECT SUM(r.qty) FROM reservation r WHERE r.lot_id = b.lot_id) AS held,'
                       ' (SELECT SUM(l.approved_qty) FROM sales_order_line l WHERE l.product_id = b.product_id) AS approved'
                       ' FROM stock_balance b JOIN product p ON p.id = b.product_id WHERE p.code = %s', field.codes[0])[0]
    if not row['qty'] == row['reserved'] == row['held'] == units or row['approved'] != buyers * each:
        wrong.append(f'stock: {row}')
    return wrong, int(row['held'] or 0)

"""Orders in the database: prices, licences, approval, credit (E04-E07, E10-E13, X04)."""
import decimal

import pytest

from sqlbed import refusal
from sqltrade import day, trade

Money = decimal.Decimal


@pytest.fixture(scope='module')
def t():
    return trade()


# ---- prices, visibility, licences

def price(t, party, product, qty):
    found = t.office(t.rep).call('price_for', party, product, qty, day(0))
    return found[0]['price'] if found else None


def test_the_narrowest_price_list_wins_then_priority_then_quantity(t):
    product = t.product('10.00')
    group = t.insert('customer_group', code='G%d' % product, name='集团')
    party = t.customer('价格公司', group_id=group)
    other = t.customer('别的公司', region='32')

    def listed(code, price_, scope, min_qty=1, priority=0, **values):
        made = t.insert('price_list', code='%s%d' % (code, product), name=code, scope=scope, priority=priority,
                        valid_from=values.pop('valid_from', day(-10)), status=values.pop('status', 'active'), **values)
        t.insert('price_tier', price_list_id=made, product_id=product, min_qty=min_qty, price=price_)
        return made

    assert price(t, party, product, 100) == Money('10.00')
    listed('PROV', '9.50', 'province', province='42')
    assert price(t, party, product, 100) == Money('9.50') and price(t, other, product, 100) == Money('10.00')
    listed('GRP', '9.00', 'group', group_id=group)
    assert price(t, party, product, 100) == Money('9.00')
    own = listed('OWN', '8.50', 'customer', party_id=party)
    t.insert('price_tier', price_list_id=own, product_id=product, min_qty=500, price='8.00')
    assert [price(t, party, product, q) for q in (499, 500)] == [Money('8.50'), Money('8.00')]
    listed('HIGH', '8.80', 'customer', party_id=party, priority=5)
    assert price(t, party, product, 1) == Money('8.80')
    listed('OLD', '1.00', 'customer', party_id=party, priority=9, valid_from=day(-30), valid_to=day(-1))
    listed('NEXT', '1.00', 'customer', party_id=party, priority=9, valid_from=day(1))
    listed('DRAFT', '1.00', 'customer', party_id=party, priority=9, status='draft')
    assert price(t, party, product, 1) == Money('8.80')


def test_visibility_narrowest_rule_decides_and_deny_beats_allow(t):
    product = t.product()
    party, far = t.customer('能见公司'), t.customer('远方公司', region='32')

    def seen(who):
        return t.root.value('SELECT product_visible_to(%s, %s, %s)', who, product, day(0))

    assert seen(party) == 1
    t.insert('product_visibility', product_id=product, scope='province', province='42', effect='deny')
    assert (seen(party), seen(far)) == (0, 1)
    t.insert('product_visibility', product_id=product, scope='customer', party_id=party, effect='allow')
    assert seen(party) == 1
    group = t.insert('product_group', code='VG%d' % product, name='组')
    t.insert('product_group_item', group_id=group, product_id=product)
    t.insert('product_visibility', product_group_id=group, scope='customer', party_id=party, effect='deny')
    assert seen(party) == 0
    assert refusal(t.order, party, [(product, 10)]).code == 'code.unknown'


def test_licence_missing_expired_or_out_of_scope_blocks_the_order(t):
    product, biological = t.product(), t.product(licence_scope='biological')
    party = t.customer('证照公司', licensed=False)
    order = t.order(party, [(product, 10)])
    assert refusal(t.submit, order).code == 'licence.missing'
    t.license(party, expires=-1)
    assert refusal(t.submit, order).code == 'licence.expired'
    t.root.query('UPDATE party_licence SET expires_on = %s WHERE party_id = %s', day(0), party)
    assert t.submit(order) == 'submitted', 'the printed day is valid'
    other = t.order(party, [(biological, 10)])
    error = refusal(t.submit, other)
    assert (error.code, error.field) == ('licence.scope', 'code.1')


def test_minimum_and_pack_multiple_name_the_field_and_the_neighbours(t):
    product = t.product(min_qty=80, qty_multiple=40)
    party = t.customer('件数公司')
    error = refusal(t.submit, t.order(party, [(product, 830)]))
    assert (error.code, error.field, error.args_given) == ('qty.multiple', 'qty.1', {'pack': '40', 'lower': '800', 'upper': '840'})
    error = refusal(t.submit, t.order(party, [(product, 40)]))
    assert (error.code, error.args_given) == ('qty.low', {'min': '80'})
    assert t.submit(t.order(party, [(product, 840)])) == 'submitted'


def test_prices_are_frozen_at_submission(t):
    product = t.product('10.00')
    party = t.customer('冻结公司')
    order = t.order(party, [(product, 10)])
    t.root.query("UPDATE price_tier SET price = '12.00' WHERE product_id = %s", product)
    error = refusal(t.office(t.rep).call, 'order_submit', order, party, '100.00', '@id')
    assert (error.code, error.args_given) == ('total.changed', {'was': '100.00', 'now': '120.00'})
    t.submit(order)
    t.root.query("UPDATE price_tier SET price = '15.00' WHERE product_id = %s", product)
    t.approve(order)
    assert t.root.value('SELECT amount FROM sales_order WHERE id = %s', order) == Money('120.00')


# ---- approval

def test_the_maker_never_approves_not_even_against_the_table(t):
    party = t.customer('自审公司')
    order = t.order(party, [(t.product(), 10)], maker=t.manager)
    t.submit(order, maker=t.manager)
    error = refusal(t.decide, order, 'approve', '', None, t.manager)
    assert error.code == 'approve.own'
    step = t.step(order)
    with pytest.raises(Exception, match='ck_approval_step_decided_by'):
        t.root.query("UPDATE approval_step SET decided_by = %s WHERE id = %s", t.manager, step['id'])


def test_only_the_role_within_its_departments_decides(t):
    party = t.customer('范围公司')
    order = t.order(party, [(t.product(), 10)])
    t.submit(order)
    assert refusal(t.decide, order, 'approve', '', None, t.finance).code == 'forbidden'
    assert refusal(t.decide, order, 'approve', '', None, t.westmanager).code == 'forbidden'
    assert t.decide(order)[0]['status'] in ('approved', 'picking')


def test_levels_run_in_order_and_rules_choose_them(t):
    party = t.customer('层级公司')
    product = t.product('1000.00', floor_price='950.00')
    order = t.office(t.rep)
    order.call('order_save', 0, None, party, 'office', None, None, None, None, None, None,
               [{'product': product, 'qty': 120, 'price': '900.00'}], None, '@id')
    order_id = order.value('SELECT @id')
    t.submit(order_id)
    roles = []
    while t.status(order_id) == 'submitted':
        roles.append((t.step(order_id)['role'], t.step(order_id)['reason']))
        t.decide(order_id)
    assert roles == [('sales_manager', 'always'), ('product_manager', 'floor'), ('finance', 'amount')]


def test_a_second_decision_on_a_step_finds_nothing(t):
    party = t.customer('双击公司')
    order = t.order(party, [(t.product(), 10)])
    t.submit(order)
    step = t.step(order)
    assert t.office(t.manager).call('order_decide', step['id'], t.manager, 'approve', '', None, None)
    assert t.office(t.manager).call('order_decide', step['id'], t.manager, 'approve', '', None, None) == []


def test_smaller_quantity_with_a_comment_per_line(t):
    party = t.customer('减量公司')
    product = t.product('10.00')
    t.lot(product, 1000)
    order = t.order(party, [(product, 100)])
    t.submit(order)
    assert refusal(t.decide, order, 'approve', '', [{'line': 1, 'qty': 101}]).code == 'qty.more'
    t.decide(order, 'approve', '货源紧张', [{'line': 1, 'qty': 60, 'reply': '先给60'}])
    row = t.root.row('SELECT * FROM sales_order_line WHERE order_id = %s', order)
    assert (row['ordered_qty'], row['approved_qty'], row['reserved_qty'], row['reply']) == (100, 60, 60, '先给60')
    assert t.root.value('SELECT approved_amount FROM sales_order WHERE id = %s', order) == Money('600.00')


def test_send_back_reject_and_added_signer(t):
    party = t.customer('加签公司')
    order = t.order(party, [(t.product(), 10)])
    t.submit(order)
    assert refusal(t.decide, order, 'return', '').code == 'required'
    assert t.decide(order, 'return', '改数量')[0]['status'] == 'returned'
    t.submit(order)
    assert t.decide(order, 'add', '请质量看', None, None, t.quality)[0]['status'] == 'submitted'
    t.decide(order)
    assert t.step(order)['user_id'] == t.quality
    assert t.decide(order, 'reject', '不行')[0]['status'] == 'rejected'


def test_an_edit_starts_approval_again_and_frees_the_stock(t):
    party = t.customer('重审公司')
    product = t.product('10.00')
    lot = t.lot(product, 100)
    order = t.approved(party, [(product, 100)])
    assert t.status(order) == 'picking'
    session = t.office(t.rep)
    version = t.root.value('SELECT version FROM sales_order WHERE id = %s', order)
    assert refusal(session.call, 'order_save', order, version - 1, party, 'office', None, None, None, None, None, None,
                   None, None, '@id').code == 'conflict'
    session.call('order_save', order, version, party, 'office', None, None, None, None, None, None,
                 [{'product': product, 'qty': 90}], None, '@id')
    assert t.status(order) == 'draft'
    assert t.root.row('SELECT qty, reserved FROM stock_balance WHERE lot_id = %s', lot) == {'qty': 100, 'reserved': 0}
    assert t.root.value("SELECT COUNT(*) FROM approval_step s JOIN approval a ON a.id = s.approval_id"
                        " WHERE a.subject_id = %s AND s.status = 'open'", order) == 0
    assert t.submit(order) == 'submitted' and t.step(order)['status'] == 'open'


def test_no_edit_once_goods_are_on_a_pick_list(t):
    party = t.customer('锁单公司')
    product = t.product()
    t.lot(product, 100)
    order = t.approved(party, [(product, 10)])
    t.office(t.picker).call('shipment_create', order)
    assert refusal(t.office(t.rep).call, 'order_save', order, None, party, 'office', None, None, None, None, None, None,
                   None, None, '@id').code == 'order.shipping'


def test_every_transition_that_is_not_in_the_table_is_refused(t):
    states = [r['state'] for r in t.root.query("SELECT state FROM workflow_state WHERE entity = 'order'")]
    allowed = {(r['from_state'], r['to_state'])
               for r in t.root.query("SELECT * FROM workflow_transition WHERE entity = 'order'")}
    party = t.customer('状态公司')
    order = t.order(party, [(t.product(), 10)])
    for before in states:
        for after in states:
            if before == after:
                continue
            # each pair from a row born in that state by the loader
            t.root.query('SET @bulk_load = 1')
            made = t.insert('sales_order', party_id=party, order_no='T%d-%s-%s' % (order, before, after), origin='office',
                            order_date=day(0), warehouse_id=t.warehouse, status=before)
            t.root.query('SET @bulk_load = 0')
            if (before, after) in allowed:
                t.root.query('UPDATE sales_order SET status = %s WHERE id = %s', after, made)
            else:
                assert refusal(t.root.query, 'UPDATE sales_order SET status = %s WHERE id = %s', after, made).code == 'state.transition'


# ---- credit

def test_credit_to_the_fen(t):
    party = t.customer('额度公司', limit='1000.00')
    product = t.product('10.00')
    t.lot(product, 10000)
    first = t.approved(party, [(product, 60)])
    assert t.status(first) == 'picking'
    exact = t.order(party, [(product, 40)])
    t.submit(exact)
    assert [s['reason'] for s in t.root.query('SELECT reason FROM approval_step s JOIN approval a ON a.id = s.approval_id'
                                               ' WHERE a.subject_id = %s', exact)] == ['always']
    over = t.order(party, [(product, 41)])
    t.submit(over)
    t.decide(over)
    step = t.step(over)
    assert (step['reason'], step['role']) == ('credit', 'finance_manager')
    t.approve(exact)
    row = t.office(t.finance).call('credit_status', party)[0]
    assert (row['exposure'], row['available']) == (Money('1000.00'), Money('0.00'))


def test_credit_is_judged_again_when_the_last_step_approves(t):
    party = t.customer('并行公司', limit='1000.00')
    product = t.product('10.00')
    t.lot(product, 10000)
    one, two = (t.order(party, [(product, 60)]) for _ in range(2))
    t.submit(one)
    t.submit(two)
    t.decide(one)
    assert t.status(one) == 'picking'
    t.decide(two)
    assert t.status(two) == 'submitted', 'both fitted alone, not together'
    assert t.step(two)['reason'] == 'credit'
    assert refusal(t.decide, two, 'approve', '').code == 'required'
    t.decide(two, 'approve', '客户承诺周五付款')
    assert t.status(two) == 'picking'
    row = t.root.row('SELECT * FROM credit_override WHERE order_id = %s', two)
    assert (row['amount'], row['granted_by'], row['reason']) == (Money('600.00'), t.finmgr, '客户承诺周五付款')


def test_overdue_beyond_the_grace_days_holds(t):
    party = t.customer('逾期公司', grace_days=5, terms_days=0)
    product = t.product('10.00')
    t.lot(product, 10000)
    t.root.query("UPDATE param SET value = '0' WHERE name = 'due.next_working_day'")
    order = t.approved(party, [(product, 10)])
    t.ship(order)
    t.invoice(order, day(-5))
    fine = t.order(party, [(product, 10)])
    t.submit(fine)
    t.root.query('UPDATE ar_item SET due_on = %s WHERE party_id = %s', day(-6), party)
    held = t.order(party, [(product, 10)])
    t.submit(held)
    t.root.query("UPDATE param SET value = '1' WHERE name = 'due.next_working_day'")
    reasons = [[s['reason'] for s in t.root.query('SELECT reason FROM approval_step s JOIN approval a ON a.id = s.approval_id'
                                                   ' WHERE a.subject_id = %s ORDER BY s.level', o)] for o in (fine, held)]
    assert reasons == [['always'], ['always', 'credit']]


def test_prepayment_ships_only_when_the_money_is_there(t):
    party = t.customer('预付公司', limit='0', terms_kind='prepaid')
    product = t.product('10.00')
    t.lot(product, 10000)
    order = t.approved(party, [(product, 10)])
    made = t.office(t.picker).call('shipment_create', order)[0]['id']
    ship = t.office(t.checker).call
    error = refusal(ship, 'shipment_ship', made, '自提', None, 1, None, None)
    assert (error.code, error.args_given) == ('prepaid.short', {'missing': '100.00'})
    t.receive(party, '99.99')
    assert refusal(ship, 'shipment_ship', made, '自提', None, 1, None, None).args_given == {'missing': '0.01'}
    t.receive(party, '0.01')
    assert ship('shipment_ship', made, '自提', None, 1, None, None)[0]['status'] == 'shipped'


def pay(t, party, invoice, amount):
    item = t.root.value('SELECT id FROM ar_item WHERE invoice_id = %s', invoice)
    t.office(t.finance).call('receipt_allocate', t.receive(party, amount), [{'item': item, 'amount': amount}])


def reasons(t, order):
    return [r['reason'] for r in t.root.query(
        "SELECT s.reason FROM approval a JOIN approval_step s ON s.approval_id = a.id"
        " WHERE a.subject = 'order' AND a.subject_id = %s ORDER BY s.level", order)]


@pytest.mark.parametrize('back', [1, 2])
def test_an_order_waits_until_the_batch_before_it_is_paid(t, back):
    party, product = t.customer('批结公司%d' % back, terms_kind='previous', terms_back=back), t.product('10.00')
    t.lot(product, 10000)
    out = []
    for _ in range(back):
        out.append(t.approved(party, [(product, 10)]))
        assert reasons(t, out[-1]) == ['always']
        t.ship(out[-1])
    invoice = t.invoice(out[0])
    waits = t.order(party, [(product, 10)])
    t.submit(waits)
    first = t.root.value('SELECT order_no FROM sales_order WHERE id = %s', out[0])
    assert t.root.value('SELECT batch_before(%s, %s)', party, waits) == first
    assert reasons(t, waits) == ['always', 'credit']
    pay(t, party, invoice, '99.99')
    assert t.root.value('SELECT batch_before(%s, %s)', party, waits) == first
    pay(t, party, invoice, '0.01')
    assert t.root.value('SELECT batch_before(%s, %s)', party, waits) is None
    after = t.order(party, [(product, 10)])
    t.submit(after)
    assert reasons(t, after) == ['always']


def test_a_batch_whose_invoice_is_not_issued_is_not_settled(t):
    party, product = t.customer('批结未开票', terms_kind='previous'), t.product('10.00')
    t.lot(product, 10000)
    out = t.approved(party, [(product, 10)])
    t.ship(out)
    t.office(t.finance).call('invoice_new', out, None)
    first = t.root.value('SELECT order_no FROM sales_order WHERE id = %s', out)
    assert t.root.value('SELECT batch_before(%s, %s)', party, t.order(party, [(product, 10)])) == first


def test_an_unpaid_batch_is_let_past_on_record_and_holds_the_goods(t):
    party, product = t.customer('批结放行', terms_kind='previous'), t.product('10.00')
    t.lot(product, 10000)
    one, two = t.order(party, [(product, 10)]), t.order(party, [(product, 20)])
    t.submit(one)
    t.submit(two)
    t.decide(one)
    number = t.root.value('SELECT order_no FROM sales_order WHERE id = %s', one)
    t.root.query("UPDATE approval_rule SET status = 'closed' WHERE credit_exceeded = 1")
    error = refusal(t.decide, two)
    t.root.query("UPDATE approval_rule SET status = 'active' WHERE credit_exceeded = 1")
    assert (error.code, error.args_given) == ('terms.previous', {'no': number})
    t.decide(two)
    assert t.status(two) == 'submitted' and t.step(two)['reason'] == 'credit'
    t.decide(two, comment='货款在途')
    assert t.root.value('SELECT reason FROM credit_override WHERE order_id = %s', two) == '货款在途'
    # the grant lets the goods leave too; without it they stay
    made = t.office(t.picker).call('shipment_create', two)[0]['id']
    assert t.office(t.checker).call('shipment_ship', made, '顺丰', None, 1, None, None)
    three = t.order(party, [(product, 5)])
    t.root.query('UPDATE customer SET terms_back = 6 WHERE party_id = %s', party)
    t.submit(three)
    t.decide(three)
    t.root.query('UPDATE customer SET terms_back = 1 WHERE party_id = %s', party)
    made = t.office(t.picker).call('shipment_create', three)[0]['id']
    error = refusal(t.office(t.checker).call, 'shipment_ship', made, '顺丰', None, 1, None, None)
    assert (error.code, error.args_given) == ('terms.previous', {'no': number})


def test_one_key_one_order(t):
    user, token = t.portal(t.customer('幂等公司'), 'idem')
    session = t.bed.session('portal')
    session.db.begin()
    assert session.query('CALL portal_idem(%s, %s, %s)', token, 'key-1', 'a' * 64)[0]['fresh'] == 1
    session.query('CALL portal_idem_done(%s, %s, %s)', token, 'key-1', '/orders/view?id=7')
    session.db.commit()
    again = session.call('portal_idem', token, 'key-1', 'a' * 64)[0]
    assert (again['fresh'], again['location'], again['same']) == (0, '/orders/view?id=7', 1)
    assert session.call('portal_idem', token, 'key-1', 'b' * 64)[0]['same'] == 0
    other = t.portal(t.customer('别家公司'), 'idem2')[1]
    assert session.call('portal_idem', other, 'key-1', 'a' * 64)[0]['fresh'] == 1


def test_an_override_after_approval_lets_the_goods_leave(t):
    party = t.customer('放行公司', limit='100000')
    product = t.product('10.00')
    t.lot(product, 1000)
    order = t.approved(party, [(product, 10)])
    made = t.office(t.picker).call('shipment_create', order)[0]['id']
    t.root.query('UPDATE customer SET credit_hold = 1 WHERE party_id = %s', party)
    ship = t.office(t.checker).call
    assert refusal(ship, 'shipment_ship', made, '顺丰', None, 1, None, None).code == 'credit.exceeded'
    assert refusal(t.office(t.finance).call, 'credit_override_add', order, '已谈').code == 'forbidden'
    assert refusal(t.office(t.finmgr).call, 'credit_override_add', order, ' ').code == 'required'
    assert t.office(t.finmgr).call('credit_override_add', order, '老板同意')
    assert ship('shipment_ship', made, '顺丰', None, 1, None, None)


def test_a_blocked_customer_orders_nothing_but_may_be_refused_and_receive(t):
    party = t.customer('停用公司')
    product = t.product('10.00')
    t.lot(product, 1000)
    shipment = t.ship(t.approved(party, [(product, 10)]))[0]
    waiting = t.order(party, [(product, 10)])
    t.submit(waiting)
    t.root.query("UPDATE customer SET status = 'blocked' WHERE party_id = %s", party)
    assert refusal(t.order, party, [(product, 10)]).code == 'customer.blocked'
    assert refusal(t.decide, waiting).code == 'customer.blocked'
    assert t.decide(waiting, 'reject', '已停用')[0]['status'] == 'rejected'
    assert t.office(t.picker).call('shipment_arrive', shipment, party, 'office', day(0), '李', None, None, None, None)


def test_the_badge_counts_what_the_inbox_shows(t):
    party = t.customer('角标公司')
    order = t.order(party, [(t.product(), 10)])
    t.submit(order)
    t.decide(order, 'add', '请看', None, None, t.auditor)
    for user in (t.rep, t.manager, t.westmanager, t.finance, t.auditor, t.admin):
        shown = t.root.value('SELECT COUNT(DISTINCT step_id) FROM approval_inbox WHERE user_id = %s', user)
        assert t.root.value('SELECT inbox_count(%s)', user) == min(shown, 100)


def test_responsibility_is_dated_and_never_overlaps(t):
    party = t.customer('交接公司')
    t.insert('customer_rep', party_id=party, user_id=t.rep, valid_from=day(-100))
    for user in (t.manager, t.rep, t.manager):
        t.root.call('customer_assign', party, user)
    rows = t.root.query('SELECT * FROM customer_rep WHERE party_id = %s ORDER BY valid_from', party)
    assert [(r['user_id'], r['valid_from'], r['valid_to']) for r in rows] == [(t.rep, day(-100), day(-1)), (t.manager, day(0), None)]
    assert t.root.value('SELECT rep_id FROM customer WHERE party_id = %s', party) == t.manager


def test_writers_of_one_chain_at_once_leave_it_whole(t):
    import threading
    party = t.customer('并发审计')
    sessions = [t.bed.session('office', actor=t.rep) for _ in range(6)]

    def write(session):
        for n in range(20):
            session.call('receipt_new', party, day(0), 'bank', '1.00', None, None, None, str(n))

    threads = [threading.Thread(target=write, args=(s,)) for s in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert t.root.value('SELECT COUNT(*) FROM receipt WHERE party_id = %s', party) == 120
    assert t.root.call('audit_verify', 'p%d' % party) == []

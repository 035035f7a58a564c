"""The inbox: who may decide, what a decision does, and approval rules."""
import concurrent.futures

import pytest

from market import Market, day, money
from xiaoao import unique


@pytest.fixture
def market(instance):
    return Market(instance)


def inbox(client, **query):
    return [r['order_no'] for r in client.get('/approvals/', **query).rows('approvals')]


def number(market, order):
    return market.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)


def line(market, order):
    return market.instance.sql('SELECT * FROM sales_order_line WHERE order_id = %s', order)[0]


# ---- the inbox

def test_it_waits_with_who_may_decide(market, instance):
    order = market.order([(market.product(), 40)])
    no = number(market, order)
    assert inbox(market.manager) == [no]
    assert inbox(market.manager, view='everyone') == [no]
    assert inbox(market.manager, view='done') == []
    assert no not in inbox(instance.office('finance'))        # not yet, or never
    assert no not in inbox(Market(instance).manager)          # another department's
    assert market.rep.fetch('/approvals/').status == 403
    market.decide(order)
    assert inbox(market.manager) == []
    done = market.manager.get('/approvals/', view='done', cols='order_no,decision').rows('approvals')
    assert [(r['order_no'], r['decision']) for r in done] == [(no, 'approved')]


def test_what_waits_too_long_is_overdue(market):
    order = market.order([(market.product(), 40)])
    assert inbox(market.manager, view='overdue') == []
    market.instance.sql('UPDATE approval_step SET opened_at = opened_at - INTERVAL 1 DAY WHERE id = %s',
                        market.step(order))
    assert inbox(market.manager, view='overdue') == [number(market, order)]


def test_found_by_number_and_customer(market):
    orders = [market.order([(market.product(), 40)]) for _ in range(2)]
    assert inbox(market.manager, q=number(market, orders[1])) == [number(market, orders[1])]
    assert inbox(market.manager, q='没有') == []
    assert inbox(market.manager, reason='credit') == []


# ---- decisions

def test_a_reduced_quantity_and_its_comment_reach_the_order(market):
    order = market.order([(market.product(price='10.00'), 400)])
    reply = market.decide(order, comment='货紧', **{'qty.1': '100', 'reply.1': '下月补足'})
    assert reply.status == 303 and reply.page.notices[:1] == ['notice.approval.approve']
    got = line(market, order)
    assert (got['approved_qty'], got['reserved_qty'], got['reply']) == (100, 100, '下月补足')
    page = market.rep.get('/orders/view', id=order)
    row = page.one('//p:list[@name="order-lines"]/p:row')
    assert row.find('{*}qty[@name="approved_qty"]').text == '100'
    assert row.find('{*}qty[@name="approved_qty"]').get('sub') == '下月补足'
    assert page.one('//p:record[@name="order"]/p:text[@name="reply"]').text == '货紧'
    assert page.one('//p:record[@name="order"]/p:money[@name="approved_amount"]').text == '1000.00'


def test_nobody_gives_more_than_was_asked(market):
    order = market.order([(market.product(), 40)])
    reply = market.decide(order, **{'qty.1': '41'})
    assert reply.status == 422 and ('qty.1', 'qty.more') in reply.errors
    assert market.status(order) == 'submitted'


def test_nobody_decides_on_his_own(market):
    order = market.order([(market.product(), 40)], client=market.manager)
    step = market.step(order)
    assert number(market, order) not in inbox(market.manager)
    page = market.manager.get('/approvals/', open=step)
    assert not page('//p:form[@name="decision"]')
    reply = market.manager.post('/approvals/decide', {'open': step, 'decision': 'approve'})
    assert reply.status == 422 and 'error.approve.own' in reply.page.notices
    assert market.status(order) == 'submitted'
    # nor can the bulk button
    reply = market.manager.post('/approvals/bulk', {'step': step})
    assert [r['result'] for r in reply.page.rows('approval-results')] == ['approve.own']
    assert market.status(order) == 'submitted'


def test_one_of_two_decides_and_the_other_is_told(market, instance):
    second = instance.office('sales_manager', org_unit_id=market.unit)
    order = market.order([(market.product(), 40)])
    step = market.step(order)
    pages = [(c, c.get('/approvals/', open=step)) for c in (market.manager, second)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(c.submit, p, 'decision', action='approve') for c, p in pages]
        statuses = sorted(f.result().status for f in sent)
    assert statuses == [303, 409]
    assert market.instance.value("SELECT COUNT(*) FROM approval_step WHERE id = %s AND status = 'approved'", step) == 1


def test_a_double_click_decides_once(market):
    order = market.order([(market.product(), 40)])
    page = market.manager.get('/approvals/', open=market.step(order))
    first = market.manager.submit(page, 'decision', action='approve')
    again = market.manager.submit(page, 'decision', action='approve')
    assert (first.status, again.status) == (303, 303) and first.location == again.location


@pytest.mark.parametrize('decision, status', [('return', 'returned'), ('reject', 'rejected')])
def test_a_refusal_needs_a_reason_the_buyer_reads(market, decision, status):
    order = market.order([(market.product(), 40)])
    assert ('comment', 'required') in market.decide(order, decision).errors
    assert market.decide(order, decision, comment='价格待定').status == 303
    assert market.status(order) == status
    page = market.rep.get('/orders/view', id=order)
    assert page.one('//p:record[@name="order"]/p:text[@name="reply"]').text == '价格待定'
    assert page.may('submit') == (status == 'returned')


def test_an_added_signer_signs_after(market, instance):
    signer = instance.office('sales_manager', org_unit_id=market.unit)
    order = market.order([(market.product(), 40)])
    reply = market.decide(order, 'add', comment='请一并看', signer=signer.user['id'])
    assert reply.status == 303
    market.decide(order)
    assert market.status(order) == 'submitted'
    assert inbox(signer) == [number(market, order)]
    assert market.decide(order, client=signer).status == 303
    assert market.status(order) in ('approved', 'picking')


def test_levels_run_one_after_the_other(market, instance):
    order = market.order([(market.product(price='1000.00'), 200)])     # 200,000: finance too
    finance = instance.office('finance')
    assert number(market, order) not in inbox(finance)
    market.decide(order)
    assert market.status(order) == 'submitted'
    assert number(market, order) in inbox(finance, q=number(market, order))
    assert market.decide(order, client=finance).status == 303
    assert market.status(order) in ('approved', 'picking')


# ---- risks, with the numbers behind them

def risks(client, step):
    page = client.get('/approvals/', open=step)
    return {n.get('key'): [v.text for v in n] for n in page('//p:detail/p:notice')}


def test_credit_exceeded_says_by_how_much(market, instance):
    party = market.new_customer(limit='300')
    market.instance.sql('UPDATE price_list SET party_id = %s WHERE id = %s', party, market.list)
    order = market.order([(market.product(price='10.00'), 40)], party=party)
    assert risks(market.manager, market.step(order))['risk.credit'] == ['100.00']
    market.decide(order)
    boss = instance.office('finance_manager')
    assert ('comment', 'required') in market.decide(order, client=boss).errors
    assert market.decide(order, client=boss, comment='月底前回款').status == 303
    override = market.instance.sql('SELECT * FROM credit_override WHERE order_id = %s', order)[0]
    assert override['reason'] == '月底前回款' and override['granted_by'] == boss.user['id']
    assert 'override' in market.rep.get('/orders/view', id=order)('//p:event/@kind')


def test_a_price_below_the_floor_says_by_how_much(market, instance):
    code = market.product(price='10.00', floor_price='9.50')
    order = market.order([(code, 40, '9.00')])
    assert risks(market.manager, market.step(order))['risk.floor'] == ['1', '20.00']
    market.decide(order)
    assert number(market, order) in inbox(instance.office('product_manager'), q=number(market, order))


def test_a_licence_near_its_end_and_short_stock_are_told(market):
    party = market.new_customer(licensed=False)
    market.license(party, expires=20)
    market.instance.sql('UPDATE price_list SET party_id = %s WHERE id = %s', party, market.list)
    order = market.order([(market.product(stock=10), 40)], party=party)
    found = risks(market.manager, market.step(order))
    assert found['risk.licence'][1] == str(day(20)) and found['risk.short'] == ['1']


def test_without_risk_it_says_so(market):
    order = market.order([(market.product(), 40)])
    assert list(risks(market.manager, market.step(order))) == ['risk.none']


# ---- many at once

def test_every_ticked_order_has_its_own_answer(market):
    good = [market.order([(market.product(), 40)]) for _ in range(2)]
    own = market.order([(market.product(), 40)], client=market.manager)
    gone = market.order([(market.product(), 40)])
    steps = [market.step(o) for o in (*good, own, gone)]
    market.decide(gone)
    reply = market.manager.post('/approvals/bulk', [('step', s) for s in steps])
    assert reply.status == 200
    assert [r['result'] for r in reply.page.rows('approval-results')] == ['done', 'done', 'approve.own', 'gone']
    assert [market.status(o) == 'submitted' for o in (*good, own)] == [False, False, True]


# ---- rules

@pytest.fixture
def admin(instance):
    return instance.office('admin')


def test_a_rule_for_a_product_adds_a_step(market, admin, instance):
    code, other = market.product(), market.product()
    role = instance.value("SELECT id FROM role WHERE site = 'office' AND code = 'product_manager'")
    name = unique('R')[:20]
    reply = admin.submit('/rules/edit', 'approval-rule', code=name, name='特管产品', level='15', product=code,
                         role_id=role, user_id='', group_id='', product_group_id='', status='active')
    assert reply.status == 303, reply.errors
    with_it, without = market.order([(code, 10)]), market.order([(other, 10)])
    count = 'SELECT COUNT(*) FROM approval_step s JOIN approval a ON a.id = s.approval_id' \
            " WHERE a.subject = 'order' AND a.subject_id = %s"
    assert (instance.value(count, with_it), instance.value(count, without)) == (2, 1)
    rule = instance.value('SELECT id FROM approval_rule WHERE code = %s', name)
    assert admin.submit(f'/rules/edit?id={rule}', 'approval-rule', user_id='', group_id='',
                        product_group_id='', status='closed').status == 303
    assert instance.value(count, market.order([(code, 10)])) == 1


def test_a_rule_names_a_role_or_a_person(admin, instance):
    some = dict(code=unique('R')[:20], name='x', level='10', status='active', user_id='', role_id='')
    assert ('role_id', 'role_or_user') in admin.submit('/rules/edit', 'approval-rule', **some).errors
    role = instance.value("SELECT id FROM role WHERE site = 'office' AND code = 'finance'")
    reply = admin.submit('/rules/edit', 'approval-rule', **{**some, 'code': 'SALES', 'role_id': role})
    assert ('code', 'uq_approval_rule_code') in reply.errors
    reply = admin.submit('/rules/edit', 'approval-rule', **{**some, 'role_id': role, 'product': 'NOPE'})
    assert ('product', 'code.unknown') in reply.errors


def test_rules_need_their_permission(market):
    for path in ('/rules/', '/rules/edit'):
        assert market.manager.fetch(path).status == 403


# ---- words

@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(market, admin, instance, lang):
    orders = [market.order([(market.product(price='10.00', floor_price='12'), 40)]) for _ in range(2)]
    client = instance.client('office', lang).become(market.manager.user)
    for view in ('', 'overdue', 'done', 'everyone'):
        assert '⟦' not in client.html('/approvals/', view=view).text_content(), view
    assert '⟦' not in client.html('/approvals/', open=market.step(orders[0])).text_content()
    r = client.raw('POST', '/approvals/bulk', headers={'Accept': 'text/html'},
                   data={'step': market.step(orders[1]), '_csrf': client.csrf()})
    assert r.status_code == 200 and '⟦' not in r.text
    other = instance.client('office', lang).become(admin.user)
    for path in ('/rules/', '/rules/edit', f"/rules/edit?id={instance.value('SELECT MIN(id) FROM approval_rule')}"):
        assert '⟦' not in other.html(path).text_content(), path


def test_money_of_the_list_is_the_order_s(market):
    order = market.order([(market.product(price='12.34'), 10)])
    row = market.manager.get('/approvals/').rows('approvals')[0]
    assert row['order_no'] == number(market, order) and money(row['amount']) == money('123.40')


def test_a_batch_that_is_not_paid_is_said_to_all(instance, market):
    """批结: buyer and staff read which order has to be paid first."""
    party = market.new_customer(terms_kind='previous')
    code = market.product()
    market.insert('price_list', code=unique('L')[:20], name='批结价', scope='customer', party_id=party,
                  valid_from=day(-1), status='active')
    market.instance.sql('INSERT INTO price_tier (price_list_id, product_id, price) SELECT'
                        ' (SELECT MAX(id) FROM price_list WHERE party_id = %s), id, 10 FROM product WHERE code = %s',
                        party, code)
    first = market.approved([(code, 10)], party=party)
    number = instance.value('SELECT order_no FROM sales_order WHERE id = %s', first)
    buyer = instance.portal(party, 'company_admin')
    assert notice(buyer.get('/entry/'), 'notice.entry.unpaid') == [number]
    second = market.order([(code, 10)], party=party)
    assert notice(market.rep.get('/orders/view', id=second), 'notice.order.unpaid') == [number]
    mine = instance.value('SELECT pid FROM sales_order WHERE id = %s', second)
    assert notice(buyer.get('/orders/view', id=mine), 'notice.order.unpaid') == [number]
    page = market.manager.get('/approvals/', open=market.step(second))
    assert notice(page, 'risk.unpaid') == [number]


def notice(page, key):
    return page.texts(f'//p:notice[@key="{key}"]/*')


# ---- handing a step to another, and copies

def events(page):
    return page('//p:timeline/p:event/@kind')


def test_a_step_is_handed_to_another_who_then_decides(market, instance):
    other = instance.office('sales_manager', org_unit_id=market.unit)
    far = instance.office('sales_manager')
    order = market.order([(market.product(), 40)])
    step, no = market.step(order), number(market, order)
    assert ('comment', 'required') in market.decide(order, 'transfer', signer=far.user['id']).errors
    reply = market.decide(order, 'transfer', signer=far.user['id'], comment='我出差')
    assert reply.status == 303 and reply.page.notices[:1] == ['notice.approval.transfer']
    assert inbox(market.manager) == [] and no not in inbox(other), 'his alone now'
    assert inbox(far, q=no) == [no]
    told = far.get('/messages/', kind='approval').rows('messages')[:1]
    assert [(r['kind'], r['about']) for r in told] == [('approval.transferred', no)]
    page = far.get('/approvals/', open=step)
    assert 'transferred' in events(page) and page('//p:form[@name="decision"]')
    assert page.texts('//p:event[@kind="transferred"]/p:note') == [f'→ {far.user["name"]}: 我出差']
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'approval_step' AND entity_id = %s"
                          " AND actor_id = %s", step, market.manager.user['id']) == 1
    # who handed it on has it no more
    reply = market.manager.post('/approvals/decide', {'open': step, 'decision': 'approve'})
    assert reply.status == 422 and 'error.forbidden' in reply.page.notices
    assert market.decide(order, client=far).status == 303
    assert market.status(order) in ('approved', 'picking')
    assert 'transferred' in events(market.rep.get('/orders/view', id=order))


@pytest.mark.parametrize('who', ['maker', 'himself', 'no signer', 'not active', 'a buyer', 'nobody'])
def test_a_step_goes_to_none_who_may_not_sign_it(market, instance, who):
    order = market.order([(market.product(), 40)])
    second = instance.office('sales_manager', org_unit_id=market.unit)
    made = {'maker': lambda: market.order([(market.product(), 40)], client=second),
            'not active': lambda: instance.sql("UPDATE app_user SET status = 'disabled' WHERE id = %s",
                                               second.user['id'])}
    if who == 'maker':
        order = made[who]()
    elif who in made:
        made[who]()
    signer = {'himself': market.manager.user['id'], 'no signer': market.rep.user['id'], 'nobody': '',
              'a buyer': instance.portal(market.customer, 'buyer').user['id']}.get(who, second.user['id'])
    step = market.step(order)
    reply = market.manager.post('/approvals/decide', {'open': step, 'decision': 'transfer', 'comment': 'x',
                                                      'signer': signer})
    assert reply.status == 422 and ('signer', 'signer.unfit') in reply.errors
    assert instance.value('SELECT user_id FROM approval_step WHERE id = %s', step) is None


def test_who_signed_one_step_does_not_get_the_next(market, instance):
    order = market.order([(market.product(price='1000.00'), 200)])     # 200,000: finance too
    finance = instance.office('finance')
    market.decide(order)
    reply = market.decide(order, 'transfer', client=finance, comment='x', signer=market.manager.user['id'])
    assert ('signer', 'signer.signed') in reply.errors


def test_past_the_limit_only_who_may_override_gets_it(market, instance):
    party = market.new_customer(limit='300')
    instance.sql('UPDATE price_list SET party_id = %s WHERE id = %s', party, market.list)
    order = market.order([(market.product(price='10.00'), 40)], party=party)
    market.decide(order)
    boss = instance.office('finance_manager')
    fit, unfit = instance.office('finance_manager'), instance.office('sales_manager')
    reply = market.decide(order, 'transfer', client=boss, comment='x', signer=unfit.user['id'])
    assert ('signer', 'signer.credit') in reply.errors
    assert market.decide(order, 'transfer', client=boss, comment='x', signer=fit.user['id']).status == 303
    assert market.decide(order, client=fit, comment='月底前回款').status == 303


def test_who_is_not_asked_hands_nothing_on(market, instance):
    stranger = instance.office('finance')
    order = market.order([(market.product(), 40)])
    reply = stranger.post('/approvals/decide', {'open': market.step(order), 'decision': 'transfer', 'comment': 'x',
                                                'signer': market.manager.user['id']})
    assert reply.status == 422 and 'error.forbidden' in reply.page.notices
    assert instance.value("SELECT COUNT(*) FROM approval_event WHERE step_id = %s", market.step(order)) == 0


def send_copy(market, order, to, client=None, **fields):
    client = client or market.manager
    return client.submit(f'/copies/new?step={market.step(order)}', 'copy', copy_to=to.user['id'], **fields)


def test_in_copy_one_reads_and_no_more(market, instance):
    reader, order = instance.office('logistics'), market.order([(market.product(), 40)])
    no = number(market, order)
    assert market.manager.get('/approvals/').one('//p:detail/p:heading/p:action[@rel="send-copy"]/@href') \
        == f'/copies/new?step={market.step(order)}'
    reply = send_copy(market, order, reader, comment='请知悉')
    assert reply.status == 303 and 'notice.copy.sent' in reply.page.notices
    row, = reader.get('/copies/').rows('copies')
    assert (row['order_no'], row['decision'], row['sent_by']) == (no, 'open', market.manager.user['name'])
    told, = reader.get('/messages/').rows('messages')
    assert (told['kind'], told['about']) == ('approval.copied', no)
    view = reader.act(reader.get('/messages/'), 'open')
    assert view.location == row['@href'] and view.page.id == 'office.copies.view'
    assert not view.page('//p:form') and len(view.page.rows('copy-lines')) == 1
    assert events(view.page) == ['submitted', 'copied']
    assert reader.fetch('/approvals/').status == 403
    market.decide(order)
    assert reader.get('/copies/', decision='approved').rows('copies')[0]['order_no'] == no
    assert reader.get('/copies/', decision='open').rows('copies') == []
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'approval_event' AND actor_id = %s",
                          market.manager.user['id']) == 1


def test_a_copy_is_its_reader_s_alone(market, instance):
    reader, order = instance.office('logistics'), market.order([(market.product(), 40)])
    send_copy(market, order, reader)
    href = reader.get('/copies/').rows('copies')[0]['@href']
    for other in (market.manager, instance.office('admin'), instance.office('logistics')):
        assert other.get('/copies/').rows('copies') == [] and other.fetch(href).status == 404


def test_a_copy_goes_to_staff_who_see_orders_and_once(market, instance):
    order, other = market.order([(market.product(), 40)]), market.order([(market.product(), 40)])
    reader = instance.office('logistics')
    step = market.step(order)
    assert send_copy(market, order, reader).status == 303
    assert ('copy_to', 'uq_approval_event_copy_to') in send_copy(market, order, reader).errors
    assert send_copy(market, other, reader).status == 303, 'another approval'
    gone = instance.office('logistics')
    instance.sql("UPDATE app_user SET status = 'disabled' WHERE id = %s", gone.user['id'])
    for to in (market.manager, instance.portal(market.customer, 'buyer'), gone):
        reply = market.manager.post('/copies/send', {'step': step, 'copy_to': to.user['id']})
        assert ('copy_to', 'copy.unfit') in reply.errors, to.user['login']
    assert ('copy_to', 'required') in market.manager.post('/copies/send', {'step': step}).errors


def test_who_does_not_see_an_approval_sends_no_copy_of_it(market, instance):
    order, reader = market.order([(market.product(), 40)]), instance.office('logistics')
    stranger = Market(instance).manager
    assert stranger.fetch('/copies/new', step=market.step(order)).status == 404
    reply = stranger.post('/copies/send', {'step': market.step(order), 'copy_to': reader.user['id']})
    assert reply.status == 404
    assert market.rep.fetch('/copies/new', step=market.step(order)).status == 403
    assert reader.get('/copies/').rows('copies') == []


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_of_a_copy_is_there(market, instance, lang):
    reader, order = instance.office('logistics', lang=lang), market.order([(market.product(), 40)])
    assert '⟦' not in reader.html('/copies/').text_content()
    client = instance.client('office', lang).become(market.manager.user)
    assert '⟦' not in client.html('/copies/new', step=market.step(order)).text_content()
    send_copy(market, order, reader)
    market.decide(order, 'transfer', comment='x', signer=instance.office('sales_manager').user['id'])
    for path in ('/copies/', reader.get('/copies/').rows('copies')[0]['@href'], '/messages/'):
        assert '⟦' not in reader.html(path).text_content(), path

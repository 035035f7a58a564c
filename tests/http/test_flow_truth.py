"""Months, balances and corrections of flows as people work with them, on both sites (FEATURES, flow features 2, 4, 5)."""
import datetime

import pytest

from market import Market
from xiaoao import unique

TODAY = datetime.date.today()


@pytest.fixture
def market(instance):
    return Market(instance)


@pytest.fixture
def month(instance):
    """The open month of today."""
    period = TODAY.year * 100 + TODAY.month
    connection = instance.connect()
    with connection.cursor() as cursor:
        cursor.execute('CALL period_ensure(%s)', (period,))
    connection.commit()
    return period


@pytest.fixture
def sender(market, instance, month):
    """A distributor with one name he knows: (party, code, product code, hospital)."""
    party = market.new_customer()
    if not instance.value("SELECT COUNT(*) FROM party_role WHERE party_id = %s AND role = 'distributor'", party):
        market.insert('party_role', party_id=party, role='distributor')
    hospital = market.insert('party', code=unique('H')[:20], name=unique('测试医院'), region_code='420112')
    market.insert('party_role', party_id=hospital, role='hospital')
    name = unique('他叫的医院')
    market.insert('flow_name', sender_id=party, what='party', name_key=name.encode()[-16:], name=name, norm=name,
                  state='matched', target_id=hospital, first_seen=TODAY, last_seen=TODAY)
    return {'party': party, 'code': market.code(party), 'product': market.product(), 'hospital': hospital, 'name': name}


def month_text(month):
    return f'{month // 100}-{month % 100:02}'


def test_a_month_that_rebates_stand_on_is_not_reopened(instance):
    locked, run, why = (instance.sql("SELECT p.period, r.run_no, r.status FROM period p JOIN rebate_run r ON r.id = period_rebate(p.period)"
                                     " WHERE p.status = 'locked'")[0][k] for k in ('period', 'run_no', 'status'))
    chief = instance.office('finance_manager')
    page = chief.get('/periods/view', id=locked)
    assert page.one('//p:action[@rel="reopen"]').get('disabled') == f'rebate_{why}'
    for lang in ('zh-CN', 'en'):
        shown = instance.office('finance_manager', lang=lang).html('/periods/view', id=locked).text_content()
        assert '⟦' not in shown
    version = instance.value('SELECT version FROM period WHERE period = %s', locked)
    reply = chief.post('/periods/reopen', {'id': locked, 'version': version, 'reason': '漏报一份'})
    assert reply.status == 422 and f'error.period.rebate_{why}' in reply.page.notices
    assert run in reply.response.text
    assert instance.value('SELECT status FROM period WHERE period = %s', locked) == 'locked'


def test_months_say_what_stands_in_the_way_and_only_some_may_lock(instance, month):
    page = instance.office('auditor').get('/periods/')
    assert [r for r in page.rows('periods') if r['month'] == month_text(month)]
    chief = instance.office('finance_manager')
    page = chief.get('/periods/view', id=month)
    assert page.may('review') and not page.may('lock')
    early = chief.act(page, 'review')
    assert (early.status, early.page.notices) == (422, ['error.period.early'])
    clerk = instance.office('flow_clerk')
    assert not clerk.get('/periods/view', id=month).may('review')
    assert clerk.fetch('/periods/view', id=209901).status == 404


def test_a_supplement_of_the_portal_counts_after_another_decides(instance, month, sender):
    seller = instance.portal(sender['party'], 'reporter')
    made = seller.submit('/corrections/new', 'correction', files={'file': ('单据.csv', '单号,数量\n1,30\n'.encode())},
                         kind='supplement', month=month_text(month), reason='漏报一笔')
    assert made.status == 303, made.errors
    path = made.location
    assert seller.submit(path, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty='没有这家', product=sender['product'],
                         lot_no='B1', qty='30').errors == [('counterparty', 'correction.counterparty')]
    assert seller.submit(path, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty=sender['name'],
                         product=sender['product'], lot_no='B1', qty='30', price='12.5').status == 303
    assert seller.act(seller.get(path), 'submit').status == 303
    other = instance.portal(Market(instance).new_customer(), 'reporter')
    assert other.fetch(path).status == 404
    row = instance.sql('SELECT * FROM flow_correction WHERE pid = %s', path.split('id=')[1])[0]
    assert row['status'] == 'waiting'

    clerk = instance.office('flow_clerk')
    assert clerk.get('/corrections/view', id=row['id']).may('decide-correction') is False
    manager = instance.office('sales_manager')
    no = manager.submit(f"/corrections/view?id={row['id']}", 'correction-decide', decision='reject')
    assert no.errors == [('comment', 'reason.required')]
    assert manager.submit(f"/corrections/view?id={row['id']}", 'correction-decide', decision='approve').status == 303
    counted = instance.sql('SELECT r.*, f.origin FROM flow_row r JOIN flow_file f ON f.id = r.file_id WHERE r.sender_id = %s', sender['party'])
    assert [(r['qty'], r['flow_class'], r['is_pure_sale'], r['origin'], r['book_period']) for r in counted] == [(30, 5, 1, 'correction', month)]
    assert instance.value('SELECT SUM(qty) FROM flow_month WHERE sender_id = %s', sender['party']) == 30
    assert 'approved' in seller.get(path).texts('//p:heading/p:status')
    assert not manager.get('/corrections/view', id=row['id'])('//p:form[@name="correction-decide"]')


def test_a_row_is_corrected_by_a_pair_and_not_twice(instance, month, sender):
    clerk, manager = instance.office('flow_clerk'), instance.office('sales_manager')
    made = clerk.submit('/corrections/new', 'correction', sender=sender['code'], kind='supplement', month=month_text(month), reason='补录')
    path = made.location
    hospital = instance.value('SELECT code FROM party WHERE id = %s', sender['hospital'])
    assert clerk.submit(path, 'correction-line', what='opening', biz_date=TODAY.isoformat(), product=sender['product'],
                        qty='5').errors == [('what', 'correction.what')]
    assert clerk.submit(path, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty=hospital,
                        product=sender['product'], lot_no='B2', qty='40', price='10').status == 303
    assert clerk.act(clerk.get(path), 'submit').status == 303
    assert manager.submit(path, 'correction-decide', decision='approve').status == 303
    row = instance.sql('SELECT id FROM flow_row WHERE sender_id = %s', sender['party'])[0]['id']
    form = f'/corrections/row?row={row}&month={month_text(month)}'
    assert clerk.submit(form, 'correction-of-row', reason='x').errors == [('qty', 'correction.same')]
    fixed = clerk.submit(form, 'correction-of-row', qty='25', reason='数量多报')
    assert fixed.status == 303, fixed.errors
    again = clerk.submit(form, 'correction-of-row', qty='20', reason='又来')
    assert [c for _, c in again.errors] == ['correction.twice']
    assert manager.submit(fixed.location, 'correction-decide', decision='approve').status == 303
    rows = instance.sql('SELECT qty, corrects_id, flow_class FROM flow_row WHERE sender_id = %s ORDER BY id', sender['party'])
    assert [(r['qty'], r['corrects_id'], r['flow_class']) for r in rows] == [(40, None, 5), (-40, row, 2), (25, row, 2)]


def test_the_maker_does_not_decide(instance, month, sender):
    both = instance.office('sales_manager')
    made = both.submit('/corrections/new', 'correction', sender=sender['code'], kind='stock', month=month_text(month), reason='期初')
    assert both.submit(made.location, 'correction-line', what='opening', biz_date=TODAY.isoformat(), product=sender['product'],
                       lot_no='B1', qty='100').status == 303
    page = both.get(made.location)
    assert both.act(page, 'submit').status == 303
    page = both.get(made.location)
    assert not page('//p:form[@name="correction-decide"]')
    id_ = made.location.split('id=')[1]
    assert both.post('/corrections/decide', {'id': id_, 'decision': 'approve'}).status == 422
    assert instance.office('sales_manager').submit(made.location, 'correction-decide', decision='approve').status == 303
    assert instance.value('SELECT qty FROM flow_stock_entry WHERE party_id = %s', sender['party']) == 100


# ---- diversion (flow feature 7)

@pytest.fixture
def case(instance, market, month, sender):
    """A sale of the sender's to a hospital of another's territory, below the floor price; found: the row of the case."""
    party, owner = sender['party'], market.new_customer()
    code = market.product()
    product = instance.value('SELECT id FROM product WHERE code = %s', code)
    instance.sql('UPDATE product SET floor_price = 9 WHERE id = %s', product)
    if not instance.value(
            "SELECT COUNT(*) FROM party_role WHERE party_id = %s AND role = 'distributor'", owner):
        market.insert('party_role', party_id=owner, role='distributor')
    since = TODAY - datetime.timedelta(days=400)
    elsewhere = market.insert('party', code=unique('H')[:20], name=unique('他处医院'), region_code='420112')
    market.insert('territory', party_id=party, product_id=product, terminal_id=elsewhere, valid_from=since)
    market.insert('territory', party_id=owner, product_id=product, terminal_id=sender['hospital'], valid_from=since)
    clerk, manager = instance.office('flow_clerk', name=unique('流向员')), instance.office('sales_manager')
    hospital = instance.value('SELECT code FROM party WHERE id = %s', sender['hospital'])
    made = clerk.submit('/corrections/new', 'correction', sender=sender['code'], kind='supplement', month=month_text(month), reason='x')
    clerk.submit(made.location, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty=hospital,
                 product=code, lot_no='LOT-7731', qty='20', price='8.37', doc_no='DN-55821')
    clerk.act(clerk.get(made.location), 'submit')
    assert manager.submit(made.location, 'correction-decide', decision='approve').status == 303
    instance.sql('UPDATE flow_row SET flow_class = 1 WHERE sender_id = %s', party)
    assert clerk.submit('/diversions/find', 'find-cases', month=month_text(month)).status == 303
    found = instance.sql('SELECT * FROM flow_case WHERE party_id = %s', party)
    assert [(c['signals'], c['score'], c['owner_id'], c['status']) for c in found] == [('territory,price', 100, owner, 'detected')]
    return {**found[0], 'owner': owner, 'clerk': clerk}


def test_a_case_is_told_explained_and_confirmed_by_another(instance, sender, case):
    path = f"/diversions/view?id={case['id']}"
    clerk = case['clerk']
    seller = instance.portal(sender['party'], 'reporter')
    theirs = f"/flowcases/view?id={case['pid']}"
    assert seller.fetch(theirs).status == 404, 'nothing is shown before it is told'
    assert clerk.act(clerk.get(path), 'notify').status == 303
    assert instance.portal(case['owner'], 'reporter').fetch(theirs).status == 404
    assert seller.submit(theirs, 'case-explain', explanation='').errors == [('explanation', 'required')]
    assert seller.submit(theirs, 'case-explain', explanation='对方转诊', files={'file': ('说明.csv', b'a,b\n1,2\n')}).status == 303
    assert not seller.get(theirs)('//p:form[@name="case-explain"]')

    manager = instance.office('sales_manager')
    assert manager.submit(path, 'case-decide', decision='confirmed', owner_given='', comment='属实').errors == [('owner_given', 'case.owner')]
    assert manager.submit(path, 'case-decide', decision='confirmed', comment='属实').status == 303
    rows = instance.sql('SELECT sender_id, qty, flow_class FROM flow_row WHERE flow_class = 3 AND corrects_id DIV 10000000 IN'
                        ' (SELECT id FROM flow_file WHERE party_id = %s) ORDER BY qty', sender['party'])
    assert [(r['sender_id'], r['qty']) for r in rows] == [(sender['party'], -20), (case['owner'], 20)]
    assert seller.get(theirs).texts('//p:heading/p:status') == ['confirmed']


OWNERS_PAGES = ['/home/', '/flows/', '/flows/products', '/flows/months', '/flows/lots', '/flows/rows', '/flows/rows?sort=-amount', '/flows/carried',
                '/inventory/', '/uploads/', '/corrections/', '/flowcases/', '/reconciliations/', '/statements/', '/rebates/', '/messages/']


def everything(client, path):
    """A page as a machine, a person and a spreadsheet get it; what was asked for is not an answer."""
    for accept in ('application/xml', 'text/html') + (('text/csv',) if path.startswith(('/flows', '/inventory', '/uploads')) else ()):
        r = client.raw('GET', path, headers={'Accept': accept} if accept != 'text/csv' else {}, params={'format': 'csv'} if accept == 'text/csv' else {})
        assert r.status_code == 200, (path, accept, r.status_code)
        yield r.content.decode('utf-8-sig')


@pytest.mark.parametrize('earlier', [False, True])
def test_the_owner_learns_what_is_credited_and_nothing_of_the_seller(instance, market, month, sender, case, earlier):
    path = f"/diversions/view?id={case['id']}"
    assert case['clerk'].act(case['clerk'].get(path), 'notify').status == 303
    manager = instance.office('sales_manager', name=unique('经理'))
    assert manager.submit(path, 'case-decide', decision='confirmed', comment='属实').status == 303
    made, = instance.sql('SELECT r.id, r.price, r.amount, r.doc_no, r.lot_no, r.file_id, f.pid, f.name FROM flow_row r JOIN flow_file f ON f.id = r.file_id'
                         ' WHERE r.sender_id = %s', case['owner'])
    assert (made['price'], made['amount'], made['doc_no'], made['lot_no']) == (None, None, '', '')
    if earlier:  # as it was written before, in a month that is closed since: the row stays
        instance.sql("UPDATE flow_row SET price = 8.37, amount = 167.40, doc_no = 'DN-55821' WHERE id = %s", made['id'])
        instance.sql('UPDATE flow_month SET amount = 167.40 WHERE sender_id = %s', case['owner'])
    owner = instance.portal(case['owner'], 'company_admin', 'reporter', 'accountant')
    code = sender['code']
    secrets = [code, instance.value('SELECT name FROM party WHERE id = %s', sender['party']), '8.37', '8.3700', '167.4', 'DN-55821', 'LOT-7731']
    secrets += [u['name'] for u in instance.sql('SELECT u.name FROM app_user u JOIN flow_correction c ON u.id IN (c.made_by, c.decided_by)'
                                                ' WHERE c.case_id = %s', case['id'])]
    for page in OWNERS_PAGES + ['/flows/rows?q=DN-55821']:
        for text in everything(owner, page):
            asked = ['DN-55821'] if 'q=' in page else []
            assert [s for s in secrets if s in text and s not in asked] == [], page
    row, = owner.get('/flows/rows').rows('my-flow-rows')
    assert (float(row['qty']), row['amount'], row['state'], made['name'][:2]) == (20, '', 'credited', 'CH')
    assert owner.get('/flows/rows', q='DN-55821').rows('my-flow-rows') == []
    assert [float(r['qty']) for r in owner.get('/flows/').rows('my-flows')] == [20]
    assert owner.get('/uploads/').rows('uploads') == [] and owner.fetch(f"/uploads/view?id={made['pid']}").status == 404
    # the seller sees his own sale and what was taken from it
    seller = instance.portal(sender['party'], 'reporter')
    assert sorted(float(r['qty']) for r in seller.get('/flows/rows').rows('my-flow-rows')) == [-20, 20]


def test_what_an_approved_correction_made_is_not_taken_back_like_a_file(instance, sender, case):
    made, = instance.sql('SELECT id, pid, version FROM flow_file WHERE party_id = %s', sender['party'])
    seller = instance.portal(sender['party'], 'reporter')
    page = seller.get('/uploads/view', id=made['pid'])
    assert not page.may('flow.undo')
    seller.post('/uploads/undo', {'id': made['pid'], '_version': made['version']})
    clerk = instance.office('flow_clerk')
    assert not clerk.get('/flowfiles/view', id=made['id']).may('flow.undo')
    assert instance.value('SELECT status FROM flow_file WHERE id = %s', made['id']) == 'imported'


def test_stock_and_statement_go_by_the_goods_not_by_who_is_credited(instance, market, month, sender, case):
    path = f"/diversions/view?id={case['id']}"
    assert case['clerk'].act(case['clerk'].get(path), 'notify').status == 303
    assert instance.office('sales_manager').submit(path, 'case-decide', decision='confirmed', comment='属实').status == 303
    sold = {r['party_id']: r['last_period'] for r in instance.sql('SELECT * FROM channel_sold WHERE product_id = %s', case['product_id'])}
    assert sold == {sender['party']: month}
    said = {}
    for party in (sender['party'], case['owner']):
        market.insert('channel_stock', party_id=party, product_id=case['product_id'], lot_no='B1', qty=50, stock_date=TODAY)
        chart = instance.portal(party, 'reporter').get('/inventory/view', id=case['product_id'])
        said[party] = [instance.value('SELECT %s', t) for t in chart.texts(f'//*[@month="{month_text(month)}"]/@other')]
        book = market.insert('reconciliation', reconciliation_no=unique('DZ'), party_id=party, period=month, issue_no=9, date_from=TODAY.replace(day=1),
                             date_to=TODAY, opening=0, debit=0, credit=0, closing=0, flow_final=0, status='superseded')
        instance.sql('CALL reconcile_fill(%s)', book)
        said[party] += [r['pure_sale'] for r in instance.sql("SELECT pure_sale FROM reconciliation_line WHERE reconciliation_id = %s AND section = 'volume'"
                                                             ' AND product_id = %s', book, case['product_id'])]
    assert said[sender['party']][-1] == 20 and 20 not in said[case['owner']]


def test_who_told_the_seller_does_not_decide_and_a_reason_is_wanted(instance, case):
    path = f"/diversions/view?id={case['id']}"
    both = instance.office('sales_manager')
    assert both.act(both.get(path), 'notify').status == 303
    assert not both.get(path)('//p:form[@name="case-decide"]')
    version = instance.value('SELECT version FROM flow_case WHERE id = %s', case['id'])
    refused = both.post('/diversions/decide', {'id': case['id'], 'version': version, 'decision': 'dismissed', 'comment': 'x'})
    assert refused.status == 422
    other = instance.office('finance_manager')
    assert other.submit(path, 'case-decide', decision='dismissed', comment=' ').status == 422
    assert other.submit(path, 'case-decide', decision='dismissed', comment='转诊属实').status == 303
    assert instance.value('SELECT status FROM flow_case WHERE id = %s', case['id']) == 'dismissed'


@pytest.fixture
def difference(market, sender, month):
    """A difference of a sender's month that nobody has looked at."""
    product = market.instance.value('SELECT id FROM product WHERE code = %s', sender['product'])
    return market.insert('flow_balance', period=month, party_id=sender['party'], product_id=product, lot_no='B1', opening=10,
                         reported=7, cause='unexplained', state='open')


def test_who_corrects_explains_a_difference_and_who_approves_accepts_it(instance, sender, difference):
    clerk, chief = instance.office('flow_clerk'), instance.office('finance_manager')
    path = f'/balances/view?id={difference}'
    forms = '//p:form[@name="balance-decide"]/p:action/@rel'
    assert clerk.get(path)(forms) == ['explain-balance'] and chief.get(path)(forms) == ['accept-balance']
    assert clerk.submit(path, 'balance-decide', note='').errors == [('note', 'required')]
    assert clerk.submit(path, 'balance-decide', action='explain-balance', note='破损未报').status == 303
    assert instance.value('SELECT state FROM flow_balance WHERE id = %s', difference) == 'explained'
    assert clerk.post('/balances/accept', {'id': difference, 'version': 1, 'note': 'x'}).status == 403
    assert chief.submit(path, 'balance-decide', action='accept-balance', note='盘点为准').status == 303
    assert instance.value('SELECT state FROM flow_balance WHERE id = %s', difference) == 'accepted'
    assert not chief.get(path)(forms)
    assert instance.office('sales_rep').fetch(path).status == 404


def test_a_month_counts_the_senders_of_its_reader(instance, market, sender, month, difference):
    def seen(client):
        row, = (r for r in client.get('/periods/').rows('periods') if r['month'] == month_text(month))
        return int(row['differences']), client.get('/periods/view', id=month).value('differences')

    everything = instance.value("SELECT COUNT(*) FROM flow_balance WHERE period = %s AND state = 'open'", month)
    mine = seen(market.manager)
    assert mine == (1, '1') or instance.value('SELECT rep_id FROM customer WHERE party_id = %s', sender['party']) is None
    assert seen(instance.office('sales_rep')) == (0, '0')
    assert seen(instance.office('auditor'))[0] >= 1 and everything >= 1
    closed = instance.value("SELECT MAX(period) FROM period WHERE status = 'closed'")
    assert instance.office('auditor').get('/periods/view', id=closed).may('check-digest')
    assert not market.manager.get('/periods/view', id=closed).may('check-digest')
    assert market.manager.fetch('/periods/check', id=closed).status == 404

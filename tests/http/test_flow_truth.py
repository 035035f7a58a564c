"""Months, balances and corrections of flows as people work with them, on both sites (FEATURES, flow features 2, 4, 5)."""
import datetime
import hashlib
from decimal import Decimal

import pytest

from flowrows import FlowRows
from market import Market
from today import TODAY
from xiaoao import form_data, unique


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


EVIDENCE = {'file': ('单据.csv', '单号,数量\n1,30\n'.encode())}


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
    made = seller.submit('/corrections/new', 'correction', files=EVIDENCE,
                         kind='supplement', month=month_text(month), reason='漏报一笔')
    assert made.status == 303, made.errors
    path = made.location
    assert seller.submit(path, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty='（）', product=sender['product'],
                         lot_no='B1', qty='30').errors == [('counterparty', 'correction.counterparty')]
    line = {'what': 'sale', 'biz_date': TODAY.isoformat(), 'counterparty': sender['name'], 'product': sender['product'],
            'lot_no': 'B1', 'qty': '30', 'price': '12.5'}
    assert seller.submit(path, 'correction-line', **line).status == 303
    assert seller.act(seller.get(path), 'remove').status == 303 and seller.get(path).rows('correction-lines') == []
    assert seller.submit(path, 'correction-line', **line).status == 303
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
    made = clerk.submit('/corrections/new', 'correction', files=EVIDENCE, sender=sender['code'], kind='supplement', month=month_text(month), reason='补录')
    path = made.location
    hospital = instance.value('SELECT code FROM party WHERE id = %s', sender['hospital'])
    assert clerk.submit(path, 'correction-line', what='opening', biz_date=TODAY.isoformat(), product=sender['product'],
                        qty='5').errors == [('what', 'correction.what')]
    line = {'what': 'sale', 'biz_date': TODAY.isoformat(), 'counterparty': hospital, 'product': sender['product'],
            'lot_no': 'B2', 'qty': '40', 'price': '10'}
    assert clerk.submit(path, 'correction-line', **line).status == 303
    assert clerk.act(clerk.get(path), 'remove').status == 303 and clerk.get(path).rows('correction-lines') == []
    assert clerk.submit(path, 'correction-line', **line).status == 303
    assert clerk.act(clerk.get(path), 'submit').status == 303
    assert manager.submit(path, 'correction-decide', decision='approve').status == 303
    row = instance.sql('SELECT id FROM flow_row WHERE sender_id = %s', sender['party'])[0]['id']
    form = f'/corrections/row?row={row}&month={month_text(month)}'
    assert clerk.submit(form, 'correction-of-row', files=EVIDENCE, reason='x').errors == [('qty', 'correction.same')]
    fixed = clerk.submit(form, 'correction-of-row', files=EVIDENCE, qty='25', reason='数量多报')
    assert fixed.status == 303, fixed.errors
    again = clerk.submit(form, 'correction-of-row', files=EVIDENCE, qty='20', reason='又来')
    assert [c for _, c in again.errors] == ['correction.twice']
    assert manager.submit(fixed.location, 'correction-decide', decision='approve').status == 303
    rows = instance.sql('SELECT qty, corrects_id, flow_class FROM flow_row WHERE sender_id = %s ORDER BY id', sender['party'])
    assert [(r['qty'], r['corrects_id'], r['flow_class']) for r in rows] == [(40, None, 5), (-40, row, 2), (25, row, 2)]


def test_the_maker_does_not_decide(instance, month, sender):
    both = instance.office('sales_manager')
    made = both.submit('/corrections/new', 'correction', files=EVIDENCE, sender=sender['code'], kind='stock', month=month_text(month), reason='期初')
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


# ---- appeals from where the rows are seen

def appeal_of(page, name):
    """Where the row's button leads."""
    return page.one(f'(//p:list[@name="{name}"]/p:row/p:action[@rel="appeal"])[1]').get('href')


@pytest.fixture
def sold(instance):
    """A sale of last month by a distributor who is nobody's customer but the office's, to a hospital of a rep's."""
    made = FlowRows(instance)
    made.goods = instance.value('SELECT id FROM product WHERE code = %s', made.product(stock=0))
    made.hospital = made.terminal()
    made.file = made.report([(made.hospital, made.goods, 'B1', 20, 10)])
    made.rep = instance.office('sales_rep')
    instance.sql('SET @bulk_load = 1')
    instance.sql('UPDATE flow_row SET rep_id = %s WHERE file_id = %s', made.rep.user['id'], made.file)
    instance.sql('SET @bulk_load = NULL')
    made.seller = instance.portal(made.customer, 'reporter')
    return made


def test_a_rep_appeals_about_a_sale_at_his_terminal_by_anothers_distributor(instance, month, sold):
    form = appeal_of(sold.rep.get('/flows/rows', sender=sold.code(sold.customer)), 'flow-rows')
    assert instance.office('sales_rep').fetch(form).status == 404
    assert sold.rep.submit(form, 'correction-of-row', qty='12', reason='实际少').errors == [('file', 'required')]
    made = sold.rep.submit(form, 'correction-of-row', files=EVIDENCE, qty='12', reason='实际少')
    assert made.status == 303, made.errors
    page = sold.rep.get(made.location)
    assert [Decimal(r['qty']) for r in page.rows('correction-lines')] == [-20, 12] and page.value('evidence')
    assert made.location in [r['@href'] for r in sold.rep.get('/corrections/').rows('corrections')]
    assert sold.rep.fetch('/corrections/new', sender=sold.code(sold.customer)).status == 200
    other = sold.rep.submit('/corrections/new', 'correction', files=EVIDENCE, sender=sold.code(sold.customer), kind='supplement',
                            month=month_text(month), reason='他家的客户')
    assert other.errors == [('sender', 'correction.sender')]
    assert instance.office('sales_manager').submit(made.location, 'correction-decide', decision='approve').status == 303
    assert instance.value('SELECT SUM(qty) FROM flow_month WHERE sender_id = %s', sold.customer) == 12


def test_a_difference_leads_to_its_rows_and_to_a_correction(instance, month, sold):
    balance = sold.insert('flow_balance', period=month, party_id=sold.customer, product_id=sold.goods, lot_no='B1', opening=0, sold=20,
                          reported=5, cause='unexplained', state='open')
    sold.report([(sold.hospital, sold.goods, 'B1', 20, 10)], back=0)
    clerk = instance.office('flow_clerk')
    page = clerk.get('/balances/view', id=balance)
    row, = page.rows('balance-rows')
    assert clerk.get(row['@href']).form('correction-of-row') is not None
    new = clerk.get(page.link('correct')).form('correction')
    assert form_data(new) and dict(form_data(new))['sender'] == sold.code(sold.customer)
    assert dict(form_data(new))['month'] == month_text(month)
    assert instance.office('auditor').get('/balances/view', id=balance).may('correct') is False


def test_a_distributor_appeals_about_a_row_of_his_own(instance, month, sold):
    form = appeal_of(sold.seller.get('/flows/rows'), 'my-flow-rows')
    assert instance.portal(sold.new_customer(), 'reporter').fetch(form).status == 404
    assert sold.seller.submit(form, 'correction-of-row', qty='12', reason='多报').errors == [('file', 'required')]
    assert sold.seller.submit(form, 'correction-of-row', files=EVIDENCE, reason='多报').errors == [('qty', 'correction.same')]
    called = unique('从未上报过的医院')
    made = sold.seller.submit(form, 'correction-of-row', files=EVIDENCE, counterparty=called, qty='12', reason='客户错了')
    assert made.status == 303, made.errors
    lines = sold.seller.get(made.location).rows('correction-lines')
    assert [(r['counterparty'] == called, r['known'], Decimal(r['qty'])) for r in lines] == [(False, '', -20), (True, 'unmatched', 12)]
    again = sold.seller.submit(form, 'correction-of-row', files=EVIDENCE, qty='1', reason='又来')
    assert [c for _, c in again.errors] == ['correction.twice']
    number = instance.value('SELECT id FROM flow_correction WHERE pid = %s', made.location.split('id=')[1])
    assert instance.office('sales_manager').submit(f'/corrections/view?id={number}', 'correction-decide', decision='approve').status == 303
    name_goes_to_matching(instance, sold, called, 12)


def test_a_supplement_to_somebody_never_named_before_goes_to_matching(instance, month, sold):
    called = unique('从未上报过的诊所')
    made = sold.seller.submit('/corrections/new', 'correction', files=EVIDENCE, kind='supplement', month=month_text(month), reason='漏报')
    code = instance.value('SELECT code FROM product WHERE id = %s', sold.goods)
    assert sold.seller.submit(made.location, 'correction-line', what='sale', biz_date=TODAY.isoformat(), counterparty=called,
                              product=code, lot_no='B1', qty='7', price='12.5').status == 303
    assert sold.seller.act(sold.seller.get(made.location), 'submit').status == 303
    number = instance.value('SELECT id FROM flow_correction WHERE pid = %s', made.location.split('id=')[1])
    manager = instance.office('sales_manager')
    line, = manager.get('/corrections/view', id=number).rows('correction-lines')
    assert (line['counterparty'], line['known']) == (called, 'unmatched')
    assert manager.submit(f'/corrections/view?id={number}', 'correction-decide', decision='approve').status == 303
    name_goes_to_matching(instance, sold, called, 7)


def name_goes_to_matching(instance, sold, called, qty):
    """It waits under the key a file would give it; once decided, the row counts for whom it means."""
    name, = instance.sql("SELECT * FROM flow_name WHERE sender_id = %s AND name = %s", sold.customer, called)
    assert (name['state'], name['name_key']) == ('queued', hashlib.sha256(b'C' + called.encode() + bytes(5)).digest()[:16])
    assert name['norm'] and name['row_count'] == 1
    assert [r['name'] for r in instance.office('flow_clerk').get('/matching/', q=called).rows('matching')] == [called]
    row, = instance.sql('SELECT * FROM flow_row WHERE party_name_id = %s', name['id'])
    assert (row['party_id'], row['qty'], row['is_pure_sale']) == (None, qty, 0)
    clinic = sold.terminal()
    connection = instance.connect()
    with connection.cursor() as cursor:
        cursor.execute("CALL flow_name_decide(%s, %s, 'matched', %s, NULL, 0)", (name['id'], name['version'], clinic))
    connection.commit()
    row, = instance.sql('SELECT * FROM flow_row WHERE party_name_id = %s', name['id'])
    assert (row['party_id'], row['is_pure_sale']) == (clinic, 1)


# ---- confirmed

def test_a_distributor_confirms_his_month_and_staff_see_it(instance, month, sold):
    sold.insert('flow_source', party_id=sold.customer, kinds='sale')
    file = sold.report([(sold.hospital, sold.goods, 'B1', 20, 10)], back=0)
    instance.sql('UPDATE flow_file SET rows_matched = rows_total WHERE id = %s', file)
    clerk, code = instance.office('flow_clerk'), sold.code(sold.customer)

    def listed(**query):
        return [r['stage'] for r in clerk.get('/flowsources/', q=code, month=month_text(month), **query).rows('flowsources')]
    assert listed() == listed(stage='unconfirmed') == listed(stage='matched') == ['matched'] and listed(stage='confirmed') == []
    link = clerk.get('/periods/view', id=month).one('//p:record[@name="period"]/*[@name="unconfirmed"]').get('href')
    assert listed(**dict(p.split('=') for p in link.split('?')[1].split('&') if 'month' not in p)) == ['matched']
    page = sold.seller.get('/uploads/months')
    assert {r['month']: r['stage'] for r in page.rows('upload-months')}[month_text(month)] == 'matched'
    assert sold.seller.act(page, 'flow.confirm').status == 303
    row = {r['month']: r for r in sold.seller.get('/uploads/months').rows('upload-months')}[month_text(month)]
    assert row['stage'] == 'confirmed' and row['confirmed_at']
    assert listed() == listed(stage='confirmed') == ['confirmed'] and listed(stage='unconfirmed') == []
    again = sold.seller.post('/uploads/confirm', {'month': month_text(month)})
    assert (again.status, again.page.notices) == (422, ['error.flow.confirmed'])


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_of_appeals_and_confirmations_is_there(instance, month, sold, lang):
    sold.insert('flow_source', party_id=sold.customer, kinds='sale')
    sold.report([(sold.hospital, sold.goods, 'B1', 20, 10)], back=0)
    clerk, code = instance.office('flow_clerk', lang=lang), sold.code(sold.customer)
    row = appeal_of(clerk.get('/flows/rows', sender=code), 'flow-rows')
    for path in (row, f'/flowsources/?q={code}', f'/flowsources/view?id={sold.customer}', f'/flowsources/confirm?id={sold.customer}',
                 f'/periods/view?id={month}', f'/flows/rows?sender={code}'):
        assert '⟦' not in clerk.html(path).text_content(), path
    seller = instance.portal(sold.customer, 'reporter', lang=lang)
    for path in (appeal_of(seller.get('/flows/rows'), 'my-flow-rows'), '/flows/rows', '/uploads/', '/uploads/months'):
        assert '⟦' not in seller.html(path).text_content(), path


def test_staff_confirm_for_a_distributor(instance, month, sold):
    sold.insert('flow_source', party_id=sold.customer, kinds='sale')
    file = sold.report([(sold.hospital, sold.goods, 'B1', 20, 10)], back=0)
    clerk = instance.office('flow_clerk')
    form = clerk.get('/flowsources/view', id=sold.customer).link('flow.confirm')
    early = clerk.submit(form, 'flow-confirm', month=month_text(month), note='王会计电话')
    assert [c for _, c in early.errors] == ['flow.confirm_unmatched']
    instance.sql('UPDATE flow_file SET rows_matched = rows_total WHERE id = %s', file)
    assert clerk.submit(form, 'flow-confirm', month=month_text(month)).errors == [('note', 'required')]
    assert clerk.submit(form, 'flow-confirm', month=month_text(month), note='王会计电话').status == 303
    row = {r['month']: r for r in clerk.get('/flowsources/view', id=sold.customer).rows('flow-months')}[month_text(month)]
    assert row['stage'] == 'confirmed' and row['confirmed_at']
    assert '王会计电话' in clerk.html('/flowsources/view', id=sold.customer).text_content()
    assert instance.office('sales_rep').fetch(form).status in (403, 404)


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
    made = clerk.submit('/corrections/new', 'correction', files=EVIDENCE, sender=sender['code'], kind='supplement', month=month_text(month), reason='x')
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
    assert len(seller.get(seller.owes('cases')).rows('flowcases')) == 1
    assert seller.submit(theirs, 'case-explain', explanation='').errors == [('explanation', 'required')]
    assert seller.submit(theirs, 'case-explain', explanation='对方转诊', files={'file': ('说明.csv', b'a,b\n1,2\n')}).status == 303
    assert not seller.get(theirs)('//p:form[@name="case-explain"]') and seller.owes('cases') is None

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

"""Returns: asked for at either site, decided on by another, received, credited; what was accepted comes back once."""
from decimal import Decimal

import pytest

from lists import check_export, export
from market import day
from road import Road, page_id
from xiaoao import PNG


class Returns(Road):
    """A shipment of 40 that arrived whole, invoiced as far as a test asks."""

    def __init__(self, instance, invoiced=True, **product):
        super().__init__(instance)
        self.item = self.product(**product)
        self.lot = instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id'
                                  ' WHERE p.code = %s', self.item)
        cold = product.get('storage_class') == 'cold'
        self.shipment = self.arrived([(self.item, 40)], **({'temperature': '4'} if cold else {}))
        self.order_id = self.order_of(self.shipment)
        self.blue = self.issued(self.order_id) if invoiced else None
        self.quality = instance.office('quality')

    def ask(self, qty, client=None, files=None, **fields):
        """What the form sends; the reply."""
        client = client or self.buyer
        number = self.shipment if client.site == 'office' else self.pid('shipment', self.shipment)
        return client.submit(f'/returns/new?id={number}', 'return', files=files, **{
            'reason': 'damaged', 'qty.1': qty, **fields})

    def asked(self, qty, **more):
        """The id of a return that was accepted."""
        assert self.ask(qty, **more).status == 303
        return self.instance.value('SELECT MAX(id) FROM return_order WHERE party_id = %s', self.customer)

    def judge(self, made, decision='approve', client=None, **fields):
        return (client or self.quality).submit(f'/returns/view?id={made}', 'return-decide',
                                               decision=decision, **fields)

    def receive(self, made, **fields):
        return self.picker.submit(f'/returns/view?id={made}', 'return-receive', **fields)

    def received(self, qty, **fields):
        made = self.asked(qty)
        self.good(self.judge(made))
        self.good(self.receive(made, **fields))
        return made

    def credit(self, made):
        return self.finance.act(self.finance.get('/returns/view', id=made), 'return.credit')

    def stock(self, kind):
        return self.instance.value('SELECT COALESCE(SUM(b.qty), 0) FROM stock_balance b JOIN warehouse w'
                                   ' ON w.id = b.warehouse_id WHERE b.lot_id = %s AND w.kind = %s',
                                   self.lot, kind)

    def left(self):
        return self.instance.value('SELECT SUM(received_qty - return_qty) FROM shipment_line'
                                   ' WHERE shipment_id = %s', self.shipment)


@pytest.fixture
def road(instance):
    return Returns(instance)


def test_the_whole_road(road):
    """Asked with evidence, cut with a word, received good and bad, credited: stock, ledger and order follow."""
    owed, stock = road.balance(), road.stock('normal')
    reply = road.ask('12', files={'photo': ('破损.png', PNG, 'image/png')}, note='外箱受潮')
    assert reply.status == 303, reply.errors
    page = reply.page
    assert page.one('//p:heading/p:status').text == 'waiting' and page.may('withdraw')
    assert road.buyer.raw('GET', page.one('//p:record/p:text[@name="photo"]').get('href')).content == PNG
    made = road.instance.value('SELECT id FROM return_order WHERE pid = %s', page_id(reply.location))
    told = road.quality.get('/messages/', state='unread').rows('messages')
    assert [r['kind'] for r in told] == ['return.waiting']
    assert road.quality.get('/returns/', status='waiting', sort='-created_at').rows('returns')[0]['@id'] == str(made)

    assert road.judge(made, **{'approved.1': '10'}).errors == [('comment', 'return.why_less')]
    road.good(road.judge(made, comment='两盒仍可销售', **{'approved.1': '10'}))
    assert road.left() == 30
    page = road.buyer.get('/returns/view', id=road.pid('return_order', made))
    assert page.value('comment') == '两盒仍可销售' and not page.may('withdraw')
    row, = page.rows('return-lines')
    assert (row['qty'], row['approved_qty'], row['state']) == ('12', '10', 'partly')
    assert 'return.approved' in [r['kind'] for r in road.buyer.get('/messages/', state='unread').rows('messages')]

    assert road.receive(made, **{'good.1': '10', 'bad.1': '1'}).errors == [('good.1', 'return.more_than_approved')]
    road.good(road.receive(made, place='stock', **{'good.1': '6', 'bad.1': '3'}))
    assert road.left() == 31
    assert (road.stock('normal'), road.stock('quarantine')) == (stock + 6, 3)
    waits = road.instance.sql('SELECT qty, reason, status FROM stock_adjustment WHERE lot_id = %s', road.lot)
    assert waits == [{'qty': -3, 'reason': 'damage', 'status': 'waiting'}]
    assert road.balance() == owed and road.status_of('return_order', made) == 'received'

    reply = road.credit(made)
    road.good(reply)
    red, = reply.page.rows('return-reds')
    assert Decimal(red['amount']) == -90
    assert not reply.page.may('return.credit')
    red = int(red['@id'])
    page = road.finance.get('/invoices/view', id=red)
    assert page.one('//p:record/p:code[@name="return_no"]').get('href') == f'/returns/view?id={made}'
    road.good(road.issue(red))
    assert road.balance() == owed - 90 and road.status_of('return_order', made) == 'closed'
    row, = road.buyer.get('/returns/view', id=road.pid('return_order', made)).rows('return-lines')
    assert (row['good_qty'], row['bad_qty'], row['state']) == ('6', '3', 'received')
    order = road.instance.sql('SELECT qty_back, to_invoice, qty_issued FROM sales_order WHERE id = %s', road.order_id)[0]
    assert order == {'qty_back': 9, 'to_invoice': 0, 'qty_issued': 31}
    road.allocate(road.posted('310.00'))
    assert road.status(road.order_id) == 'closed'


def test_the_order_says_at_both_sites_what_came_back_of_each_line(road):
    def shown(client, number, name):
        return [r.get('returned_qty') for r in client.get('/orders/view', id=number).rows(name)]
    number = road.pid('sales_order', road.order_id)
    assert shown(road.rep, road.order_id, 'order-lines') == shown(road.buyer, number, 'my-lines') == [None]
    road.received('12', **{'good.1': '9', 'bad.1': '2'})
    assert shown(road.rep, road.order_id, 'order-lines') == shown(road.buyer, number, 'my-lines') == ['11']


def test_no_more_than_was_accepted_and_is_not_back(road):
    assert road.ask('41').errors == [('qty.1', 'return.more')]
    made = road.received('15', place='quarantine')
    reply = road.ask('26')
    assert reply.status == 422 and reply.errors == [('qty.1', 'return.more')]
    typed = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('return').iter('{*}field')}
    assert typed['qty.1'] == '26'
    road.asked('25')
    page = road.buyer.get('/returns/new', id=road.pid('shipment', road.shipment))
    assert page('//p:form') == [] and page.notices
    assert not road.buyer.get('/shipments/view', id=road.pid('shipment', road.shipment)).may('return.new')
    # by the database itself, whatever the form said
    with pytest.raises(Exception, match='ck_shipment_line_return_qty'):
        road.instance.sql('UPDATE shipment_line SET return_qty = 41 WHERE shipment_id = %s', road.shipment)
    assert road.status_of('return_order', made) == 'received' and road.left() == 0


@pytest.mark.parametrize('fields, error', [
    ({'qty.1': '0'}, ('qty.1', 'return.nothing')), ({'qty.1': '-1'}, ('qty.1', 'number.min')),
    ({'reason': ''}, ('reason', 'required')), ({'reason': 'bored'}, ('reason', 'choice'))])
def test_what_is_wanted_is_said_beside_its_field(road, fields, error):
    reply = road.ask('1', **fields)
    assert reply.status == 422 and reply.errors[0][0] == error[0]
    assert road.instance.value('SELECT COUNT(*) FROM return_order WHERE party_id = %s', road.customer) == 0


def test_a_double_click_makes_one(road):
    page = road.buyer.get('/returns/new', id=road.pid('shipment', road.shipment))
    first = road.buyer.submit(page, 'return', reason='wrong', **{'qty.1': '5'})
    again = road.buyer.submit(page, 'return', reason='wrong', **{'qty.1': '5'})
    assert first.status == again.status == 303 and first.location == again.location
    assert road.left() == 35


def test_taken_back_while_nobody_decided(road):
    made = road.asked('5')
    page = road.buyer.get('/returns/view', id=road.pid('return_order', made))
    road.good(road.buyer.act(page, 'withdraw'))
    assert road.left() == 40 and road.status_of('return_order', made) == 'withdrawn'
    made = road.asked('5')
    page = road.buyer.get('/returns/view', id=road.pid('return_order', made))
    road.good(road.judge(made, 'reject', comment='非本批'))
    assert road.left() == 40 and road.buyer.act(page, 'withdraw').status == 409


def test_nobody_decides_what_he_asked_for(road):
    """The manager asks in the customer's name: he may not decide, who else may does, and the customer is told."""
    made = road.asked('5', client=road.manager)
    page = road.manager.get('/returns/view', id=made)
    assert page('//p:form[@name="return-decide"]') == []
    reply = road.manager.post('/returns/decide', {'id': made, 'decision': 'approve', 'approved.1': '5'})
    assert reply.status == 422 and road.status_of('return_order', made) == 'waiting'
    road.good(road.judge(made))
    assert [r['kind'] for r in road.buyer.get('/messages/', state='unread').rows('messages')
            if r['kind'].startswith('return.')] == ['return.approved']
    row, = road.buyer.get('/returns/').rows('my-returns')
    assert row['status'] == 'approved'


def test_decided_and_received_once(road):
    made = road.asked('5')
    page = road.quality.get('/returns/view', id=made)
    road.good(road.quality.submit(page, 'return-decide', decision='approve'))
    assert road.instance.office('quality').post(
        '/returns/decide', {'id': made, 'decision': 'reject', 'comment': 'x', 'approved.1': '5'}).status == 409
    road.good(road.receive(made))
    assert road.instance.office('logistics').post(
        '/returns/receive', {'id': made, 'received_on': str(day(0)), 'place': 'stock', 'good.1': '5'}).status == 409
    assert road.stock('quarantine') == 5


def test_nothing_came(road):
    made = road.asked('5')
    road.good(road.judge(made))
    assert road.receive(made, **{'good.1': '0'}).errors == [('receipt_note', 'return.empty')]
    road.good(road.receive(made, receipt_note='承运商丢失', **{'good.1': '0'}))
    assert road.left() == 40 and road.status_of('return_order', made) == 'closed'


def test_what_needs_cold_goes_to_quarantine(instance):
    road = Returns(instance, storage_class='cold')
    made = road.asked('5')
    road.good(road.judge(made))
    assert road.receive(made, place='stock').errors == [('place', 'return.quarantine')]
    road.good(road.receive(made, place='quarantine'))
    assert road.stock('quarantine') == 5


def test_goods_not_invoiced_need_no_red_invoice(instance):
    road = Returns(instance, invoiced=False)
    made = road.received('15', place='stock')
    assert road.status_of('return_order', made) == 'closed'
    blue = road.issued(road.order_id)
    assert road.instance.value('SELECT qty FROM invoice_line WHERE invoice_id = %s', blue) == 25
    assert road.balance() == 250


def test_two_invoices_are_corrected_each_as_far_as_it_goes(instance):
    road = Returns(instance, invoiced=False)
    # a first invoice over 40, 30 of them taken back by a red one and invoiced anew
    first = road.issued(road.order_id)
    road.good(road.issue(road.good(road.finance.submit(f'/invoices/red?id={first}', 'red', reason='开票信息有误',
                                                       **{'qty.1': '30'}))))
    second = road.issued(road.order_id)
    made = road.received('25', place='stock')
    reds = road.credit(made).page.rows('return-reds')
    assert [Decimal(r['amount']) for r in reds] == [-100, -150]
    assert [road.instance.value('SELECT red_of_id FROM invoice WHERE id = %s', r['@id']) for r in reds] == [first, second]
    # given up: it is credited again
    road.good(road.finance.act(road.finance.get('/invoices/view', id=reds[1]['@id']), 'void'))
    road.good(road.issue(int(reds[0]['@id'])))
    assert road.status_of('return_order', made) == 'received'
    reply = road.credit(made)
    last = [r for r in reply.page.rows('return-reds') if r['status'] == 'to_issue']
    assert [Decimal(r['amount']) for r in last] == [-150]
    road.good(road.issue(int(last[0]['@id'])))
    assert road.status_of('return_order', made) == 'closed' and road.balance() == 150


def test_an_invoice_that_waits_for_its_number_is_said(instance):
    road = Returns(instance, invoiced=False)
    draft = road.to_issue(road.order_id)
    made = road.received('5', place='stock')
    assert road.credit(made).status == 422
    road.good(road.finance.act(road.finance.get('/invoices/view', id=draft), 'void'))
    assert road.status_of('return_order', made) == 'closed'


def test_a_recall_counts_what_came_back(road):
    recall = road.good(road.quality.submit(f'/recalls/new?lot={road.lot}', 'recall', **{
        'class': 'II', 'reason': '溶出度不合格', 'measures': '退回'}))
    road.good(road.quality.act(road.quality.get('/recalls/view', id=recall), 'recall.notify'))
    made = road.asked('20', reason='recall')
    road.good(road.judge(made))
    assert road.receive(made, place='stock').errors == [('place', 'return.quarantine')]
    road.good(road.receive(made, place='quarantine'))
    row, = road.quality.get('/recalls/view', id=recall).rows('recall-holders')
    assert Decimal(row['returned']) == 20
    row, = road.quality.get('/recalls/', q=road.instance.value('SELECT lot_no FROM lot WHERE id = %s', road.lot)).rows('recalls')
    assert (Decimal(row['returned']), row['recovery']) == (20, '0.5000')
    notice, = road.buyer.get('/recalls/').rows('my-recalls')
    assert road.buyer.submit(notice['@href'], 'recall-reply', on_hand='0', returned='19').errors == [
        ('returned', 'recall.received')]
    assert road.buyer.submit(notice['@href'], 'recall-reply', on_hand='0', returned='40').status == 303


def test_another_companys_is_unknown(road, instance):
    made = road.asked('5')
    other = Returns(instance)
    number, shipment = road.pid('return_order', made), road.pid('shipment', road.shipment)
    for path in (f'view?id={number}', f'new?id={shipment}'):
        assert other.buyer.fetch(f'/returns/{path}').status == 404
    assert other.buyer.post('/returns/withdraw', {'id': number}).status == 404
    assert other.buyer.post('/returns/ask', {'id': shipment, 'reason': 'other', 'qty.1': '1'}).status == 404
    assert other.buyer.get('/returns/').rows('my-returns') == []
    # and of a department that is not one's own
    assert other.manager.fetch('/returns/view', id=made).status == 404
    assert other.manager.post('/returns/decide', {'id': made, 'decision': 'approve', 'approved.1': '5'}).status == 404
    assert other.manager.fetch('/returns/new', id=road.shipment).status == 404
    assert other.manager.get('/returns/').rows('returns') == []
    assert road.status_of('return_order', made) == 'waiting' and road.left() == 35


def test_who_may_what(road, instance):
    made = road.asked('5')
    accountant = instance.portal(road.customer, 'accountant')
    assert accountant.get('/returns/view', id=road.pid('return_order', made)).may('withdraw') is False
    assert accountant.fetch('/returns/new', id=road.pid('shipment', road.shipment)).status == 403
    assert road.rep.get('/returns/view', id=made)('//p:form') == []
    assert road.rep.post('/returns/decide', {'id': made, 'decision': 'approve'}).status == 403
    road.good(road.judge(made))
    assert road.quality.get('/returns/view', id=made)('//p:form') == []
    assert road.instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'return_order' AND entity_id = %s", str(made)) == 2


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(road, fmt):
    road.asked('5')
    road.asked('6')
    check_export(road.manager.get('/returns/'), 'returns', export(road.manager, '/returns/', fmt), ['return_no', 'qty'])
    check_export(road.buyer.get('/returns/'), 'my-returns', export(road.buyer, '/returns/', fmt), ['return_no', 'qty'])


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(road, instance, lang):
    waiting, approved = road.asked('5'), road.asked('6')
    road.good(road.judge(approved))
    done = road.received('7', place='quarantine')
    road.good(road.credit(done))
    for role in ('quality', 'logistics', 'finance'):
        client = instance.office(role, lang=lang)
        for path in ['/returns/', '/returns/?q=0', '/', '/messages/',
                     *(f'/returns/view?id={i}' for i in (waiting, approved, done))]:
            assert '⟦' not in client.html(path).text_content(), (role, path)
    manager = instance.office('sales_manager', lang=lang, org_unit_id=road.unit)
    assert '⟦' not in manager.html(f'/returns/new?id={road.shipment}').text_content()
    assert '⟦' not in manager.html(f'/shipments/view?id={road.shipment}').text_content()
    client = instance.portal(road.customer, 'company_admin', lang=lang)
    for path in ['/returns/', '/returns/?q=0', '/messages/', f'/returns/new?id={road.pid("shipment", road.shipment)}',
                 f'/shipments/view?id={road.pid("shipment", road.shipment)}',
                 *(f'/returns/view?id={road.pid("return_order", i)}' for i in (waiting, approved, done))]:
        assert '⟦' not in client.html(path).text_content(), path

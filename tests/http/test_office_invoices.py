"""Invoices of the back office: made of what was shipped, issued once, corrected by red ones."""
import pytest

from lists import check_export, export, walk
from market import day, money
from road import Road, number_of, page_id


@pytest.fixture(scope='module')
def shared(instance):
    """Four invoices, one of them red, for tests that only look."""
    made = Road(instance)
    code = made.product(price='11.30')
    blue = made.issued([(code, 40)])
    red = made.good(made.finance.submit(f'/invoices/red?id={blue}', 'red', reason='价格有误',
                                        **{'qty.1': '10'}))
    made.all = [blue, red, made.issued([(code, 7)]), made.to_issue([(code, 5)])]
    return made


def invoice(road, made):
    return road.instance.sql('SELECT * FROM invoice WHERE id = %s', made)[0]


# ---- list

def test_newest_first_and_only_own(shared):
    rows = shared.rep.get('/invoices/').rows('invoices')
    assert [int(r['@id']) for r in rows] == shared.all[::-1]


@pytest.mark.parametrize('query, n', [
    ({'status': 'issued'}, 2), ({'status': 'to_issue'}, 2), ({'kind': 'red'}, 1),
    ({'kind': 'blue', 'status': 'issued'}, 2), ({'from': str(day(1))}, 0), ({'to': str(day(0))}, 4)])
def test_filters(shared, query, n):
    assert len(shared.rep.get('/invoices/', **query).rows('invoices')) == n


def test_found_by_its_numbers(shared):
    row = invoice(shared, shared.all[2])
    for text in (row['doc_no'], row['invoice_no']):
        found = shared.manager.get('/invoices/', q=text).rows('invoices')
        assert [r['doc_no'] for r in found] == [row['doc_no']]


@pytest.mark.parametrize('sort', ['created_at', '-created_at', 'amount', '-amount', 'doc_no'])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    seen = walk(shared.rep, '/invoices/', 'invoices', size=1, sort=sort)
    assert sorted(map(int, seen)) == sorted(shared.all)


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    page = shared.rep.get('/invoices/', kind='blue')
    check_export(page, 'invoices', export(shared.rep, '/invoices/', fmt, kind='blue'),
                 ['doc_no', 'invoice_no', 'issued_on', 'amount', 'open_amount'])


# ---- made of what was shipped

def test_what_is_shipped_and_not_invoiced_is_due(road):
    shipment = road.shipped([(road.product(price='10.00'), 40)])
    order = road.order_of(shipment)
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    page = road.finance.get('/invoices/due', q=number)
    row = page.rows('invoices-due')[0]
    assert (row['qty_shipped'], row['qty_invoiced']) == ('40', '0')
    made = road.good(road.finance.act(page, 'invoice.new'))
    assert invoice(road, made)['amount'] == money('400.00')
    assert road.finance.get('/invoices/due', q=number).rows('invoices-due') == []


def invoiced(road, order):
    """Quantity and amount on the order's page, its answer in the list, and quantity in the portal."""
    page = road.finance.get('/orders/view', id=order)
    meters = {m.get('name'): m.get('value') for m in page('//p:record[@name="answers"]/p:meter')}
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    mine = road.buyer.get('/orders/view', id=road.pid('sales_order', order))
    return (page.rows('order-lines')[0]['invoiced_qty'], meters['invoiced'],
            road.finance.get('/orders/', q=number).rows('orders')[0]['invoiced'],
            mine.rows('my-lines')[0]['invoiced_qty'])


def test_quantity_and_amount_invoiced_are_those_of_issued_invoices(road):
    order = road.order_of(road.shipped([(road.product(price='10.00'), 40)]))
    made = road.to_issue(order)
    form = road.finance.get('/invoices/view', id=made).form('issue')
    assert form.xpath('.//*[@name="issued_on"]')[0].findtext('{*}value') == str(day(0))
    assert invoiced(road, order) == ('0', '0.00', 'none', '0')
    road.good(road.issue(made))
    assert invoiced(road, order) == ('40', '400.00', 'all', '40')
    red = road.good(road.finance.submit(f'/invoices/red?id={made}', 'red', reason='退货', **{'qty.1': '10'}))
    assert invoiced(road, order) == ('40', '400.00', 'all', '40')
    road.good(road.issue(red))
    assert invoiced(road, order) == ('30', '300.00', 'part', '30')


def test_only_what_was_shipped_is_invoiced(road):
    code = road.product(price='10.00', stock=30)
    shipment = road.shipped([(code, 40)])
    made = road.to_issue(road.order_of(shipment))
    assert invoice(road, made)['amount'] == money('300.00')


def test_nothing_is_invoiced_twice(road):
    order = road.order_of(road.shipped([(road.product(), 40)]))
    road.to_issue(order)
    reply = road.finance.post('/invoices/new', {'id': order})
    assert reply.status == 422 and 'error.invoice.nothing' in reply.page.notices


def test_net_and_tax_sum_to_the_gross(road):
    made = road.to_issue([(road.product(price='3.3333'), 7), (road.product(price='0.0199'), 3)])
    row = invoice(road, made)
    assert row['net_amount'] + row['tax_amount'] == row['amount']
    lines = road.finance.get('/invoices/view', id=made).rows('invoice-lines')
    assert sum(money(line['amount']) for line in lines) == row['amount']
    assert sum(money(line['net_amount']) for line in lines) == row['net_amount']


# ---- issued

def test_issued_it_is_in_the_ledger_once(road):
    made = road.to_issue([(road.product(price='10.00'), 40)])
    page = road.finance.get('/invoices/view', id=made)
    number = number_of()
    reply = road.finance.submit(page, 'issue', invoice_no=number, issued_on=day(0))
    assert reply.status == 303 and road.balance() == money('400.00')
    # the same form sent again is answered, and changes nothing; another comes too late
    assert road.finance.submit(page, 'issue', invoice_no=number, issued_on=day(0)).status == 303
    late = road.finance.post('/invoices/issue', {'id': made, 'invoice_no': number_of(),
                                                 'issued_on': day(0)})
    assert late.status == 409 and road.balance() == money('400.00')
    assert invoice(road, made)['invoice_no'] == number


@pytest.mark.parametrize('field, value, code', [
    ('invoice_no', '', 'required'), ('invoice_no', 'ABC', 'invoice.number'),
    ('invoice_no', '1234567', 'invoice.number'), ('invoice_no', '1' * 21, 'length'),
    ('issued_on', str(day(1)), 'date.future'), ('issued_on', '31.12.2025', 'date')])
def test_wrong_numbers_stand_beside_their_field(road, field, value, code):
    made = road.to_issue([(road.product(), 4)])
    reply = road.issue(made, **{'invoice_code': '044001', field: value})
    assert reply.status == 422 and len(reply.errors) == 1
    assert reply.errors[0][0] == field and code.split('.')[0] in reply.errors[0][1]
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('issue').iter('{*}field')}
    assert kept['invoice_code'] == '044001' and (kept[field] or '') == value
    assert invoice(road, made)['status'] == 'to_issue' and road.balance() == 0


def test_a_number_is_given_once(road):
    number = number_of()
    road.good(road.issue(road.to_issue([(road.product(), 4)]), invoice_no=number))
    second = road.to_issue([(road.product(), 4)])
    reply = road.issue(second, invoice_no=number)
    assert reply.status == 422 and reply.errors[0][0] == 'invoice_no'
    assert invoice(road, second)['status'] == 'to_issue'


def test_the_way_at_the_tax_platform(road):
    made = road.to_issue([(road.product(), 4)])
    view = f'/invoices/view?id={made}'
    assert road.finance.submit(view, 'request', request_no='R-1').status == 303
    assert road.finance.submit(view, 'fail', reason='税号不符').status == 303
    assert invoice(road, made)['status'] == 'failed'
    assert road.finance.submit(view, 'request', request_no='R-2').status == 303
    assert road.issue(made).status == 303
    assert road.finance.post('/invoices/fail', {'id': made, 'reason': 'x'}).status == 409


def test_one_given_up_may_be_made_again(road):
    order = road.order_of(road.shipped([(road.product(), 40)]))
    made = road.to_issue(order)
    page = road.finance.get('/invoices/view', id=made)
    assert road.finance.act(page, 'void').status == 303
    assert road.to_issue(order) != made
    issued = road.issued([(road.product(), 4)])
    assert road.finance.post('/invoices/void', {'id': issued}).status == 409


# ---- red

def test_a_red_invoice_takes_quantities_back(road):
    blue = road.issued([(road.product(price='10.00'), 40), (road.product(price='5.00'), 10)])
    reply = road.finance.submit(f'/invoices/red?id={blue}', 'red', reason='退货',
                                **{'qty.1': '15', 'qty.2': '0'})
    red = page_id(reply.location)
    assert invoice(road, red)['amount'] == money('-150.00')
    assert road.balance() == money('450.00')
    road.good(road.issue(red))
    assert road.balance() == money('300.00')
    page = road.finance.get('/invoices/view', id=blue)
    assert [r['red_qty'] for r in page.rows('invoice-lines')] == ['15', '0']
    assert page.value('open_amount') == '300.00'
    left = road.finance.get('/invoices/red', id=blue)
    assert left.texts('//p:grid/p:row/p:qty[@name="left_qty"]') == ['25', '10']


@pytest.mark.parametrize('quantities, field', [
    ({'qty.1': '41'}, 'qty.1'), ({'qty.1': '-1'}, 'qty.1'), ({'qty.1': 'x'}, 'qty.1'),
    ({'qty.1': '0'}, None), ({'reason': ''}, 'reason')])
def test_a_red_invoice_refuses(road, quantities, field):
    blue = road.issued([(road.product(), 40)])
    reply = road.finance.submit(f'/invoices/red?id={blue}', 'red',
                                **{'reason': '退货', 'qty.1': '1', **quantities})
    assert reply.status == 422, reply
    assert (field in [f for f, _ in reply.errors]) if field else \
        'error.invoice.nothing' in reply.page.notices
    assert road.instance.value('SELECT COUNT(*) FROM invoice WHERE red_of_id = %s', blue) == 0
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('red').iter('{*}field')}
    assert kept['qty.1'] == quantities.get('qty.1', '1')


def test_never_more_red_than_blue_in_all(road):
    blue = road.issued([(road.product(), 40)])
    path = f'/invoices/red?id={blue}'
    assert road.finance.submit(path, 'red', reason='a', **{'qty.1': '30'}).status == 303
    reply = road.finance.submit(path, 'red', reason='b', **{'qty.1': '11'})
    assert reply.status == 422 and reply.errors[0][0] == 'qty.1'
    assert road.finance.submit(path, 'red', reason='b', **{'qty.1': '10'}).status == 303


def test_a_blue_one_that_is_not_issued_has_no_red_one(road):
    blue = road.to_issue([(road.product(), 4)])
    assert not road.finance.get('/invoices/view', id=blue).may('red')
    reply = road.finance.post('/invoices/red', {'id': blue, 'reason': 'x', 'qty.1': '1'})
    assert reply.status in (409, 422)


# ---- who

def test_others_may_look_or_not_at_all(shared, instance):
    page = shared.rep.get('/invoices/view', id=shared.all[3])
    assert not page('//p:form') and not page.may('void')
    assert shared.rep.post('/invoices/issue', {'id': shared.all[3]}).status == 403
    assert Road(instance).rep.fetch('/invoices/view', id=shared.all[0]).status == 404
    assert instance.office('logistics').fetch('/invoices/').status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.office('finance', lang=lang)
    for path in ['/invoices/', '/invoices/due', f'/invoices/red?id={shared.all[0]}',
                 *(f'/invoices/view?id={i}' for i in shared.all)]:
        assert '⟦' not in client.html(path).text_content(), path

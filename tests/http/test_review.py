"""What a reader of the code with an attacker's eyes tried: writes on rows out of scope, rights
that rise by a detour, answers that say more than they should."""
import pytest

from road import Road
from xiaoao import unique


@pytest.fixture(scope='module')
def road(instance):
    return Road(instance)


@pytest.fixture(scope='module')
def narrow(instance):
    """A role with every right of the trade, but only over one's own customers."""
    code = unique('narrow')
    instance.sql("INSERT INTO role (site, code, name, row_scope) VALUES ('office', %s, %s, 'own')",
                 code, code)
    role = instance.value("SELECT id FROM role WHERE site = 'office' AND code = %s", code)
    instance.sql("INSERT INTO role_permission (role_id, permission) SELECT %s, name FROM permission"
                 " WHERE FIND_IN_SET('office', site)", role)
    return instance.office(code)


# ---- writes stay within the customers one may see

def test_picking_out_of_scope_is_unknown(road, narrow):
    order = road.approved([(road.product(), 5)])
    for route in ('allocate', 'create'):
        assert narrow.post(f'/picking/{route}', {'id': order}).status == 404
    assert road.instance.value('SELECT COUNT(*) FROM shipment WHERE order_id = %s', order) == 0


def test_shipment_out_of_scope_is_unknown(road, narrow):
    shipment = road.picked([(road.product(), 5)])
    for route, fields in (('cancel', {}), ('ship', {'carrier': 'x', 'cases': '1'}),
                          ('track', {'kind': 'transit'})):
        assert narrow.post(f'/shipments/{route}', {'id': shipment, **fields}).status == 404
    assert road.status_of('shipment', shipment) == 'picking'


def test_invoice_out_of_scope_is_unknown(road, narrow):
    shipment = road.shipped([(road.product(), 5)])
    order = road.order_of(shipment)
    assert narrow.post('/invoices/new', {'id': order}).status == 404
    invoice = road.to_issue(order)
    for route, fields in (('request', {'request_no': '1'}), ('void', {}),
                          ('fail', {'reason': 'x'}), ('red', {'reason': 'x', 'qty.1': '1'}),
                          ('issue', {'invoice_no': '12345678', 'issued_on': '2026-01-01'})):
        assert narrow.post(f'/invoices/{route}', {'id': invoice, **fields}).status == 404, route
    assert road.status_of('invoice', invoice) == 'to_issue'


def test_receipt_out_of_scope_is_unknown(road, narrow):
    receipt = road.good(road.new_receipt('10.00'))
    for route, fields in (('post', {}), ('accept', {'note': 'x'}), ('reverse', {'note': 'x'}),
                          ('allocate', {'amount.1': '1.00'}), ('unallocate', {'allocation': '1'})):
        assert narrow.post(f'/receipts/{route}', {'id': receipt, **fields}).status == 404, route
    assert road.status_of('receipt', receipt) == 'draft'


def test_an_allocation_is_undone_only_on_its_own_receipt(road):
    road.issued([(road.product(), 1)])
    paid = road.posted('10.00')
    road.good(road.allocate(paid))
    allocation = road.instance.value('SELECT id FROM allocation WHERE receipt_id = %s', paid)
    other = road.posted('5.00')
    assert road.cashier.post('/receipts/unallocate',
                             {'id': other, 'allocation': allocation}).status == 404
    assert road.instance.value('SELECT allocated FROM receipt WHERE id = %s', paid) > 0


# ---- nor do lookups name other people's customers

@pytest.mark.parametrize('route', ['parties', 'all'])
def test_suggestions_stay_in_scope(road, narrow, route):
    name = road.instance.value('SELECT name FROM party WHERE id = %s', road.customer)

    def offered(client):
        return name in client.fetch(f'/suggest/{route}', party=road.code()).response.text
    assert offered(road.finance)
    assert not offered(narrow)


# ---- a company's people

def test_nobody_opens_the_account_of_one_above_him(road, instance):
    """company.edit alone made a link to set the administrator's password."""
    code = unique('hr')
    instance.sql("INSERT INTO role (site, code, name) VALUES ('portal', %s, %s)", code, code)
    role = instance.value("SELECT id FROM role WHERE code = %s", code)
    instance.sql("INSERT INTO role_permission (role_id, permission) VALUES"
                 " (%s, 'company.view'), (%s, 'company.edit')", role, role)
    clerk = instance.portal(road.customer, code)
    boss = instance.user('portal', 'company_admin', party=road.customer)
    peer = instance.user('portal', code, party=road.customer)
    assert clerk.post('/company/link', {'id': boss['id']}).status in (422, 403)
    assert instance.value('SELECT COUNT(*) FROM password_reset WHERE user_id = %s', boss['id']) == 0
    assert clerk.post('/company/link', {'id': peer['id']}).status == 200


# ---- a key remembers where its answer led, however long that address is

def test_a_long_view_is_kept_once(road):
    query = 'q=' + 'x' * 190 + '&cols=' + ','.join(['order_no', 'customer', 'amount', 'placed_at']) + \
        '&customer=' + 'y' * 190
    fields = {'at': '/', 'query': query, 'name': unique('view'), '_key': unique('key')}
    first = road.rep.post('/orders/views', fields, follow=False)
    assert first.status == 303, first.errors
    again = road.rep.post('/orders/views', fields, follow=False)
    assert (again.status, again.location) == (303, first.location)

"""What a reader of the code with an attacker's eyes tried: writes on rows out of scope, rights
that rise by a detour, answers that say more than they should."""
import pymysql
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
                          ('track', {'kind': 'transit', 'carrier': 'x'})):
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


# ---- an id of a form is one of the same company

@pytest.fixture(scope='module')
def branches(road):
    """One of this company, one of another."""
    mine = road.insert('party', code=unique('B')[:20], name='本店', parent_id=road.customer)
    other = road.insert('party', code=unique('B')[:20], name='别家店', parent_id=road.new_customer())
    return mine, other


def test_a_portal_user_is_of_a_branch_of_his_company(road, branches):
    mine, other = branches
    fields = {'name': '店员', 'buyer': '1', 'locale': 'zh-CN'}
    login = unique('clerk')
    path = f'/portalusers/edit?party={road.customer}'
    reply = road.manager.submit(path, 'portal-user', login=login, branch_id=other, **fields)
    assert (reply.status, reply.errors) == (422, [('branch_id', 'choice')])
    assert reply.page.texts('//p:field[@name="name"]/p:value') == ['店员']
    reply = road.manager.submit(path, 'portal-user', login=login, branch_id=mine, **fields)
    assert reply.status == 303, reply.errors
    made = road.instance.value('SELECT id FROM app_user WHERE login = %s', login)
    page = road.manager.get('/portalusers/edit', id=made)
    reply = road.manager.submit(page, 'portal-user', branch_id=other)
    assert (reply.status, reply.errors) == (422, [('branch_id', 'choice')])
    assert road.instance.value('SELECT branch_id FROM app_user WHERE id = %s', made) == mine


def test_an_address_is_of_a_branch_of_its_company(road, branches):
    mine, other = branches
    path = f'/customers/address?party={road.customer}'
    fields = {'name': '药库', 'contact': '李四', 'phone': '13800000000', 'address': '西路 2 号',
              'status': 'active'}
    reply = road.manager.submit(path, 'address', branch_id=other, **fields)
    assert (reply.status, reply.errors) == (422, [('branch_id', 'choice')])
    assert road.manager.submit(path, 'address', branch_id=mine, **fields).status == 303


@pytest.mark.parametrize('table', ['app_user', 'party_address'])
def test_the_database_knows_whose_branch_it_is(road, branches, table):
    mine, other = branches
    where = f"party_id = {road.customer} AND branch_id IS NULL LIMIT 1"
    with pytest.raises(pymysql.err.IntegrityError, match=f'fk_{table}_branch_id'):
        road.instance.sql(f'UPDATE {table} SET branch_id = %s WHERE {where}', other)


def test_an_order_goes_to_an_address_of_its_customer(road):
    other = road.instance.value('SELECT id FROM party_address WHERE party_id = %s', road.new_customer())
    reply = road.enter([(road.product(), 5)], address=other)
    assert (reply.status, reply.errors) == (422, [('address', 'choice')])


def test_the_office_keeps_the_branch_of_an_order(road, branches):
    mine, _ = branches
    order = road.order([(road.product(), 5)], then='save')
    road.instance.sql('UPDATE sales_order SET branch_id = %s WHERE id = %s', mine, order)
    reply = road.rep.submit(f'/entry/?id={order}', 'order-entry', note='电话改单', then='save')
    assert reply.status == 303, reply.errors
    assert road.instance.value('SELECT branch_id FROM sales_order WHERE id = %s', order) == mine


def test_a_rule_names_people_who_may_approve(road, instance):
    buyer = instance.user('portal', 'buyer', party=road.customer)
    role = instance.value("SELECT MIN(id) FROM role WHERE site = 'portal'")
    boss = instance.office('admin')
    for field, value in (('user_id', buyer['id']), ('role_id', role)):
        reply = boss.submit('/rules/edit', 'approval-rule', code=unique('R')[:20], name='规则',
                            level='1', status='closed', **{field: value})
        assert (reply.status, reply.errors) == (422, [(field, 'choice')])


def test_money_is_recorded_for_customers_one_may_see(road, narrow):
    reply = road.new_receipt('10.00', client=narrow)
    assert (reply.status, reply.errors) == (422, [('customer', 'customer.unknown')])


def test_a_shared_list_is_not_taken_over(road, instance):
    maker = instance.portal(road.customer, 'buyer')
    colleague = instance.portal(road.customer, 'buyer')
    place = maker.submit('/lists/edit', 'list', name=unique('清单'),
                         **{'code.1': road.product(), 'qty.1': '5'}).location
    page = colleague.get(place)
    assert 'private' not in page('//p:form[@name="list"]//p:field/@name')
    reply = colleague.submit(page, 'list', private='1')
    assert reply.status == 422 and 'error.list.maker' in reply.page.notices
    assert maker.get(place) and colleague.submit(page, 'list').status == 303
    assert maker.submit(place, 'list', private='1').status == 303
    assert colleague.fetch(place).status == 404

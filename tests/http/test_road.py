"""The whole road of an order, as the people of each role walk it, and the same account at its end."""
import pytest

from lists import export
from market import Market, day, money
from road import Road, number_of, page_id
from xiaoao import PNG, unique


@pytest.fixture
def market(instance):
    return Market(instance)


def person(instance, site, role, **columns):
    """Signed in through the real form, as anybody is."""
    user = instance.user(site, role, **columns)
    client = instance.client(site)
    reply = client.sign_in(user['login'], user['password'])
    assert (reply.status, reply.location) == (303, '/home/')
    client.user = user
    return client


def statement(page):
    """What a statement says: its sums, lines and open items, without the ids of a site."""
    sums = [(c.get('name'), c.text) for c in page.one('//p:record[@name="statement"]')]
    rows = [{k: v for k, v in row.items() if k[0] != '@'}
            for name in ('statement', 'open-items') for row in page.rows(name)]
    return sums, rows


def answers(page):
    return {s.get('name'): s.get('state') for s in page('//p:steps/p:step')}


def test_from_the_quick_order_to_the_last_fen(market, instance):
    cheap, dear = market.product(price='12.3456', stock=500), market.product(price='150.00', stock=2000)
    party = market.customer
    buyer = person(instance, 'portal', 'buyer', party=party)
    receiver = person(instance, 'portal', 'receiver', party=party)
    accountant = person(instance, 'portal', 'accountant', party=party)
    manager = person(instance, 'office', 'sales_manager', org_unit_id=market.unit)
    finance = person(instance, 'office', 'finance')
    picker = person(instance, 'office', 'logistics')
    checker = person(instance, 'office', 'warehouse_check')
    cashier = person(instance, 'office', 'finance')

    # the distributor writes an order of his own: 333 x 12.3456 + 1000 x 150
    page = buyer.get('/entry/')
    form = page('//p:form')[0].get('name')
    total = '154111.08'
    reply = buyer.submit(page, form, action='order.submit', po_no=unique('PO'), expected=total,
                         wanted_on=day(3), **{'code.1': cheap, 'qty.1': '333',
                                              'code.2': dear, 'qty.2': '1000'})
    assert reply.status == 303, (reply, reply.response.text[:3000])
    mine = reply.location
    order = instance.value('SELECT id FROM sales_order WHERE pid = %s', page_id(mine))
    assert reply.page.one('//p:record/p:money[@name="amount"]').text == total
    assert answers(reply.page)['submitted'] == 'done' and answers(reply.page)['approved'] == 'current'

    # above 100,000 two approve: sales, then finance, who could not before
    assert market.step(order)
    for client in (manager, finance):
        other = finance if client is manager else manager
        step = market.step(order)
        assert not other.get('/approvals/', open=step)('//p:form[@name="decision"]')
        page = client.get('/approvals/', open=step)
        assert client.submit(page, 'decision', action='approve', comment='同意').status == 303
    assert answers(buyer.get(mine))['approved'] == 'done'

    # logistics picks, somebody else lets it out
    number = instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    row = picker.get('/picking/', q=number).rows('picking')[0]
    page = picker.get(row['@href'])
    shipment = page_id(picker.act(page, 'shipment.create').location)
    assert receiver.get('/shipments/').rows('shipments') == [], 'a pick list is ours alone'
    done = checker.submit(f'/shipments/view?id={shipment}', 'ship', carrier='顺丰', tracking_no='SF1',
                          cases='14', expected_on=day(1))
    assert done.status == 303, done

    # it arrives, three pieces broken, with a photograph
    row = receiver.get('/shipments/').rows('shipments')[0]
    arrive = receiver.get(receiver.get(row['@href']).link('arrive'))
    done = receiver.submit(arrive, 'arrive', files={'photo': ('a.png', PNG, 'image/png')},
                           arrived_on=day(0), received_by_name='王收', note='3 盒破损',
                           **{'received.1': '330', 'damaged.1': '3'})
    assert done.status == 303, done.errors
    photo = done.page.one('//p:record[@name="arrival"]/p:text[@name="photo_name"]').get('href')
    assert receiver.raw('GET', photo).content == PNG
    assert buyer.get(mine).one('//p:heading/p:status').text == 'delivered'

    # finance invoices what was received, 330 and 1000, and records the number; a cashier books
    # the money, more than it is
    due = finance.get('/invoices/due', q=number)
    invoice = page_id(finance.act(due, 'invoice.new').location)
    done = finance.submit(f'/invoices/view?id={invoice}', 'issue', invoice_no=number_of(),
                          issued_on=day(0))
    assert done.status == 303, done.errors
    done = cashier.submit('/receipts/new', 'receipt', customer=market.code(), received_on=day(0),
                          method='bank', amount='200000.00')
    receipt = done.location
    assert not done.page.may('post')        # who recorded it does not confirm it
    assert finance.act(finance.get(receipt), 'post').status == 303
    page = cashier.get(cashier.get(receipt).link('allocate.receipt'))
    assert cashier.submit(page, 'allocate').status == 303

    # both sides see one account, and the order is closed
    assert answers(buyer.get(mine)) == dict.fromkeys(
        ['submitted', 'approved', 'shipped', 'delivered', 'invoiced', 'paid'], 'done')
    assert market.status(order) == 'closed'
    period = {'from': str(day(-30)), 'to': str(day(0))}
    theirs = accountant.get('/statements/view', **period)
    ours = finance.get('/accounts/statement', id=party, **period)
    assert statement(theirs) == statement(ours)
    sums = dict(statement(theirs)[0])
    assert (sums['debit'], sums['credit'], sums['closing']) == ('154074.05', '200000.00', '-45925.95')
    for fmt in ('csv', 'xlsx'):
        assert export(accountant, '/statements/view', fmt, **period) \
            == export(finance, '/accounts/statement', fmt, id=party, **period)

    # the ledger of this customer balances, document by document
    unbalanced = instance.sql(
        'SELECT l.voucher_id FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id'
        ' WHERE v.party_id = %s GROUP BY l.voucher_id HAVING SUM(l.debit - l.credit) <> 0', party)
    assert unbalanced == ()
    assert instance.value('SELECT ledger_balance(%s, %s)', party, day(0)) == money('-45925.95')
    for code, left in ((cheap, 167), (dear, 1000)):
        assert instance.value('SELECT SUM(b.qty) FROM stock_balance b JOIN product p'
                              ' ON p.id = b.product_id WHERE p.code = %s', code) == left


def test_the_books_verify(instance):
    """Every invariant of the books holds for all that any test has done so far.

    A test that stocks its lots by hand does so without a transaction: what is wrong only for a
    moment is none of our business.
    """
    wrong = [{(r['what'], r['id']) for r in instance.sql('CALL books_verify()')} for _ in range(2)]
    assert wrong[0] & wrong[1] == set()


# ---- a hospital chain

@pytest.fixture
def chains(instance):
    """Two chains with two branches each, and stock there."""
    made = []
    for _ in range(2):
        road = Road(instance)
        chain = road.customer
        instance.sql("UPDATE customer SET buyer_role = 'chain' WHERE party_id = %s", chain)
        road.insert('party_role', party_id=chain, role='chain')
        road.license(chain)
        road.code_ = road.product(price='10.00')
        product = instance.value('SELECT id FROM product WHERE code = %s', road.code_)
        road.branches, road.lots = [], []
        for n in range(2):
            name = '分店 ' + unique('B')
            branch = road.insert('party', code=unique('B')[:20], name=name, parent_id=chain)
            lot = unique('LOT')
            road.insert('channel_stock', party_id=branch, product_id=product, lot_no=lot,
                        expires_on=day(40 + 400 * n), qty=17 + n, stock_date=day(-1))
            road.branches.append(branch)
            road.lots.append(lot)
        road.viewer = person(instance, 'portal', 'chain_viewer', party=chain)
        made.append(road)
    return made


def test_a_chain_sees_its_stock_and_nobody_elses(chains, instance):
    own, other = chains
    page = own.viewer.get('/stock/branches')
    rows = page.rows('branch-stock')
    assert sorted((r['lot_no'], r['qty'].rstrip('0').rstrip('.')) for r in rows) == sorted(
        zip(own.lots, ('17', '18')))
    assert [r['lot_no'] for r in own.viewer.get('/stock/branches', near=1).rows('branch-stock')] \
        == own.lots[:1]
    by = own.viewer.get('/stock/branches', branch=own.branches[1]).rows('branch-stock')
    assert [r['lot_no'] for r in by] == own.lots[1:]
    for foreign in (other.branches[0], other.customer):
        assert own.viewer.get('/stock/branches', branch=foreign).rows('branch-stock') == []
    assert own.viewer.get('/stock/branches', q=other.lots[0]).rows('branch-stock') == []
    for fmt in ('csv', 'xlsx'):
        table = str(export(own.viewer, '/stock/branches', fmt))
        assert all(lot in table for lot in own.lots)
        assert not any(lot in table for lot in other.lots)


def test_its_policy_shows_figures_and_lots_of_our_stock(chains):
    own = chains[0]
    row = own.viewer.get('/stock/', q=own.code_).rows('stock')[0]
    assert row['free'] == '100000' and row['first_expiry'] == str(day(500))
    lots = own.viewer.get(row['@href']).rows('stock-lots')
    assert len(lots) == 1 and lots[0]['free'] == '100000' and lots[0]['lot_no']


def test_its_purchases_are_its_own(chains):
    own, other = chains
    shipment = own.shipped([(own.code_, 40)])
    own.order_number = own.instance.value('SELECT order_no FROM sales_order WHERE id = %s',
                                          own.order_of(shipment))
    rows = own.viewer.get('/stock/history').rows('purchases')
    assert [(r['order_no'], r['shipped_qty']) for r in rows] == [(own.order_number, '40')]
    assert other.viewer.get('/stock/history').rows('purchases') == []
    for path in ('/shipments/', '/invoices/', '/statements/', '/entry/'):
        assert own.viewer.fetch(path).status == 403, path

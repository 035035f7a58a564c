"""Accounts: ageing, open items, statements, credit, collection tasks."""
import pytest

from lists import check_export, check_statement, export
from market import Market, day, money
from road import Road

BUCKETS = ('not_due', 'd30', 'd60', 'd90', 'd180', 'd365', 'older')


def owe(road, late, amount):
    """An invoice issued long ago, that many days late; put down in the books as it would be."""
    made = road.issued([(road.product(price=str(amount)), 1)])
    for table, column in (('ar_item', 'invoice_id'), ('invoice', 'id')):
        road.instance.sql(f'UPDATE {table} SET due_on = %s WHERE {column} = %s', day(-late), made)
    return made


@pytest.fixture(scope='module')
def shared(instance):
    made = Road(instance)
    code = made.product(price='10.00')
    made.invoices = [made.issued([(code, n)]) for n in (10, 20, 30)]
    made.receipt = made.posted('150.00')
    made.good(made.allocate(made.receipt))
    made.free = made.posted('25.00')
    return made


def statement(client, **query):
    return client.get('/accounts/statement', **query)


# ---- ageing

@pytest.mark.parametrize('late, bucket', [
    (-1, 'not_due'), (0, 'not_due'), (1, 'd30'), (30, 'd30'), (31, 'd60'), (60, 'd60'), (61, 'd90'),
    (90, 'd90'), (91, 'd180'), (180, 'd180'), (181, 'd365'), (365, 'd365'), (366, 'older')])
def test_the_age_of_a_debt(road, late, bucket):
    owe(road, late, 70)
    row = road.finance.get('/accounts/view', id=road.customer).rows('ageing')[0]
    assert {b: row[b] for b in BUCKETS if row[b] != '0.00'} == {bucket: '70.00'}
    assert row['balance'] == '70.00'


def ageing_pages(client, **query):
    """The pages of the ageing, from the first to the last."""
    pages = [client.get('/accounts/', **query)]
    while pages[-1]('//p:pager/@next'):
        pages.append(client.get(pages[-1]('//p:pager/@next')[0]))
    return pages


def test_ageing_sums_to_the_balance_for_every_customer(shared):
    rows = [r for page in ageing_pages(shared.finance) for r in page.rows('ageing')]
    assert len(rows) > 10
    for row in rows:
        age = sum(money(row[b]) for b in BUCKETS)
        assert age - money(row['unallocated']) == money(row['balance']), row
    mine = [r for r in rows if r['@id'] == str(shared.customer)][0]
    assert (mine['unallocated'], mine['balance']) == ('25.00', '425.00')
    assert money(mine['balance']) == shared.balance()


def test_ageing_in_pages_and_back(shared, instance):
    rep = instance.value('SELECT rep_id FROM customer c JOIN ar_item a ON a.party_id = c.party_id WHERE a.open_amount > 0'
                         ' GROUP BY rep_id ORDER BY COUNT(DISTINCT c.party_id) DESC LIMIT 1')
    whole = [r['@id'] for r in shared.finance.get('/accounts/', rep=rep).rows('ageing')]
    pages = ageing_pages(shared.finance, rep=rep, size=2)
    shown = [[r['@id'] for r in page.rows('ageing')] for page in pages]
    assert len(pages) > 1 and [len(p) for p in shown[:-1]] == [2] * (len(shown) - 1)
    assert [i for p in shown for i in p] == whole
    assert {page('//p:list/@total')[0] for page in pages} == {str(len(whole))}
    back = shared.finance.get(pages[-1]('//p:pager/@prev')[0])
    assert [r['@id'] for r in back.rows('ageing')] == shown[-2]
    assert not pages[0]('//p:pager/@prev') and not pages[-1]('//p:pager/@next')


def test_ageing_of_a_day_gone_by(shared):
    rows = [r for page in ageing_pages(shared.finance, day=str(day(-30))) for r in page.rows('ageing')]
    assert len(rows) > 5 and str(shared.customer) not in [r['@id'] for r in rows]
    for row in rows:
        assert sum(money(row[b]) for b in BUCKETS) - money(row['unallocated']) == money(row['balance'])
        assert money(row['balance']) == shared.instance.value(
            'SELECT ledger_balance(%s, %s)', row['@id'], day(-30))


def test_a_representative_sees_only_his_customers(shared, instance):
    rows = shared.rep.get('/accounts/').rows('ageing')
    assert [r['@id'] for r in rows] == [str(shared.customer)]
    # asking for another's shows nobody's
    other = instance.value('SELECT rep_id FROM customer WHERE rep_id <> %s LIMIT 1',
                           shared.rep.user['id'])
    assert shared.rep.get('/accounts/', rep=other).rows('ageing') == []
    assert Road(instance).rep.fetch('/accounts/view', id=shared.customer).status == 404
    assert Road(instance).rep.fetch('/accounts/statement', id=shared.customer).status == 404


def test_a_manager_sees_the_customers_of_his_department(instance):
    unit = Market(instance)
    lines = '[{"account":"1122","party":%d,"debit":"50.00"},{"account":"4104","credit":"50.00"}]' % unit.customer
    instance.sql("CALL voucher_post(%s, %s, 'opening', 'opening', 1, 'QC', NULL, %s, @v)", unit.customer, day(-10), lines)
    unit.insert('ar_item', party_id=unit.customer, kind='opening', doc_no='QC', biz_date=day(-10), due_on=day(-5),
                amount='50.00')
    for when in ({}, {'day': str(day(-1))}):
        seen = [r['@id'] for r in instance.office('sales_manager', org_unit_id=unit.unit)
                .get('/accounts/', **when).rows('ageing')]
        assert seen == [str(unit.customer)]


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_of_the_ageing(shared, fmt):
    check_export(shared.rep.get('/accounts/'), 'ageing', export(shared.rep, '/accounts/', fmt),
                 [*BUCKETS, 'unallocated', 'balance'])


# ---- one account

def test_open_items_and_credit(shared):
    page = shared.finance.get('/accounts/view', id=shared.customer)
    items = page.rows('open-items')
    assert [(i['amount'], i['open_amount']) for i in items] == [('200.00', '150.00'),
                                                               ('300.00', '300.00')]
    credit = {c.get('name'): c.text for c in page.one('//p:record[@name="credit"]')}
    assert credit['credit_limit'] == '1000000.00'
    assert money(credit['available']) == money(credit['credit_limit']) - money(credit['exposure'])
    assert money(credit['exposure']) == shared.balance()


# ---- statement

def test_the_statement_closes_with_the_balance(shared):
    page = statement(shared.finance, id=shared.customer)
    sums = {c.get('name'): c.text for c in page.one('//p:record[@name="statement"]')}
    assert (sums['opening'], sums['debit'], sums['credit'], sums['closing']) == (
        '0.00', '600.00', '175.00', '425.00')
    rows = page.rows('statement')
    assert len(rows) == 5
    running = money(sums['opening'])
    for row in rows:
        running += money(row['debit']) - money(row['credit'])
        assert money(row['balance']) == running
    assert running == money(sums['closing']) == shared.balance()
    assert sum(money(r['open_amount']) for r in page.rows('open-items')) == running + 25


@pytest.mark.parametrize('months', [1, 2, 5])
def test_any_period_continues_the_one_before(shared, instance, months):
    party = instance.value("SELECT party_id FROM voucher_line WHERE account_code = '1122'"
                           ' GROUP BY party_id ORDER BY COUNT(*) DESC LIMIT 1')
    cuts = [day(-30 * months * k) for k in range(4, -1, -1)]
    closing = None
    for first, last in zip(cuts, cuts[1:]):
        page = statement(shared.finance, **{'id': party, 'from': first + (day(1) - day(0)),
                                            'to': last})
        sums = {c.get('name'): c.text for c in page.one('//p:record[@name="statement"]')}
        assert closing is None or sums['opening'] == closing
        closing = sums['closing']
        assert money(closing) == instance.value('SELECT ledger_balance(%s, %s)', party, last)
        rows = page.rows('statement')
        assert all(str(first) < r['biz_date'] <= str(last) for r in rows)
        assert not rows or rows[-1]['balance'] == closing


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_statement_as_a_file(shared, instance, fmt):
    party = instance.value("SELECT party_id FROM voucher_line WHERE account_code = '1122'"
                           ' GROUP BY party_id ORDER BY COUNT(*) DESC LIMIT 1')
    query = {'id': party, 'from': day(-400), 'to': day(-20)}
    page = statement(shared.finance, **query)
    assert len(page.rows('statement')) > 5
    check_statement(page, export(shared.finance, '/accounts/statement', fmt, **query))


@pytest.mark.parametrize('query', [{'from': '2026-02-30'}, {'to': 'gestern'}, {'from': "' OR 1"}])
def test_a_period_that_is_none(shared, query):
    reply = shared.finance.fetch('/accounts/statement', id=shared.customer, **query)
    assert reply.status in (200, 400, 422)
    assert 'SQL' not in reply.response.text


def test_a_period_that_ends_before_it_begins_is_empty(shared):
    page = statement(shared.finance, **{'id': shared.customer, 'from': day(0), 'to': day(-9)})
    assert page.rows('statement') == []


# ---- collection tasks

def test_a_task_and_its_promise(shared):
    view = f'/accounts/view?id={shared.customer}'
    collector = shared.instance.office('finance')
    page = collector.get(view)
    wrong = collector.submit(page, 'collection-new', due_on='', amount='x', note='打电话')
    assert wrong.status == 422 and [f for f, _ in wrong.errors] == ['due_on', 'amount']
    done = collector.submit(page, 'collection-new', due_on=day(3), amount='100.00', note='打电话')
    assert done.status == 303
    row = done.page.rows('collection')[0]
    assert (row['amount'], row['status']) == ('100.00', 'open')
    task = collector.get(row['@href'])
    needs = collector.submit(task, 'collection-task', status='promised')
    assert needs.status == 422 and needs.errors == [('promised_on', 'required')]
    other = collector.get(row['@href'])
    assert collector.submit(task, 'collection-task', status='promised',
                            promised_on=day(5)).status == 303
    stale = collector.submit(other, 'collection-task', status='dropped')
    assert stale.status == 409
    assert shared.instance.value('SELECT status FROM collection_task WHERE party_id = %s',
                                 shared.customer) == 'promised'
    listed, = collector.get('/accounts/tasks', status='live', whose='others', q=shared.code()).rows('collection-tasks')
    assert (listed['amount'], listed['status'], listed['@href']) == ('100.00', 'promised', row['@href'])
    for away in ({'status': 'done'}, {'whose': 'mine'}):
        assert collector.get('/accounts/tasks', q=shared.code(), **away).rows('collection-tasks') == []


# ---- the hold on who is late

def test_who_is_late_does_not_get_goods(road):
    shipment = road.picked([(road.product(), 4)])
    owe(road, 200, 50)
    reply = road.ship(shipment)
    assert reply.status == 422 and 'error.credit.exceeded' in reply.page.notices
    assert reply.page.texts('//p:notice[@key="error.credit.exceeded"]/p:money[@name="overdue"]') == ['50.00']


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.office('finance_manager', lang=lang)
    for path in ('/accounts/', f'/accounts/view?id={shared.customer}',
                 f'/accounts/statement?id={shared.customer}'):
        assert '⟦' not in client.html(path).text_content(), path

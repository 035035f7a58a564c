"""Invoices in the portal: blue and red, what is open, what settled it."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road


@pytest.fixture(scope='module')
def shared(instance):
    """Open, paid, corrected, overdue and still to be issued."""
    made = Road(instance)
    code = made.product(price='10.00')
    made.blue = {name: made.issued([(code, n)])
                 for name, n in (('paid', 10), ('open', 20), ('fixed', 30), ('late', 40))}
    made.receipt = made.posted('100.00')
    made.good(made.allocate(made.receipt, **{f'amount.{made.item(made.blue["paid"])}': '100.00'}))
    made.red = made.good(made.finance.submit(f'/invoices/red?id={made.blue["fixed"]}', 'red',
                                             reason='退货', **{'qty.1': '10'}))
    made.good(made.issue(made.red))
    made.draft = made.to_issue([(code, 5)])
    for table, column in (('ar_item', 'invoice_id'), ('invoice', 'id')):
        instance.sql(f'UPDATE {table} SET due_on = %s WHERE {column} = %s', day(-5), made.blue['late'])
    made.all = [*made.blue.values(), made.red, made.draft]
    made.pids = {i: str(made.pid('invoice', i)) for i in made.all}
    return made


def found(road, **query):
    return [r['@id'] for r in road.buyer.get('/invoices/', **query).rows('invoices')]


def test_newest_first(shared):
    assert found(shared) == [shared.pids[i] for i in reversed(shared.all)]


def test_filters(shared):
    pids, blue = shared.pids, shared.blue
    assert found(shared, status='paid') == [pids[shared.red], pids[blue['paid']]] \
        or pids[blue['paid']] in found(shared, status='paid')
    assert found(shared, status='overdue') == [pids[blue['late']]]
    assert found(shared, status='red') == [pids[shared.red]]
    assert found(shared, status='to_issue') == [pids[shared.draft]]
    number = shared.instance.value('SELECT invoice_no FROM invoice WHERE id = %s', blue['open'])
    assert found(shared, q=number) == [pids[blue['open']]]
    assert found(shared, to=str(day(-1))) == []


@pytest.mark.parametrize('sort', [d + c for c in ('created_at', 'issued_on', 'due_on', 'amount',
                                                  'invoice_no') for d in ('', '-')])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    assert sorted(walk(shared.buyer, '/invoices/', 'invoices', size=2, sort=sort)) \
        == sorted(shared.pids.values())


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    check_export(shared.buyer.get('/invoices/', status='blue'), 'invoices',
                 export(shared.buyer, '/invoices/', fmt, status='blue'),
                 ['order_no', 'issued_on', 'amount', 'open_amount', 'due_on'])


def test_the_page_says_what_settled_it(shared):
    page = shared.buyer.get('/invoices/view', id=shared.pids[shared.blue['paid']])
    number = shared.instance.value('SELECT receipt_no FROM receipt WHERE id = %s', shared.receipt)
    row = page.rows('settlements')[0]
    assert (row['doc_no'], row['amount']) == (number, '100.00')
    assert page.value('open_amount') == '0.00'
    fixed = shared.buyer.get('/invoices/view', id=shared.pids[shared.blue['fixed']])
    assert fixed.value('open_amount') == '200.00'
    assert fixed.rows('invoice-lines')[0]['red_qty'] == '10'


def test_a_red_one_leads_to_its_blue(shared):
    page = shared.buyer.get('/invoices/view', id=shared.pids[shared.red])
    href = page.one('//p:code[@name="red_of_no"]').get('href')
    assert href.endswith(shared.pids[shared.blue['fixed']])
    assert shared.buyer.get(href)


def test_known_by_a_random_number_and_to_its_company_only(shared, instance):
    other = Road(instance).buyer
    for made in shared.all:
        assert shared.buyer.fetch('/invoices/view', id=made).status == 404
        assert other.fetch('/invoices/view', id=shared.pids[made]).status == 404
    assert other.get('/invoices/').rows('invoices') == []
    assert instance.portal(shared.customer, 'receiver').fetch('/invoices/').status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.portal(shared.customer, 'accountant', lang=lang)
    for path in ['/invoices/', '/invoices/?q=none',
                 *(f'/invoices/view?id={p}' for p in shared.pids.values())]:
        assert '⟦' not in client.html(path).text_content(), path

"""Receipts: recorded, posted, allocated to invoices, undone by reversing rows."""
import pymysql
import pytest

from lists import check_export, export, walk
from market import day, money
from road import Road
from xiaoao import unique


@pytest.fixture
def owing(road):
    """A customer with open invoices over 100, 200 and 300."""
    code = road.product(price='10.00')
    road.invoices = [road.issued([(code, n)]) for n in (10, 20, 30)]
    road.items = [road.item(i) for i in road.invoices]
    return road


@pytest.fixture(scope='module')
def shared(instance):
    made = Road(instance)
    made.all = [made.posted('100.00'), made.posted('250.00', reference=unique('REF')),
                made.good(made.new_receipt('70.00')),
                made.good(made.new_receipt('30.00', payer_name='路人甲'))]
    return made


def receipt(road, made):
    return road.instance.sql('SELECT * FROM receipt WHERE id = %s', made)[0]


def open_amounts(road):
    return [road.instance.value('SELECT open_amount FROM ar_item WHERE id = %s', i)
            for i in road.items]


# ---- list

def test_filters_and_views(shared):
    def found(**query):
        # money nobody has claimed yet is shown to everybody
        rows = shared.rep.get('/receipts/', **{'customer': shared.code(), **query}).rows('receipts')
        return sorted(int(r['@id']) for r in rows)
    a, b, c, d = shared.all
    assert found() == sorted(shared.all)
    assert found(status='draft') == [c, d]
    assert found(rest='open') == [a, b]
    assert found(customer='NO-SUCH') == []
    assert found(q=receipt(shared, b)['reference']) == [b]
    assert found(q='路人甲') == [d]
    assert found(to=str(day(-1))) == []


@pytest.mark.parametrize('sort', ['received_on', '-received_on', 'amount', '-amount', 'receipt_no'])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    seen = walk(shared.rep, '/receipts/', 'receipts', size=1, sort=sort, customer=shared.code())
    assert sorted(map(int, seen)) == sorted(shared.all)


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    query = {'status': 'posted', 'customer': shared.code()}
    check_export(shared.rep.get('/receipts/', **query), 'receipts',
                 export(shared.rep, '/receipts/', fmt, **query),
                 ['receipt_no', 'received_on', 'amount', 'allocated', 'rest'])


# ---- recorded and posted

@pytest.mark.parametrize('field, value', [
    ('amount', ''), ('amount', '-1'), ('amount', '0'), ('amount', '1,5x'), ('amount', '1e3'),
    ('received_on', str(day(1))), ('received_on', '2026-13-01'), ('customer', 'NO-SUCH'),
    ('method', 'gold'), ('payer_name', 'x' * 121)])
def test_wrong_input_stands_beside_its_field_and_is_kept(road, field, value):
    reply = road.new_receipt(**{'amount': '100', 'note': '备注', field: value})
    assert reply.status == 422, reply
    assert reply.errors[0][0] == field
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('receipt').iter('{*}field')}
    assert kept['note'] == '备注'
    if field != 'method':
        assert (kept[field] or '') == value
    assert road.instance.value('SELECT COUNT(*) FROM receipt WHERE party_id = %s', road.customer) == 0


def test_it_counts_when_posted_and_only_once(road):
    made = road.good(road.new_receipt('123.45'))
    assert road.balance() == 0
    page = road.finance.get('/receipts/view', id=made)
    assert road.finance.act(page, 'post').status == 303
    assert road.balance() == money('-123.45')
    assert road.finance.post('/receipts/post', {'id': made}).status == 409
    assert road.balance() == money('-123.45')
    record = road.cashier.get('/receipts/view', id=made).one('//p:record[@name="receipt"]')
    assert record.findtext('{*}text[@name="posted_by_name"]')


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_who_recorded_it_does_not_confirm_it(road, lang):
    made = road.good(road.new_receipt('77.00'))
    road.cashier.http.headers['Accept-Language'] = lang
    page = road.cashier.get('/receipts/view', id=made)
    assert page('//p:action[@rel="post"]/@disabled') == ['receipt.own']
    own = road.cashier.post('/receipts/post', {'id': made})
    assert own.status == 422 and 'error.receipt.own' in own.page.notices
    assert '⟦' not in road.cashier.html('/receipts/view', id=made).text_content()
    assert receipt(road, made)['status'] == 'draft' and road.balance() == 0
    with pytest.raises(pymysql.err.OperationalError, match='ck_receipt_posted_by'):
        road.instance.sql("UPDATE receipt SET status = 'posted', posted_by = created_by WHERE id = %s", made)


def test_unallocated_money_is_shown_as_such(road):
    road.posted('80.00')
    page = road.finance.get('/accounts/view', id=road.customer)
    row = page.rows('ageing')[0]
    assert (row['unallocated'], row['balance']) == ('80.00', '-80.00')


# ---- allocated

def test_oldest_first_is_proposed_and_done(owing):
    made = owing.posted('250.00')
    page = owing.cashier.get('/receipts/allocate', id=made)
    assert page('//p:grid//p:field/@name') == [f'amount.{i}' for i in owing.items[:2]]
    assert page.texts('//p:grid//p:field/p:value') == ['100.00', '150.00']
    assert owing.cashier.submit(page, 'allocate').status == 303
    assert open_amounts(owing) == [0, 50, 300]
    assert receipt(owing, made)['open_amount'] == 0
    assert owing.balance() == money('350.00')


def test_by_the_numbers_in_the_remittance(owing):
    number = owing.instance.value('SELECT invoice_no FROM invoice WHERE id = %s', owing.invoices[2])
    made = owing.posted('300.00', reference=f'货款 {number}')
    page = owing.cashier.get('/receipts/allocate', id=made, how='reference')
    assert page('//p:grid//p:field/@name') == [f'amount.{owing.items[2]}']
    assert owing.cashier.submit(page, 'allocate').status == 303
    assert open_amounts(owing) == [100, 200, 0]


def test_by_the_one_set_that_fits(owing):
    made = owing.posted('400.00')
    page = owing.cashier.get('/receipts/allocate', id=made, how='match')
    assert page('//p:grid//p:field/@name') == [f'amount.{owing.items[i]}' for i in (0, 2)]
    # 300 is one of them, or two: nothing is guessed
    other = owing.posted('300.00')
    page = owing.cashier.get('/receipts/allocate', id=other, how='match')
    assert page('//p:grid//p:field/@name') == []


def test_by_hand(owing):
    made = owing.posted('250.00')
    page = owing.cashier.get('/receipts/allocate', id=made, how='hand')
    assert len(page('//p:grid/p:row')) == 3
    reply = owing.cashier.submit(page, 'allocate', **{
        f'amount.{owing.items[1]}': '0.01', f'amount.{owing.items[2]}': '99.99'})
    assert reply.status == 303
    assert open_amounts(owing) == [100, money('199.99'), money('200.01')]
    assert receipt(owing, made)['open_amount'] == 150


@pytest.mark.parametrize('amounts, item, code', [
    (['100.01'], 0, 'item.less'), (['-1.00'], 0, 'amount'), (['x'], 0, ''),
    (['100.00', '151.00'], 1, 'receipt.short')])
def test_more_than_is_open_is_refused_and_kept(owing, amounts, item, code):
    made = owing.posted('250.00')
    page = owing.cashier.get('/receipts/allocate', id=made, how='hand')
    given = {f'amount.{i}': a for i, a in zip(owing.items, amounts)}
    reply = owing.cashier.submit(page, 'allocate', **given)
    assert reply.status == 422, reply
    field, error = reply.errors[0]
    assert field == f'amount.{owing.items[item]}' and error.startswith(code)
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page('//p:grid//p:field')}
    assert {k: kept[k] for k in given} == given
    assert open_amounts(owing) == [100, 200, 300] and receipt(owing, made)['allocated'] == 0


def test_another_customers_invoice_is_no_item_of_this_one(owing, instance):
    other = Road(instance)
    foreign = other.item(other.issued([(other.product(), 10)]))
    made = owing.posted('50.00')
    reply = owing.cashier.post('/receipts/allocate', {'id': made, f'amount.{foreign}': '10.00'})
    assert reply.status == 422
    assert instance.value('SELECT settled FROM ar_item WHERE id = %s', foreign) == 0


def test_undone_once_by_a_reversing_row(owing):
    made = owing.posted('100.00')
    page = owing.allocate(made).page
    assert open_amounts(owing)[0] == 0
    allocation = owing.instance.value('SELECT id FROM allocation WHERE receipt_id = %s', made)
    assert owing.cashier.act(page, 'undo').status == 303
    assert open_amounts(owing) == [100, 200, 300] and receipt(owing, made)['allocated'] == 0
    again = owing.cashier.post('/receipts/unallocate', {'id': made, 'allocation': allocation})
    assert again.status == 409
    rows = owing.instance.sql('SELECT amount FROM allocation WHERE receipt_id = %s', made)
    assert sorted(r['amount'] for r in rows) == [-100, 100]
    assert not owing.cashier.get('/receipts/view', id=made).may('undo')


def test_reversed_only_when_it_is_free(owing):
    made = owing.posted('100.00')
    page = owing.cashier.get('/receipts/view', id=made)
    owing.allocate(made)
    late = owing.cashier.submit(page, 'receipt-reverse', note='录错')
    assert late.status == 422 and 'error.receipt.allocated' in late.page.notices
    owing.cashier.act(owing.cashier.get('/receipts/view', id=made), 'undo')
    reply = owing.cashier.submit(f'/receipts/view?id={made}', 'receipt-reverse', note='录错')
    assert reply.status == 303 and receipt(owing, made)['status'] == 'reversed'
    assert owing.balance() == money('600.00')


# ---- money from somebody else's account is held

def test_a_strange_payer_is_held_until_another_accepts(owing):
    made = owing.posted('100.00', payer_name='路人甲', payer_account='6222000')
    page = owing.cashier.get('/receipts/view', id=made)
    assert not page.may('allocate.receipt')
    held = owing.cashier.get('/receipts/', customer=owing.code(), rest='held').rows('receipts')
    assert [int(r['@id']) for r in held] == [made]
    reply = owing.cashier.post('/receipts/allocate', {'id': made, f'amount.{owing.items[0]}': '1.00'})
    assert reply.status == 422 and open_amounts(owing)[0] == 100
    own = owing.cashier.submit(page, 'payer-accept', note='是我')
    assert own.status == 422 and 'error.approve.own' in own.page.notices
    done = owing.finance.submit(f'/receipts/view?id={made}', 'payer-accept', note='老板个人账户')
    assert done.status == 303
    assert owing.allocate(made).status == 303 and open_amounts(owing)[0] == 0


# ---- who

def test_others_may_look_or_not_at_all(shared, instance):
    page = shared.rep.get('/receipts/view', id=shared.all[2])
    assert not page.may('post') and not page.may('create')
    assert shared.rep.post('/receipts/post', {'id': shared.all[2]}).status == 403
    assert Road(instance).rep.fetch('/receipts/view', id=shared.all[0]).status == 404
    assert instance.office('logistics').fetch('/receipts/').status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.office('finance', lang=lang)
    for path in ['/receipts/', '/receipts/?rest=held', '/receipts/new',
                 *(f'/receipts/view?id={i}' for i in shared.all),
                 *(f'/receipts/allocate?id={shared.all[0]}&how={h}'
                   for h in ('oldest', 'match', 'reference', 'hand'))]:
        assert '⟦' not in client.html(path).text_content(), path

"""Statements in the portal: the account as finance sees it, for any period."""
import urllib.parse

import pytest

from lists import check_statement, export
from market import day, money
from road import Road

BUCKETS = ('not_due', 'd30', 'd60', 'd90', 'd180', 'd365', 'older')


@pytest.fixture(scope='module')
def shared(instance):
    made = Road(instance)
    code = made.product(price='10.01')
    for n in (10, 20):
        made.issued([(code, n)])
    made.good(made.allocate(made.posted('150.00')))
    made.accountant = instance.portal(made.customer, 'accountant')
    return made


@pytest.fixture(scope='module')
def old(instance):
    """The accountant of the demo company's customer with the most behind it."""
    party = instance.value(
        "SELECT l.party_id FROM voucher_line l JOIN customer c ON c.party_id = l.party_id"
        " JOIN party p ON p.id = c.party_id WHERE l.account_code = '1122' AND p.code LIKE 'D%%'"
        ' GROUP BY l.party_id ORDER BY COUNT(*) DESC LIMIT 1')
    client = instance.portal(party, 'accountant')
    client.party = party
    return client


def test_the_account_today(shared):
    page = shared.accountant.get('/statements/')
    row = page.rows('ageing')[0]
    assert row['balance'] == '150.30' and money(row['balance']) == shared.balance()
    assert sum(money(row[b]) for b in BUCKETS) - money(row['unallocated']) == money(row['balance'])
    assert sum(money(i['open_amount']) for i in page.rows('open-items')) == money('150.30')


def test_months_follow_one_another(old, instance):
    rows = old.get('/statements/').rows('statement-months')
    assert len(rows) > 3
    for newer, older in zip(rows, rows[1:]):
        assert newer['opening'] == older['closing']
    for row in rows:
        assert money(row['opening']) + money(row['debit']) - money(row['credit']) == money(row['closing'])
    page = old.get(rows[1]['@href'])
    sums = {c.get('name'): c.text for c in page.one('//p:record[@name="statement"]')}
    assert {k: sums[k] for k in ('opening', 'debit', 'credit', 'closing')} == {
        k: rows[1][k] for k in ('opening', 'debit', 'credit', 'closing')}


@pytest.mark.parametrize('first, last', [(-400, 0), (-120, -60), (-33, -1), (0, 0), (5, 9)])
def test_any_period_is_what_finance_sees(old, instance, first, last):
    period = {'from': str(day(first)), 'to': str(day(last))}
    theirs = old.get('/statements/view', **period)
    ours = instance.office('finance').get('/accounts/statement', id=old.party, **period)
    for name in ('statement', 'open-items'):
        assert [{k: v for k, v in r.items() if k[0] != '@'} for r in theirs.rows(name)] \
            == [{k: v for k, v in r.items() if k[0] != '@'} for r in ours.rows(name)]
    assert [(c.get('name'), c.text) for c in theirs.one('//p:record[@name="statement"]')] \
        == [(c.get('name'), c.text) for c in ours.one('//p:record[@name="statement"]')]


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_as_a_file_it_is_the_page(old, fmt):
    period = {'from': str(day(-400)), 'to': str(day(-3))}
    page = old.get('/statements/view', **period)
    assert len(page.rows('statement')) > 5
    check_statement(page, export(old, '/statements/view', fmt, **period))


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_a_period_without_movements_has_its_balance(old, instance, fmt):
    period = {'from': str(day(5)), 'to': str(day(9))}
    page = old.get('/statements/view', **period)
    assert page.rows('statement') == [] and page(f'//p:list[@name="statement"]/p:link[contains(@href, "format={fmt}")]')
    assert page('//p:list[@name="statement"]/p:totals')
    check_statement(page, export(old, '/statements/view', fmt, **period))
    name = urllib.parse.unquote(old.raw('GET', '/statements/view', params={**period, 'format': fmt}).headers['Content-Disposition'])
    assert instance.value('SELECT name FROM party WHERE id = %s', old.party) in name and f'{day(5)} {day(9)}.{fmt}' in name


def test_it_prints_on_a_page_with_room_for_both_seals(old):
    page = old.get('/statements/view')
    assert page.root.get('paper') == 'portrait' and page.one('//p:record[@kind="seals"]') is not None
    assert page.may('print')


def test_an_id_in_the_address_changes_nothing(shared, old, instance):
    """The company comes with the session; a parameter that is no field of the page is refused."""
    for name in ('id', 'party', 'party_id', 'customer'):
        reply = shared.accountant.fetch('/statements/view', **{name: old.party})
        assert reply.status == 400 or dict(
            (c.get('name'), c.text) for c in reply.page.one('//p:record[@name="statement"]')
        )['closing'] == '150.30', name


def test_who_may(shared, instance):
    for role, status in (('company_admin', 200), ('buyer', 403), ('receiver', 403)):
        client = instance.portal(shared.customer, role)
        assert client.fetch('/statements/').status == status, role
        assert client.fetch('/statements/view').status == status, role


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(old, instance, lang):
    client = instance.portal(old.party, 'accountant', lang=lang)
    for path in ('/statements/', '/statements/view', '/statements/view?from=2020-01-01'):
        assert '⟦' not in client.html(path).text_content(), path

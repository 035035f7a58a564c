"""Rebates: tiers, locked months, two people, credited once, differences only, reproducible."""
import datetime
import decimal

import pymysql
import pytest

from flowrows import FlowRows, month, period
from market import TODAY, day, money
from road import number_of
from xiaoao import unique

# A month that the demo company has locked long since: locking a later one would be felt by other tests.
LAST = (TODAY.replace(day=1) - datetime.timedelta(days=70)).replace(day=1) - datetime.timedelta(days=1)
PERIOD = int(f'{LAST:%Y%m}')
D = decimal.Decimal


class Season(FlowRows):
    """A customer group of one, with purchases of a month that is locked."""

    def __init__(self, instance):
        super().__init__(instance)
        self.group = self.insert('customer_group', code=unique('G')[:20], name='返利组')
        instance.sql('UPDATE customer SET group_id = %s, credit_limit = 9000000, terms_days = 400 WHERE party_id = %s', self.group,
                     self.customer)
        self.code_ = self.product(price='100.00')
        self.maker = instance.office('product_manager')
        self.boss = instance.office('finance_manager')

    def buy(self, qty):
        invoice = self.to_issue([(self.code_, qty)])
        self.instance.sql("CALL invoice_issue(%s, '', %s, %s)", invoice, number_of(), LAST)
        return invoice

    def policy(self, **fields):
        """Tiers of DOMAIN 3.6: 1 % to 10,000, 2 % to 30,000, 3 % above."""
        return self.insert('rebate_policy', **{
            'code': unique('R')[:20], 'name': '测试返利', 'base': 'purchase_amount', 'method': 'incremental',
            'span': 'month', 'group_id': self.group, 'from1': 0, 'rate1': 1, 'from2': 10000, 'rate2': 2,
            'from3': 30000, 'rate3': 3, 'valid_from': day(-400), 'status': 'active', **fields})

    def compute(self, policy, client=None):
        return (client or self.maker).submit('/rebates/new', 'rebate', policy=policy, period=PERIOD)

    def run(self, policy):
        reply = self.compute(policy)
        assert reply.status == 303, (reply, reply.response.text[:1500])
        return int(reply.location.rsplit('=', 1)[1])

    def judge(self, run, client=None, action='approve', **fields):
        client = client or self.boss
        return client.submit(f'/rebates/view?id={run}', 'rebate-decide', action=action, **fields)

    def line(self, run):
        return self.instance.sql('SELECT * FROM rebate_line WHERE run_id = %s AND party_id = %s', run, self.customer)[0]


@pytest.fixture
def season(instance):
    assert instance.value('SELECT status FROM period WHERE period = %s', PERIOD) in ('locked', 'closed')
    return Season(instance)


@pytest.mark.parametrize('method, amount', [('incremental', '950.00'), ('all_unit', '1350.00')])
def test_the_tiers_of_the_rule_book(season, method, amount):
    season.buy(450)
    run = season.run(season.policy(method=method))
    line = season.line(run)
    assert (line['base'], line['amount'], line['tier']) == (D('45000'), D(amount), 3)


@pytest.mark.parametrize('fields, qty, amount, tier', [
    ({'method': 'achieve', 'target': 50000, 'from1': 80, 'rate1': 2, 'from2': 100, 'rate2': 3}, 450, '900.00', 1),
    ({'method': 'achieve', 'target': 40000, 'from1': 80, 'rate1': 2, 'from2': 100, 'rate2': 3}, 450, '1350.00', 2),
    ({'base': 'purchase_qty', 'method': 'all_unit', 'from1': 100, 'rate1': '0.5', 'from2': None, 'rate2': None}, 300,
     '150.00', 1),
])
def test_other_ways(season, fields, qty, amount, tier):
    season.buy(qty)
    fields = {'from3': None, 'rate3': None, **fields}
    line = season.line(season.run(season.policy(**fields)))
    assert (line['amount'], line['tier']) == (D(amount), tier)


def test_below_every_tier_there_is_nothing(season):
    season.buy(10)
    reply = season.compute(season.policy(method='all_unit', from1=5000))
    assert reply.status == 422 and ('period', 'rebate.nothing') in reply.errors


def test_the_cap(season):
    season.buy(100)
    line = season.line(season.run(season.policy(method='all_unit', rate1=50, from2=None, rate2=None, from3=None,
                                                rate3=None)))
    assert (line['amount'], line['capped']) == (D('1000.00'), 1)       # 10 % of 10,000


def test_credited_when_a_second_person_approves(season, instance):
    season.buy(450)
    owed = season.balance()
    policy = season.policy()
    run = season.run(policy)
    assert season.balance() == owed
    both = instance.office('product_manager', 'finance_manager')
    own = both.get('/rebates/view', id=season.run(season.policy()))
    assert own('//p:form[@name="rebate-decide"]/p:action[@rel="approve"]')
    assert season.judge(run).status == 303
    assert season.balance() == owed - 950
    line = season.line(run)
    rows = instance.sql('SELECT account_code, SUM(debit - credit) AS n FROM voucher_line WHERE voucher_id = %s'
                        ' GROUP BY account_code', line['voucher_id'])
    assert {r['account_code']: r['n'] for r in rows} == {
        '6001': D('840.71'), '2205': D('0.00'), '2221': D('109.29'), '1122': D('-950.00')}
    assert not [r for r in instance.sql('CALL books_verify()') if r['id'] == season.customer]
    accountant = instance.portal(season.customer, 'accountant')
    shown = accountant.get('/rebates/').rows('rebates')
    assert [r['due'] for r in shown] == ['950.00']
    page = accountant.get(shown[0]['@href'])
    assert sum(money(r['amount']) for r in page.rows('rebate-parts')) == 45000
    stranger = instance.portal(season.new_customer(), 'accountant')
    assert stranger.fetch(shown[0]['@href']).status == 404
    # the same again is refused, a red invoice makes a difference
    assert ('period', 'rebate.same') in season.compute(policy).errors


def test_nobody_approves_what_he_computed(season, instance):
    season.buy(450)
    both = instance.office('product_manager', 'finance_manager')
    reply = season.compute(season.policy(), both)
    run = int(reply.location.rsplit('=', 1)[1])
    page = both.get('/rebates/view', id=run)
    assert page.one('//p:form[@name="rebate-decide"]/p:action[@rel="approve"]').get('disabled') == 'approve.own'
    refused = both.post('/rebates/approve', {'id': run, '_version': 1, '_key': unique()})
    assert refused.status == 422
    assert season.status_of('rebate_run', run) == 'draft'


def test_a_rejected_run_says_why_and_credits_nothing(season):
    season.buy(450)
    owed = season.balance()
    run = season.run(season.policy())
    assert ('comment', 'required') in season.judge(run, action='reject').errors
    assert season.judge(run, action='reject', comment='政策未签').status == 303
    assert season.balance() == owed and season.status_of('rebate_run', run) == 'rejected'


def test_a_later_run_pays_the_difference(season, instance):
    season.buy(450)
    policy = season.policy()
    season.judge(season.run(policy))
    owed = season.balance()
    blue = season.buy(100)
    run = season.run(policy)
    line = season.line(run)
    assert (line['amount'], line['paid'], line['due']) == (D('1250.00'), D('950.00'), D('300.00'))
    season.judge(run)
    assert season.balance() == owed + 10000 - 300
    # reversed purchases are deducted
    red = instance.sql("SET @actor_id = %s", season.finance.user['id'])
    red = instance.sql("CALL invoice_red(%s, NULL, '退货')", blue)[0]['id']
    instance.sql("CALL invoice_issue(%s, '', %s, %s)", red, number_of(), LAST)
    line = season.line(season.run(policy))
    assert (line['amount'], line['due']) == (D('950.00'), D('-300.00'))


def test_who_left_the_policy_is_told_of_and_pays_back(season, instance):
    season.buy(450)
    policy = season.policy()
    first = season.run(policy)
    season.judge(first)
    owed = season.balance()
    assert 'rebate.again' not in season.maker.get('/rebates/view', id=first).notices
    instance.sql('UPDATE customer SET group_id = NULL WHERE party_id = %s', season.customer)
    page = season.maker.get('/rebates/view', id=first)
    assert 'rebate.again' in page.notices
    again = page.one('//p:notice/p:link[@rel="compute"]').get('href')
    assert season.maker.get(again)('//p:field[@name="policy"]/p:option[@selected]/@value') == [str(policy)]
    reply = season.maker.submit(again, 'rebate')
    assert reply.status == 303, reply.errors
    run = int(reply.location.rsplit('=', 1)[1])
    shown = season.maker.get('/rebates/view', id=run).rows('rebate-lines')
    assert [(r['due'], r['outside']) for r in shown] == [('-950.00', 'true')]
    assert season.judge(run).status == 303 and season.balance() == owed + 950
    lines = instance.portal(season.customer, 'accountant').get('/rebates/').rows('rebates')
    assert sorted(r['due'] for r in lines) == ['-950.00', '950.00']


def test_an_open_month_is_refused(season):
    this = int(f'{TODAY:%Y%m}')
    with pytest.raises(pymysql.MySQLError, match='rebate.open'):
        season.instance.sql('CALL rebate_compute(%s, %s)', season.policy(), this)


def test_a_policy_in_force_does_not_change(season, instance):
    policy = season.policy()
    with pytest.raises(pymysql.MySQLError, match='rebate.in_force'):
        instance.sql('UPDATE rebate_policy SET rate1 = 9 WHERE id = %s', policy)
    reply = season.maker.submit(f'/rebatepolicies/edit?id={policy}', 'rebate-policy', rate1='9')
    assert reply.status == 422 and ('status', 'rebate.in_force') in reply.errors
    assert season.maker.submit(f'/rebatepolicies/edit?id={policy}', 'rebate-policy', status='ended').status == 303


def fields_of(page, fixed):
    return set(page(f'//p:form/descendant::p:field[@type != "hidden"][{"" if fixed else "not"}(@fixed)]/@name'))


def test_what_a_policy_in_force_keeps_is_text(season, instance):
    policy = season.policy(from1='5000', rate1='2')
    edit = f'/rebatepolicies/edit?id={policy}'
    page = season.maker.get(edit)
    assert fields_of(page, fixed=False) == {'name', 'valid_to', 'status', 'note'}
    assert page('//p:field[@name="status"]/p:option/@value') == ['active', 'ended']
    assert 'notice.rebate-policy.fixed' in page.notices
    shown = season.maker.html('/rebatepolicies/edit', id=policy)
    assert shown.xpath('string(//output[@id="f-from1"])').strip() == '5,000'
    assert not shown.xpath('//form//*[@name="rate1" or @name="base"]')
    before = instance.sql('SELECT * FROM rebate_policy WHERE id = %s', policy)[0]
    done = season.maker.submit(page, 'rebate-policy', name='换了名称', note='说明')
    assert done.status == 303
    after = instance.sql('SELECT * FROM rebate_policy WHERE id = %s', policy)[0]
    changed = {k for k in before if before[k] != after[k]}
    assert changed - {'updated_at'} == {'name', 'note', 'version'}
    assert season.maker.submit(edit, 'rebate-policy', status='ended').status == 303
    assert fields_of(season.maker.get(edit), fixed=False) == {'name', 'valid_to', 'note'}
    assert season.maker.submit(edit, 'rebate-policy', note='终止').status == 303


def test_a_field_of_a_draft_that_is_emptied_is_missing(season):
    edit = f'/rebatepolicies/edit?id={season.policy(status="draft")}'
    page = season.maker.get(edit)
    assert fields_of(page, fixed=True) == set() and 'notice.rebate-policy.fixed' not in page.notices
    assert ('code', 'required') in season.maker.submit(page, 'rebate-policy', code='').errors


def test_a_new_policy_like_one_in_force(season, instance):
    policy = season.policy(from1='5000', rate1='2')
    href = season.maker.get(f'/rebatepolicies/edit?id={policy}').one('//p:heading/p:action[@rel="like"]').get('href')
    code = unique('R')[:20]
    assert season.maker.submit(href, 'rebate-policy', code=code, rate1='3').status == 303
    made = instance.sql('SELECT * FROM rebate_policy WHERE code = %s', code)[0]
    assert (made['status'], made['from1'], made['rate1']) == ('draft', 5000, 3)
    assert season.maker.fetch('/rebatepolicies/edit?copy=999999999').status == 404


@pytest.mark.parametrize('fields, error', [
    ({'from2': '5', 'rate2': ''}, 'ck_rebate_policy_from2'),
    ({'method': 'achieve'}, 'ck_rebate_policy_target'),
    ({'from1': '10', 'from2': '5', 'rate2': '1'}, 'ck_rebate_policy_from2'),
])
def test_a_policy_that_makes_no_sense(season, fields, error):
    page = season.maker.get('/rebatepolicies/edit')
    reply = season.maker.submit(page, 'rebate-policy', **{
        'code': unique('R')[:20], 'name': '新', 'rate1': '1', **fields})
    assert reply.status == 422 and error in [c for _, c in reply.errors], reply.errors


# ---- compensations: what they are to the fen is in test_sql_compensation.py

BACK = next(n for n in range(1, 12) if period(n) == PERIOD)


@pytest.fixture
def sold(season, instance):
    """1,000 bought at 20.00 and sold on to a hospital whose price is 15.80."""
    season.goods = season.product(price='20.00')
    season.product_id = instance.value('SELECT id FROM product WHERE code = %s', season.goods)
    invoice = season.to_issue([(season.goods, 1000)])
    instance.sql("CALL invoice_issue(%s, '', %s, %s)", invoice, number_of(), month(BACK))
    season.hospital = season.terminal()
    season.hospital_code = season.code(season.hospital)
    season.report([(season.hospital, season.product_id, 'B1', 1000, 16), (season.hospital, season.product_id, 'B1', -40, 16)],
                  back=BACK)
    assert season.maker.submit('/bidprices/edit', 'bid-price', product=season.goods, terminal=season.hospital_code, price='15.80',
                               valid_from=month(BACK), document_no='鄂采〔2026〕1号', status='active').status == 303
    return season


def test_a_chargeback_from_the_page_to_the_portal(sold, instance):
    group = sold.insert('product_group', code=unique('PG')[:20], name='中标品种')
    sold.insert('product_group_item', group_id=group, product_id=sold.product_id)
    reply = sold.maker.submit('/rebatepolicies/edit', 'rebate-policy', code=unique('R')[:20], name='中标价差', base='bid_sale',
                              method='chargeback', span='month', margin='5', group_id=sold.group, product_group_id=group, from1='',
                              valid_from=day(-400), status='active')
    assert reply.status == 303, reply.errors
    policy = instance.value('SELECT MAX(id) FROM rebate_policy WHERE group_id = %s', sold.group)
    owed = sold.balance()
    run = sold.run(policy)
    page = sold.maker.get('/rebates/line', id=sold.line(run)['id'])
    assert [(r['qty'], r['acquisition'], r['bid_price'], r['amount']) for r in page.rows('rebate-chargeback')] == [
        ('1000.0000', '20.0000', '15.8000', '4990.00'), ('-40.0000', '20.0000', '15.8000', '-199.60')]
    assert not page('//p:list[@name="rebate-tiers"]') and not page('//p:list[@name="rebate-parts"]')
    assert sold.judge(run).status == 303
    assert sold.balance() == owed - decimal.Decimal('4790.40')
    accountant = instance.portal(sold.customer, 'accountant')
    shown = accountant.get('/rebates/').rows('rebates')
    assert [r['due'] for r in shown] == ['4790.40']
    line = accountant.get(shown[0]['@href'])
    assert [r['amount'] for r in line.rows('rebate-chargeback')] == ['4990.00', '-199.60']
    lines = accountant.fetch(shown[0]['@href'] + '&format=csv').response.content.decode('utf-8-sig').splitlines()
    assert len(lines) == 3 and '15.8' in lines[1]
    stranger = instance.portal(sold.new_customer(), 'accountant')
    assert stranger.fetch(shown[0]['@href']).status == 404


def test_stock_made_good_from_the_page(season, instance):
    """500 counted on hand when the price fell on the first of the month."""
    goods = season.product(price='20.00')
    made = instance.value('SELECT id FROM product WHERE code = %s', goods)
    instance.sql('SET @bulk_load = 1')
    season.insert('flow_balance', period=PERIOD, party_id=season.customer, product_id=made, lot_no='B1', opening=500, reported=500)
    instance.sql('SET @bulk_load = NULL')
    reply = season.maker.submit('/pricechanges/edit', 'price-change', product=goods, changed_on=month(BACK), old_price='20.00',
                                new_price='17.50', document_no='调价〔2026〕3号', status='active')
    assert reply.status == 303, reply.errors
    run = season.run(season.policy(base='stock', method='protection', from1=None, rate1=None, from2=None, rate2=None, from3=None,
                                   rate3=None))
    page = season.maker.get('/rebates/line', id=season.line(run)['id'])
    assert [(r['lot_no'], r['on_hand'], r['qty'], r['amount']) for r in page.rows('rebate-protection')] == [
        ('B1', '500.0000', '500.0000', '1250.00')]


@pytest.mark.parametrize('fields, error', [
    ({'product': 'nothing'}, ('product', 'product.unknown')),
    ({'region': '99'}, ('region', 'region.unknown')),
    ({'terminal': 'nobody'}, ('terminal', 'terminal.unknown')),
    ({'price': '0'}, ('price', 'ck_bid_price_price')),
    ({'valid_to': day(-1), 'valid_from': day(0)}, ('valid_to', 'ck_bid_price_valid_to')),
])
def test_a_bid_price_that_cannot_be(season, fields, error):
    reply = season.maker.submit('/bidprices/edit', 'bid-price', **{
        'product': season.code_, 'price': '3.00', 'valid_from': day(0), 'document_no': 'D', **fields})
    assert reply.status == 422 and error in reply.errors, reply.errors


def test_one_place_for_a_bid_price_and_a_fall_that_is_one(season, instance):
    province = instance.value("SELECT code FROM region WHERE level = 1 LIMIT 1")
    terminal = season.code(season.terminal())
    reply = season.maker.submit('/bidprices/edit', 'bid-price', product=season.code_, price='3.00', valid_from=day(0), document_no='D',
                                region=province, terminal=terminal)
    assert ('terminal', 'bid.one_place') in reply.errors
    reply = season.maker.submit('/pricechanges/edit', 'price-change', product=season.code_, changed_on=day(0), old_price='3.00',
                                new_price='3.00', document_no='D')
    assert ('new_price', 'ck_price_change_new_price') in reply.errors


def test_a_price_in_force_ends_but_does_not_change(season, instance):
    assert season.maker.submit('/bidprices/edit', 'bid-price', product=season.code_, price='3.00', valid_from=day(-30), document_no='D',
                               status='active').status == 303
    made = instance.value('SELECT MAX(id) FROM bid_price WHERE product_id = (SELECT id FROM product WHERE code = %s)', season.code_)
    page = f'/bidprices/edit?id={made}'
    assert ('status', 'price.in_force') in season.maker.submit(page, 'bid-price', price='4.00').errors
    assert season.maker.submit(page, 'bid-price', valid_to=day(5)).status == 303
    assert season.maker.submit(page, 'bid-price', status='void').status == 303
    rows = season.maker.get('/bidprices/', q=season.code_).rows('bid-prices')
    assert [(r['price'], r['status']) for r in rows] == [('3.0000', 'void')]

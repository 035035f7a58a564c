"""Rebates on sales, computed again (DOMAIN 3.6): what was credited too much is taken back, to the fen, when sales are
corrected or turn out to be diversion, when more comes back than was sold, and when the distributor left the policy."""
import concurrent.futures
from decimal import Decimal as D

import pytest

from flowtruth import PERIOD, march
from sqlbed import Bed, Refused, refusal
from test_sql_compensation import Season
from xiaoao import wait_for

BEFORE = 202602
NEXT = 202604


class Sales(Season):
    def policy(self, party, **values):
        """1 % to 10,000, 2 % to 30,000, 3 % above, of what was sold."""
        self.n += 1
        return self.insert('rebate_policy', **{
            'code': 'R%d' % self.n, 'name': '流向返利', 'span': 'month', 'method': 'incremental', 'base': 'sale_amount',
            'group_id': self.root.value('SELECT group_id FROM customer WHERE party_id = %s', party), 'from1': 0, 'rate1': 1,
            'from2': 10000, 'rate2': 2, 'from3': 30000, 'rate3': 3, 'valid_from': march(-400), 'status': 'active', **values})

    def sold(self, buyer, *rows, period=PERIOD):
        """Rows of the month (amount as told), rolled up; the file."""
        return self.file(buyer, 'sale', [self.sale(1, day=d, price=amount, amount=amount) for d, amount in rows], period)

    def credited(self, policy, period=PERIOD):
        run = self.compute(policy, period=period)
        self.judge(run)
        return run

    def taken_back(self, buyer, row, qty=0):
        """An approved correction of a row: it never was (or was less); booked in the month that is open."""
        made = self.office(self.clerk).call('flow_correction_new', buyer, 'appeal', PERIOD, '退货未报')[0]['id']
        self.office(self.clerk).call('flow_correction_row', made, row, None, qty)
        self.office(self.clerk).call('flow_correction_move', made, 'waiting')
        self.office(self.finmgr).call('flow_correction_decide', made, 'approve', '属实')


@pytest.fixture(scope='module')
def t():
    """Everybody sold 45,000 in March, of which one row is 20,000, and was credited 950; what came afterwards is
    booked in April, which is locked then."""
    bed = Bed().start()
    t = Sales(bed)
    for name in ('corrected', 'diverted', 'leaver', 'same', 'returned'):
        buyer = t.buyer(name, qty=10000)
        setattr(t, name, (buyer, t.sold(buyer, (5, 25000), (15, 20000)), t.policy(buyer)))
    t.earlier = t.buyer('earlier', qty=10000, issued=march(-10))
    t.sold(t.earlier, (-5, 45000), period=BEFORE)
    t.work()
    t.settle(PERIOD, 'locked')
    t.runs = {name: t.credited(getattr(t, name)[2]) for name in ('corrected', 'diverted', 'leaver', 'same', 'returned')}
    buyer, file, _ = t.corrected
    t.taken_back(buyer, file * 10000000 + 3)
    buyer, file, _ = t.diverted
    t.case = t.insert('flow_case', period=PERIOD, party_id=buyer, product_id=t.goods, terminal_id=t.hospital, signals='territory',
                      score=80, qty=1, amount=20000, row_count=1, status='notified', notified_by=t.clerk)
    t.insert('flow_case_row', case_id=t.case, row_id=file * 10000000 + 3, book_period=PERIOD, signals='territory')
    t.office(t.finmgr).call('flow_case_decide', t.case, 1, 'confirmed', t.same[0], '跨区销售')
    t.sold(t.returned[0], (35, -12000), period=NEXT)
    t.work()
    t.settle(NEXT, 'locked')
    yield t
    bed.stop()


def again(t, run):
    return t.root.value('SELECT rebate_again(%s)', run)


def parts(t, run):
    return sum(r['amount'] for r in t.root.call('rebate_parts', t.line(run)['id']))


@pytest.mark.parametrize('name', ['corrected', 'diverted'])
def test_corrections_booked_later_take_back_what_they_were_credited(t, name):
    """45,000 gave 950; the 25,000 that are left give 400: 550 are owed again."""
    buyer, _, policy = getattr(t, name)
    first, owed = t.runs[name], t.owed(buyer)
    assert (t.line(first)['amount'], t.line(first)['due']) == (D('950.00'), D('950.00'))
    assert again(t, first)
    run = t.compute(policy)
    line = t.line(run)
    assert (line['base'], line['amount'], line['paid'], line['due'], line['outside']) == (25000, D('400.00'), D('950.00'), D('-550.00'), 0)
    # what each was computed from can still be added up
    assert (parts(t, first), parts(t, run)) == (45000, 25000)
    t.judge(run)
    assert t.owed(buyer) == owed + 550 and t.root.query('CALL books_verify()') == []
    assert not again(t, first) and not again(t, run)
    # corrections of March are no sales of April
    assert t.root.value("SELECT rebate_base(%s, %s, 'sale_amount', %s, %s, %s)", policy, buyer, NEXT, NEXT, NEXT) is None


def test_who_gets_a_diverted_sale_is_not_paid_for_it_and_nothing_differs(t):
    assert not again(t, t.runs['same'])
    assert t.root.value("SELECT rebate_base(%s, %s, 'sale_amount', %s, %s, %s)", t.same[2], t.same[0], PERIOD, PERIOD, NEXT) == 45000


def test_who_left_the_group_owes_what_he_was_credited(t):
    buyer, _, policy = t.leaver
    owed = t.owed(buyer)
    assert not again(t, t.runs['leaver'])
    t.root.query('UPDATE customer SET group_id = NULL WHERE party_id = %s', buyer)
    assert again(t, t.runs['leaver'])
    t.root.query("UPDATE rebate_policy SET status = 'ended' WHERE id = %s", policy)      # ended: its months are computed again all the same
    first = t.compute(policy)
    line = t.line(first)
    assert (line['base'], line['amount'], line['paid'], line['due'], line['outside']) == (0, 0, D('950.00'), D('-950.00'), 1)
    assert t.root.call('rebate_parts', line['id']) == []
    t.judge(first, approve=0)
    second = t.compute(policy)
    assert len({t.root.value('SELECT inputs_hash FROM rebate_run WHERE id = %s', run) for run in (first, second)}) == 1
    t.judge(second)
    assert t.owed(buyer) == owed + 950 and t.root.query('CALL books_verify()') == []
    assert not again(t, second)


def test_more_taken_back_than_sold_takes_back_by_the_same_tiers(t):
    """-12,000 in April: 10,000 at 1 %, 2,000 at 2 %."""
    buyer, _, policy = t.returned
    owed = t.owed(buyer)
    run = t.credited(policy, NEXT)
    line = t.line(run)
    assert (line['base'], line['amount'], line['due'], line['tier']) == (-12000, D('-140.00'), D('-140.00'), 2)
    assert t.owed(buyer) == owed + 140 and t.root.query('CALL books_verify()') == []


def test_a_whole_below_nothing_at_the_rate_of_its_tier(t):
    policy = t.policy(t.returned[0], method='all_unit')
    assert t.line(t.compute(policy, period=NEXT))['amount'] == D('-240.00')


def test_a_month_does_not_go_back_behind_a_run_that_stands_on_it(t):
    finmgr, second = t.office(t.finmgr), t.office(t.finmgr2)

    def version():
        return t.period(BEFORE)['version']
    t.credited(t.policy(t.earlier, base='purchase_amount'), BEFORE)         # of invoices: nothing to hinder
    policy = t.policy(t.earlier)
    assert finmgr.call('period_reopen_ask', BEFORE, version(), '漏报一份')
    run = t.compute(policy, period=BEFORE)
    no = t.root.value('SELECT run_no FROM rebate_run WHERE id = %s', run)
    early = refusal(second.call, 'period_reopen_decide', BEFORE, 1)
    assert (early.code, early.args_given) == ('period.rebate_draft', {'no': no}) and t.period(BEFORE)['status'] == 'locked'
    t.judge(run, approve=0)

    # what is being reopened is not computed meanwhile
    second.db.begin()
    second.results('CALL period_reopen_decide(%s, 1)', BEFORE)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        computed = pool.submit(t.compute, policy, period=BEFORE)
        wait_for(t.office(t.prodmgr).waits, what='the run waits for the month')
        second.db.commit()
        with pytest.raises(Refused, match='^rebate.open'):
            computed.result(20)
    assert t.period(BEFORE)['status'] == 'review'
    t.settle(BEFORE, 'locked')
    run = t.credited(policy, BEFORE)
    assert t.line(run)['due'] == D('950.00')
    late = refusal(finmgr.call, 'period_reopen_ask', BEFORE, version(), '又漏一份')
    assert (late.code, late.args_given) == ('period.rebate_approved', {'no': no[:-2] + '02'})


def test_growth_stands_on_the_year_before_and_sales_on_what_was_booked_later(t):
    run = t.compute(t.policy(t.same[0]))
    assert t.root.value('SELECT booked_to FROM rebate_run WHERE id = %s', run) == NEXT
    stands = [t.root.value('SELECT period_rebate(%s)', month) for month in (NEXT, NEXT + 1, PERIOD - 100)]
    t.judge(run, approve=0)
    assert stands == [run, None, None]
    growth = t.compute(t.policy(t.same[0], method='growth', from1=-100))
    stands = t.root.value('SELECT period_rebate(%s)', PERIOD - 100)
    t.judge(growth, approve=0)
    assert stands == growth

"""That a month is open is asked once a statement (sql/triggers/15_flow.sql): nobody can say it is, and none knows it from before."""
import pymysql
import pytest

from flowtruth import PERIOD, Flow, march
from sqlbed import Bed, Refused

ROW = ('INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id, raw_qty,'
       ' qty, flow_level) VALUES (%s, %s, 9, 1, \'sale\', 9, %s, 1, 1, 1, 1, 1)')


@pytest.fixture(scope='module')
def f():
    bed = Bed().start()
    yield Flow(bed)
    bed.stop()


def settle(f, period, status):
    for state in ('review', 'locked')[:1 + (status == 'locked')]:
        f.root.query('UPDATE period SET status = %s WHERE period = %s', state, period)


def refused(session, n, period):
    with pytest.raises(Refused) as caught:
        session.query(ROW, n, period, march(1))
    return caught.value.code


def test_a_month_locked_meanwhile_is_refused_by_the_next_statement(f):
    jobs = f.bed.session('jobs')
    jobs.query(ROW, 1, PERIOD, march(1))
    seal = jobs.value('SELECT @month_open')
    settle(f, PERIOD, 'locked')
    assert refused(jobs, 2, PERIOD) == 'flow.month_closed'
    # what was sealed before is of no use, in this session or another
    for session in (jobs, f.bed.session('jobs'), f.root):
        session.query('SET @month_open = %s', seal)
        assert refused(session, 3, PERIOD) == 'flow.month_closed'
    assert f.root.value('SELECT COUNT(*) FROM flow_row') == 1


def test_one_statement_over_two_months_asks_for_both(f):
    jobs = f.bed.session('jobs')
    many = ROW + ', (%s, %s, 9, 1, \'sale\', 9, %s, 1, 1, 1, 1, 1)'
    jobs.query(many, 11, 202601, '2026-01-01', 12, 202602, '2026-02-01')
    settle(f, 202602, 'locked')
    for first, second in ((202601, 202602), (202602, 202601)):
        with pytest.raises(Refused):
            jobs.query(many, 13, first, '2026-01-01', 14, second, '2026-01-01')
    with pytest.raises(Refused):
        f.root.query('UPDATE flow_row SET qty = 2 WHERE file_id = 9 AND book_period < %s', PERIOD)
    with pytest.raises(Refused):
        f.root.query('UPDATE flow_row SET book_period = 202602 WHERE id = 11')
    assert f.root.value('SELECT COUNT(*) FROM flow_row WHERE book_period < %s AND qty = 1', PERIOD) == 2


def test_time_does_not_stand_still_for_the_accounts_of_programs(f):
    """A seal is of a statement's beginning: who could set that could use one again."""
    for account in ('jobs', 'office', 'portal'):
        with pytest.raises(pymysql.err.OperationalError):
            f.bed.session(account).query("SET timestamp = 1700000000")


def test_the_key_is_shown_to_no_account(f):
    jobs = f.bed.session('jobs')
    jobs.query('SET profiling = 1, profiling_history_size = 100')
    jobs.query(ROW, 21, 202604, '2026-04-01')
    shown = str(jobs.query('SHOW PROFILES')) + str(jobs.query('SELECT * FROM information_schema.profiling'))
    assert 'MD5' not in shown
    for account in ('jobs', 'office', 'portal', 'login'):
        session = f.bed.session(account)
        shown = session.query("SELECT action_statement AS text FROM information_schema.triggers WHERE trigger_name LIKE 'month%'")
        assert not any(t['text'] for t in shown)
        assert session.query("SELECT * FROM information_schema.routines WHERE routine_name = 'month_seal'") == []
        for ask in ('SELECT month_seal(202604)', 'SHOW CREATE TRIGGER month_flow_row_insert', 'SHOW CREATE FUNCTION month_seal'):
            with pytest.raises(pymysql.MySQLError):
                session.query(ask)

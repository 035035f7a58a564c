"""Formulas of the trade that live in the database, against the vectors of DOMAIN 3 and 1.5."""
import datetime
import decimal

import pytest

from sqltrade import day, trade


@pytest.fixture(scope='module')
def root():
    return trade().root


D = datetime.date.fromisoformat


@pytest.mark.parametrize('kind, base, days, cut, pay, months, due', [
    ('prepaid', '2025-01-31', 0, None, None, None, '2025-01-31'),
    ('net', '2025-01-31', 30, None, None, None, '2025-03-02'),
    ('net', '2024-01-31', 30, None, None, None, '2024-03-01'),
    ('eom', '2025-01-31', 60, None, None, None, '2025-04-01'),
    ('eom', '2025-02-10', 60, None, None, None, '2025-04-29'),
    ('monthly', '2025-01-26', 0, 25, 10, 2, '2025-04-10'),
    ('monthly', '2025-01-25', 0, 25, 10, 2, '2025-03-10'),
    ('monthly', '2025-01-31', 0, 31, 31, 1, '2025-02-28'),
    ('monthly', '2024-12-31', 0, 25, 31, 1, '2025-02-28'),
])
def test_due_date_by_term(root, kind, base, days, cut, pay, months, due):
    assert root.value('SELECT term_date(%s, %s, %s, %s, %s, %s)', kind, base, days, cut, pay, months) == D(due)


def test_due_date_moves_to_the_next_working_day(root):
    root.query("REPLACE INTO calendar_day (day, working, name) VALUES ('2025-10-01', 0, '国庆'), ('2025-10-02', 0, '国庆'),"
               " ('2025-10-03', 0, '国庆'), ('2025-10-11', 1, '调休')")
    assert root.value("SELECT next_working_day('2025-10-01')") == D('2025-10-06')
    assert root.value("SELECT next_working_day('2025-10-11')") == D('2025-10-11'), 'a Saturday worked instead'
    assert root.value("SELECT next_working_day('2025-10-12')") == D('2025-10-13')


@pytest.mark.parametrize('late, bucket', [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4),
                                          (180, 4), (181, 5), (365, 5), (366, 6)])
def test_age_buckets(root, late, bucket):
    assert root.value('SELECT age_bucket(%s, %s)', day(-late), day(0)) == bucket


@pytest.mark.parametrize('gross, rate, net', [('29.97', '0.13', '26.52'), ('113.00', '0.13', '100.00'), ('0.01', '0.13', '0.01'),
                                              ('10.30', '0.03', '10.00'), ('5.00', '0', '5.00')])
def test_net_of_a_line(root, gross, rate, net):
    assert root.value('SELECT net_of(%s, %s)', gross, rate) == decimal.Decimal(net)


def test_the_printed_day_is_the_last_valid_one(root):
    assert root.value('SELECT is_expired(%s, %s)', day(0), day(0)) == 0
    assert root.value('SELECT is_expired(%s, %s)', day(-1), day(0)) == 1

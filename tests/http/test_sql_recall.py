"""Reminders of a recall go out by themselves: by the days of its class, once for each recall, holder and step (DOMAIN 4.4)."""
import datetime

import pytest

from flowtruth import Flow
from sqlbed import Bed

HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope='module')
def t():
    bed = Bed().start()
    made = Flow(bed)
    yield made
    bed.stop()


class Recall:
    """A lot that two distributors got; at the first somebody signs in who may answer, at the second nobody does."""

    def __init__(self, t, kind):
        self.t, n = t, t.n
        product = t.product()
        lot = t.lot(product, 1000)
        self.told, self.letter = t.distributor('甲%d' % n), t.distributor('乙%d' % n)
        for party in (self.told, self.letter):
            t.ship(t.approved(party, [(product, 300)]))
        self.user, _ = t.portal(self.told, 'answer%d' % n)
        self.call('recall_open', lot, kind, '含量不合格', '停售退回')
        self.id = t.root.value('SELECT id FROM recall WHERE lot_id = %s', lot)
        self.opened = self.row('recall')['opened_at']

    def call(self, name, *args):
        session = self.t.office(self.t.quality)
        marks = ', '.join(['%s'] * len(args))
        session.query(f'CALL {name}({marks}, @out)', *args)

    def row(self, table, **where):
        return self.t.root.row(f"SELECT * FROM {table} WHERE {'id' if table == 'recall' else 'recall_id'} = %s", self.id)

    def notify(self):
        self.call('recall_notify', self.id)
        self.notified = self.row('recall')['notified_at']

    def due(self, when):
        self.t.root.call('recall_remind_due', when)

    def sent(self, user, kind):
        return self.t.root.value("SELECT COUNT(*) FROM notification WHERE user_id = %s AND kind = %s AND args LIKE CONCAT('no=', %s, '%%')",
                                 user, kind, self.row('recall')['recall_no'])

    def reminded(self):
        return self.sent(self.user, 'recall.reminder'), self.sent(self.t.quality, 'recall.silent')


@pytest.mark.parametrize('kind, days', [('I', 1), ('II', 3), ('III', 7)])
def test_silent_holders_are_reminded_once_each_step_of_the_class(t, kind, days):
    recall = Recall(t, kind)
    recall.notify()
    step = days * 24 * HOUR
    recall.due(recall.notified + step - HOUR)
    assert recall.reminded() == (0, 0)
    for _ in range(3):
        recall.due(recall.notified + step + HOUR)
    assert recall.reminded() == (1, 1)
    recall.due(recall.notified + 2 * step + HOUR)
    recall.due(recall.notified + 2 * step + 2 * HOUR)
    assert recall.reminded() == (2, 2)
    # a server that was off for long asks once, not once for each step it missed
    recall.due(recall.notified + 6 * step + HOUR)
    assert recall.reminded() == (3, 3)
    assert t.root.value('SELECT GROUP_CONCAT(DISTINCT reminders) FROM recall_party WHERE recall_id = %s', recall.id) == '3'
    assert t.root.value("SELECT COUNT(*) FROM recall_event WHERE recall_id = %s AND kind = 'reminded'", recall.id) == 6


def test_who_has_answered_is_left_alone_and_an_ended_recall_is_quiet(t):
    recall = Recall(t, 'I')
    recall.notify()
    holder = t.root.value('SELECT id FROM recall_party WHERE recall_id = %s AND party_id = %s', recall.id, recall.told)
    recall.call('recall_answer_for', recall.id, holder, 10, 0, '')
    recall.due(recall.notified + 25 * HOUR)
    assert recall.reminded() == (0, 1)
    recall.call('recall_end', recall.id, recall.row('recall')['version'], 'closed', '已收回')
    recall.due(recall.notified + 99 * HOUR)
    assert recall.reminded() == (0, 1)


@pytest.mark.parametrize('kind, hours', [('I', 24), ('II', 48), ('III', 72)])
def test_the_opener_is_told_once_of_notices_and_reports_that_are_late(t, kind, hours):
    recall = Recall(t, kind)
    recall.due(recall.opened + (hours - 1) * HOUR)
    assert recall.sent(t.quality, 'recall.unsent') == 0
    for n in (1, 2, 30):
        recall.due(recall.opened + (hours + n) * HOUR)
    assert recall.sent(t.quality, 'recall.unsent') == 1
    recall.notify()
    report_by = datetime.datetime.combine(recall.row('recall')['report_by'], datetime.time())
    recall.due(report_by)                      # still that day in Shanghai
    assert recall.sent(t.quality, 'recall.unreported') == 0
    for n in (0, 1):
        recall.due(report_by + datetime.timedelta(days=1, hours=n))
    assert recall.sent(t.quality, 'recall.unreported') == 1


def test_the_database_does_it_by_itself(t):
    event = t.root.row("SELECT * FROM information_schema.events WHERE event_schema = DATABASE() AND event_name = 'recall_reminders'")
    assert event['STATUS'] == 'ENABLED' and 'recall_remind_due' in event['EVENT_DEFINITION']

"""Order under fire, short; tests/campaign is the long form."""
import threading

import fire

PROGRAMS = fire.PROGRAMS


def test_orders_under_fire(own_instance):
    rig = fire.Rig(own_instance, seed=7).run(12, every=1.5)
    assert fire.check(rig) == []
    assert len(rig.book.acknowledged) > 100, rig.summary()
    assert {'db', 'portal-entry, all'} <= {name for name, _ in rig.book.kills}, rig.summary()
    # The goal is 3 s, and is the campaign's to judge: this runs beside other tests.
    assert max(s for _, s in rig.book.kills) < 10, rig.summary()


def test_who_does_not_read_the_answer_loses_orders(own_instance):
    """Negative control: the check sees orders that were believed placed and are not."""
    rig = fire.Rig(own_instance, seed=8, buyer=fire.HastyBuyer, buyers=16, companies=4).run(6, every=1)
    assert any(w.startswith('lost:') for w in fire.check(rig)), rig.summary()

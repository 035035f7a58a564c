"""The power is cut while orders, imports, a close and rebate runs are under way, short; tests/campaign is the long form."""
import pytest

import fire
import power
from xiaoao import Instance, build_folder

WHY_NOT = power.possible()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=f'no power to cut: {WHY_NOT}')


@pytest.fixture(scope='module')
def machine():
    build = build_folder()
    made = power.Machine(build, Instance.template(build, 50))
    yield made
    made.end()


def test_what_was_acknowledged_survives_the_power_and_batches_are_whole(machine):
    for seed in (1, 2):
        rig, work, _ = power.run(machine, seed, 3, aimed=True)
        assert fire.check(rig) == []
        assert len(rig.book.acknowledged) > 5, rig.summary()
        assert {'import', 'rebate run', 'close'} <= work.doing and work.at_aim.is_set(), f'not at piece {work.aim}: {work.found()}'
        assert work.check() == [] and work.finish() == []


def test_without_waiting_for_the_disk_orders_and_batches_are_lost(machine):
    """Negative control, last: the checks see what a lazy database forgets."""
    rig, work, _ = power.run(machine, 3, 3, weak=True)
    assert any(w.startswith('lost:') for w in fire.check(rig)), rig.summary()
    assert any(w.startswith('lost:') for w in work.check()), work.summary()

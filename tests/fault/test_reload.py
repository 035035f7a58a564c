"""Rolling reload of a program that takes orders; tests/campaign is the long form."""
import fire
import reload

PROGRAMS = fire.PROGRAMS


def test_a_rolling_reload_loses_no_page_and_no_order(own_instance):
    load = reload.rolling(own_instance, 3)
    assert not load.lost, load.answers
    assert load.answers[303] > 20 and load.answers[200] > 20, load.answers


def test_killing_instead_of_draining_loses_orders(own_instance):
    """Negative control: what nobody repeats is lost, and shows."""
    load = reload.brutal(own_instance, 6)
    assert load.lost, load.answers

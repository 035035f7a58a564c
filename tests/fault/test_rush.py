"""Everybody at once, short; tests/campaign is the long form."""
import fire
import rush

PROGRAMS = fire.PROGRAMS


def test_one_key_by_many_clients_is_one_order(own_instance):
    wrong, orders, _ = rush.same_key(own_instance, 6)
    assert not wrong and orders == 6


def test_the_last_units_are_sold_once(own_instance):
    wrong, held = rush.last_units(own_instance)
    assert not wrong and held == 100

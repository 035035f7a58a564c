"""The day of business: the one in China, as business_day() of the database has it."""
import datetime

TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


def day(offset):
    return TODAY + datetime.timedelta(days=offset)

"""Sign-in of the back office: the cases of tests/lib/signin.py."""
from signin import Signin


class TestOfficeLogin(Signin):
    site = 'office'

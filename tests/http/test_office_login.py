"""Sign-in of the back office: the cases of tests/lib/signin.py."""
from signin import Signin

PROGRAMS = 'login home'


class TestOfficeLogin(Signin):
    site = 'office'

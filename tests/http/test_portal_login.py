"""Sign-in of the portal: the cases of tests/lib/signin.py."""
from signin import Signin

PROGRAMS = 'login home'


class TestPortalLogin(Signin):
    site = 'portal'

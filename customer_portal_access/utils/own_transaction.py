from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.api import SUPERUSER_ID


@contextmanager
def own_transaction(env):
    """Yield a superuser environment whose writes stand, whatever becomes of the request.

    Attempts, codes and log lines are written here: Odoo rolls a request back when
    it is refused, and runs it again after a serialization failure; neither may give
    an attempt back or count it twice. READ COMMITTED, because in Odoo's usual
    REPEATABLE READ a statement that waited for another one's lock fails instead of
    seeing what the other one wrote.

    Inside, touch no row that the request's own transaction has written.

    :param env: any environment of the database
    """
    with env.registry.cursor() as cr:
        if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield env(cr=cr, user=SUPERUSER_ID, su=True)

"""PostgresSubscriptions."""

from adapters.postgres.connection import UnitConnection
from adapters.postgres.rows import subscription_row
from adapters.postgres.statement import insert_row, update_row
from adapters.postgres.tables import subscriptions
from domain.subscriptions import Subscription

_ADD = insert_row(subscriptions)
_SAVE = update_row(subscriptions)


class PostgresSubscriptions:
    """Implements application.ports.subscriptions.Subscriptions."""

    def __init__(self, connection: UnitConnection) -> None:
        self._connection = connection

    def add(self, subscription: Subscription) -> None:
        self._connection.write(_ADD, subscription_row(subscription))

    def save(self, subscription: Subscription) -> None:
        self._connection.write(_SAVE, subscription_row(subscription))

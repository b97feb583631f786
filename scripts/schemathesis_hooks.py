"""Has schemathesis ask from another loopback address each time (scripts/check-api).

Some of what it tries is wrong on purpose, and an address that shows wrong credentials too often is
locked out: what is right would be refused with it, and be no test of anything.
"""

import itertools

from urllib3.util import connection

create_connection = connection.create_connection
numbers = itertools.count(1)


def create_from_elsewhere(address, *arguments, **options):
    """As urllib3 connects, from the next address of 127.0.0.0/8."""
    number = next(numbers)
    options["source_address"] = (f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}."
                                 f"{1 + number % 250}", 0)
    return create_connection(address, *arguments, **options)


connection.create_connection = create_from_elsewhere

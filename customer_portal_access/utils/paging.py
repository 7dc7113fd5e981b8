"""Long lists, page by page."""


def find_page(asked, count, size):
    """Return which page to show, whatever the address asks for.

    :param asked: what the address says, or ``None``
    :param int count: of all there is
    :param int size: of a page
    :return: the page, from 1, and how many there are
    :rtype: tuple[int, int]
    """
    pages = max(1, -(-count // size))
    number = int(asked) if (asked or "").isdecimal() and len(asked) < 6 else 1
    return max(1, min(number, pages)), pages

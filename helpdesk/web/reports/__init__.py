"""Reports: the list of them, each with its permalink, the cases behind each figure, downloads."""

from flask import Flask

from helpdesk.reports.shelf import SHELF
from helpdesk.web.reports import cases, downloads, page

blueprints = (page.bp, cases.bp, downloads.bp)


def are_there(app: Flask) -> bool:
    """Whether anything can be reported on."""
    return bool((app.extensions["holdline"].shelf or SHELF).names)

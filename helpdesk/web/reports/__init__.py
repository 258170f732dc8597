"""Reports: the list of them, each with its permalink, the cases behind each figure, downloads."""

from helpdesk.web.reports import cases, downloads, page, schedules

blueprints = (page.bp, cases.bp, downloads.bp, schedules.bp)

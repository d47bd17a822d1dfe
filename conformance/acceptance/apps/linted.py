"""Werkzeug's lint around an application that reads its input and answers with what it got."""

from werkzeug.middleware.lint import LintMiddleware

from conformance.acceptance.apps.validated import echo

app = LintMiddleware(echo)

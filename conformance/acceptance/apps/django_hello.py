"""Django in one file says hello, and which Django it is."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="of an example")


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Hello from Django {django.__version__}\n", content_type="text/plain")


urlpatterns = [path("", hello)]
app = get_wsgi_application()

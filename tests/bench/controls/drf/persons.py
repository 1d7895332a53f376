"""Control of get-person-drf and post-person-drf: Django REST Framework as fast as it goes, and nothing else on.

No middleware, no log-in, no browsable pages; connections are kept and statements prepared on the server, JSON is read
and written by orjson. Reading is a generic view over a model serializer; writing is one that checks the fields and
whether the number is new, and adds person and outbox row in one transaction, as the bare control does.
"""

import os
from typing import Any
from uuid import uuid4

import django
import orjson
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

TOLD = conninfo_to_dict(os.environ["CONTROL_DSN"])

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": TOLD["dbname"],
            "USER": TOLD["user"],
            "PASSWORD": TOLD.get("password", ""),
            "HOST": TOLD["host"],
            "PORT": TOLD.get("port", ""),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 0},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],  # views name faster ones below
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    },
)
django.setup()

from rest_framework import generics, parsers, renderers, serializers  # noqa: E402  # they read the settings above

SET_UP = """
CREATE TABLE IF NOT EXISTS drf_persons AS
SELECT id, version, status, sex, birth_date, ethnic_group, '覃秀英' AS name, '45048119600517002X' AS document_number,
  '13807748000' AS phone, '思孟村三组十二号' AS address, residence_area, registration_area
FROM persons;
CREATE UNIQUE INDEX IF NOT EXISTS drf_persons_id ON drf_persons (id);
CREATE TABLE IF NOT EXISTS drf_new (
  id uuid PRIMARY KEY, name text, number text UNIQUE, sex text, birth_date date, phone text, address text, area text
);
CREATE TABLE IF NOT EXISTS drf_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid, payload bytea);
ANALYZE drf_persons
"""


class Renderer(renderers.BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data: Any, *_: Any) -> bytes:
        return orjson.dumps(data, default=str)


class Parser(parsers.BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, *_: Any) -> Any:
        return orjson.loads(stream.read())


class Person(models.Model):
    id = models.UUIDField(primary_key=True)
    version = models.IntegerField()
    status = models.TextField()
    sex = models.TextField()
    birth_date = models.DateField()
    ethnic_group = models.TextField(null=True)
    name = models.TextField()
    document_number = models.TextField()
    phone = models.TextField()
    address = models.TextField()
    residence_area = models.TextField(null=True)
    registration_area = models.TextField(null=True)

    class Meta:
        app_label, db_table, managed = "persons", "drf_persons", False


class NewPerson(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=64, unique=True)
    sex = models.CharField(max_length=1)
    birth_date = models.DateField()
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=200)
    area = models.CharField(max_length=15)

    class Meta:
        app_label, db_table, managed = "persons", "drf_new", False


class Announced(models.Model):
    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField()
    payload = models.BinaryField()

    class Meta:
        app_label, db_table, managed = "persons", "drf_outbox", False


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Person, "__all__"


class NewPersonSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = NewPerson, ("id", "name", "number", "sex", "birth_date", "phone", "address", "area")
        read_only_fields = ("id",)


class Read(generics.RetrieveAPIView):
    renderer_classes = (Renderer,)
    queryset, serializer_class = Person.objects.all(), PersonSerializer


class Register(generics.CreateAPIView):
    renderer_classes, parser_classes = (Renderer,), (Parser,)
    queryset, serializer_class = NewPerson.objects.all(), NewPersonSerializer

    def get_serializer(self, *, data: Any) -> NewPersonSerializer:
        flat = {**data, "number": data["document"]["number"], "area": data["residence"]["area"]}
        return NewPersonSerializer(data=flat)

    def perform_create(self, serializer: NewPersonSerializer) -> None:
        with transaction.atomic():
            person = serializer.save()
            Announced.objects.create(key=person.id, payload=orjson.dumps(serializer.data))


urlpatterns = [path("persons", Register.as_view()), path("persons/<uuid:pk>", Read.as_view())]

with connection.cursor() as cursor:
    for statement in SET_UP.split(";\n"):  # a prepared statement is one
        cursor.execute(statement)
connection.close()

application = get_wsgi_application()

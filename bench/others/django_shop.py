"""The listing as it is usually written with Django and Django REST framework."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

_address = urlsplit(os.environ["SHOP_DATABASE"])
_query = {name: values[0] for name, values in parse_qs(_address.query).items()}
settings.configure(
    SECRET_KEY="only to be measured",  # noqa: S106  # it protects nothing
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.postgres", "rest_framework", "goods"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    LOGGING={
        "version": 1,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR"}},
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _address.path[1:],
            "USER": _address.username,
            "HOST": _query["host"],
            "PORT": _query["port"],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from goods.models import Category, Product, Variant  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402


class CategoryOut(serializers.ModelSerializer):
    class Meta:
        model, fields = Category, ["id", "name", "description"]


class VariantOut(serializers.ModelSerializer):
    stock_quantity = serializers.SerializerMethodField()

    class Meta:
        model = Variant
        fields = ("id", "product_id", "size", "shape", "img_key", "price", "stock_quantity")

    def get_stock_quantity(self, variant: Variant) -> int:
        return variant.shelf.on_hand - variant.shelf.reserved


class ProductOut(serializers.ModelSerializer):
    variants = VariantOut(many=True)
    categories = CategoryOut(many=True)

    class Meta:
        model = Product
        fields = (
            *("id", "name", "description", "long_description", "ingredients", "img_key"),
            *("variants", "categories"),
        )


class Products(generics.ListAPIView):
    queryset = Product.objects.order_by("id").prefetch_related("variants__shelf", "categories")
    serializer_class = ProductOut


urlpatterns = [path("products", Products.as_view())]
application = get_wsgi_application()

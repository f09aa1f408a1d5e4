"""The tables of the listing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Category(models.Model):
    name = models.TextField()
    description = models.TextField()

    class Meta:
        db_table, managed = "categories", False


class Product(models.Model):
    name = models.TextField()
    description = models.TextField()
    long_description = models.TextField(null=True)  # as the table has it
    ingredients = ArrayField(models.TextField())
    img_key = models.TextField(null=True)
    categories = models.ManyToManyField(Category, db_table="product_categories")

    class Meta:
        db_table, managed = "products", False


class Variant(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    size = models.TextField()
    shape = models.TextField(null=True)
    img_key = models.TextField(null=True)
    price = models.BigIntegerField()

    class Meta:
        db_table, managed = "variants", False


class Shelf(models.Model):
    variant = models.OneToOneField(Variant, models.CASCADE, primary_key=True)
    on_hand = models.IntegerField()
    reserved = models.IntegerField()

    class Meta:
        db_table, managed = "shelves", False

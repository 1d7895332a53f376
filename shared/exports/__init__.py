"""Exports of tables: written by long work for who asked, with a watermark, and judged again when they are fetched."""

"""Attachments: a folder now, object storage behind the same small interface."""

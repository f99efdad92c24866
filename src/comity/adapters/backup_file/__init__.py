"""Backups as one zip file, written and laid out atomically."""

from comity.adapters.backup_file.archive import ZipBackupFiles

__all__ = ["ZipBackupFiles"]

"""Generated files: written, or compared with what is there."""

from collections.abc import Mapping
from pathlib import Path

import click


def stale_files(texts: Mapping[str, str], directory: Path) -> list[Path]:
    """The files that are missing in the directory or say something else than the texts."""
    paths = {directory / name: text for name, text in texts.items()}
    return [path for path, text in paths.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def check_or_write(texts: Mapping[str, str], directory: Path, *, check: bool) -> None:
    """Bring the files up to date, or with `check` raise a ClickException that names the stale ones."""
    stale = stale_files(texts, directory)
    if check:
        if stale:
            names = ", ".join(str(path) for path in stale)
            raise click.ClickException(f"not up to date with the models: {names}; generate again without --check")
        return
    directory.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(texts[path.name], encoding="utf-8")
        click.echo(f"wrote {path}")

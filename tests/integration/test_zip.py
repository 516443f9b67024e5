"""Zips of ours in the hands of others, and theirs in ours."""

import shutil
import subprocess
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from conftest import ROOT

REGULAR_FILE_0644 = 0o100644
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@pytest.fixture
def ours(playgroundctl, tmp_path):
    path = tmp_path / "ours.zip"
    assert playgroundctl("render", ROOT / "examples/shared-folder", "-o", path).status == 0
    return path


@pytest.fixture
def unpacked(ours, tmp_path):
    folder = tmp_path / "unpacked"
    subprocess.run(["unzip", "-q", ours, "-d", folder], check=True)
    return folder


def run_zip(folder, *args) -> bytes:
    return subprocess.run(
        ["zip", "-q", *args], cwd=folder, stdout=subprocess.PIPE, check=True
    ).stdout


def by_info_zip(folder, path):
    run_zip(folder, "-r", path, ".")


def by_info_zip_to_a_pipe(folder, path):
    path.write_bytes(run_zip(folder, "-r", "-", "."))


def by_python(folder, path):
    shutil.make_archive(path.with_suffix(""), "zip", folder)


PACKERS = [by_info_zip, by_info_zip_to_a_pipe, by_python]


def test_info_zip_finds_nothing_wrong(ours):
    done = subprocess.run(["unzip", "-t", ours], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines()[-1].startswith("No errors detected")


def test_entries_are_plain_files_of_the_first_day_in_order(ours):
    with ZipFile(ours) as archive:
        entries: list[ZipInfo] = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    for entry in entries:
        assert entry.date_time == FIRST_DAY
        assert entry.external_attr >> 16 == REGULAR_FILE_0644
        assert entry.compress_type in (ZIP_STORED, ZIP_DEFLATED)


@pytest.mark.parametrize("pack", PACKERS)
def test_what_others_packed_is_the_same_to_us(pack, ours, unpacked, playgroundctl, tmp_path):
    theirs = tmp_path / "theirs.zip"
    pack(unpacked, theirs)
    result = playgroundctl("inspect", theirs)
    assert result.status == 0
    assert result.text == playgroundctl("inspect", ours).text

import pytest

from traybeat.host import fstypes


@pytest.mark.parametrize(
    "fstype", ["squashfs", "overlay", "tmpfs", "autofs", "iso9660", "fuse.portal", "fuse.x.AppImage"]
)
def test_what_nobody_fills_or_empties_is_left_out(fstype: str) -> None:
    assert fstypes.left_out(fstype)


@pytest.mark.parametrize("fstype", ["ext4", "btrfs", "xfs", "zfs", "vfat", "fuseblk", "NTFS", "apfs", "nfs4"])
def test_what_people_keep_files_on_is_not_left_out(fstype: str) -> None:
    assert not fstypes.left_out(fstype)


@pytest.mark.parametrize("fstype", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse", "fuse.sshfs", "fuse.rclone"])
def test_what_may_never_answer_counts_as_network(fstype: str) -> None:
    assert fstypes.network(fstype)


@pytest.mark.parametrize("fstype", ["ext4", "btrfs", "fuseblk", "NTFS", "hfs", "nfsd"])
def test_what_a_local_disk_holds_does_not_count_as_network(fstype: str) -> None:
    assert not fstypes.network(fstype)

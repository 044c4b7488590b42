import os

import pytest

from traybeat.host.linux.mounts import parse, visible, worth_watching

# As a desktop's: systemd's automount of /boot, a snap, Docker's overlay, a LUKS root, a bind mount, btrfs subvolumes.
DESKTOP = rb"""22 28 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
23 28 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
24 28 0:6 / /dev rw,nosuid,relatime shared:2 - devtmpfs udev rw,size=8060036k,mode=755
26 28 0:24 / /run rw,nosuid,nodev,noexec,relatime shared:5 - tmpfs tmpfs rw,size=1617760k,mode=755
28 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw,errors=remount-ro
50 28 0:44 / /boot rw,relatime shared:29 - autofs systemd-1 rw,fd=45,pgrp=1,timeout=120
61 50 259:1 / /boot rw,relatime shared:57 - vfat /dev/nvme0n1p1 rw,fmask=0022
64 28 7:1 / /snap/core20/1974 ro,nodev,relatime shared:59 - squashfs /dev/loop1 ro,errors=continue
70 28 0:52 /@home /home rw,relatime shared:61 - btrfs /dev/nvme1n1 rw,ssd,subvol=/@home
71 28 0:52 /@data /srv/data rw,relatime shared:62 - btrfs /dev/nvme1n1 rw,ssd,subvol=/@data
72 28 253:1 /var/www /srv/www rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw,errors=remount-ro
80 28 0:60 / /var/lib/docker/overlay2/abc/merged rw,relatime - overlay overlay rw,lowerdir=/l
81 28 253:3 / /var/lib/docker rw,relatime - xfs /dev/mapper/vg-docker rw
82 81 253:4 / /var/lib/docker/volumes/x/_data rw,relatime - ext4 /dev/mapper/vg-x rw
83 28 253:5 / /var/lib/kubelet/pods/7f3a/volumes/kubernetes.io~csi/pvc-1/mount rw,relatime - ext4 /dev/sdc rw
90 28 0:70 / /mnt/nas rw,relatime shared:90 - nfs4 nas:/export rw,vers=4.2,hard
91 28 0:71 /Jo /mnt/share rw,relatime shared:91 - cifs //nas/My\040Documents rw,vers=3.1.1
92 28 8:17 / /media/jo/USB\040stick\134\011! ro,relatime shared:92 - fuseblk /dev/sdb1 rw,user_id=0
93 28 11:0 / /media/jo/CD ro,relatime shared:93 - udf /dev/sr0 ro
94 28 0:72 / /run/user/1000/doc rw,nosuid,nodev,relatime - fuse.portal portal rw,user_id=1000
95 28 0:73 / /home/jo/remote rw,nosuid,nodev,relatime - fuse.sshfs jo@box: rw,user_id=1000
"""


def test_a_line_is_split_into_its_parts() -> None:
    (mount,) = parse(b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue")
    assert (mount.identity, mount.parent, mount.root) == (b"36", b"35", "/mnt1")
    assert (mount.mountpoint, mount.fstype, mount.device) == ("/mnt2", "ext3", "/dev/root")
    assert not mount.read_only


def test_numbers_are_those_that_stat_gives_but_for_btrfs() -> None:
    lines = b"36 35 %s / /mnt rw - %s /dev/x rw"
    numbers = ((b"8:1", b"ext4"), (b"259:300", b"xfs"), (b"0:52", b"btrfs"), (b"?", b"ext4"))
    found = [mount.number for pair in numbers for mount in parse(lines % pair)]
    assert found == [0x801, 0x11032C, None, None]  # as os.makedev has them


def test_of_a_desktop_what_people_fill_is_worth_watching() -> None:
    assert [mount.mountpoint for mount in worth_watching(parse(DESKTOP))] == [
        *("/", "/boot", "/home", "/srv/data", "/var/lib/docker", "/mnt/nas", "/mnt/share"),
        *("/media/jo/USB stick\\\t!", "/home/jo/remote"),
    ]


def test_what_may_not_answer_is_marked() -> None:
    network = [mount.mountpoint for mount in worth_watching(parse(DESKTOP)) if mount.network]
    assert network == ["/mnt/nas", "/mnt/share", "/home/jo/remote"]


def test_names_are_decoded_and_the_kernels_own_writing_of_the_device_is_kept() -> None:
    (share,) = (mount for mount in parse(DESKTOP) if mount.fstype == "cifs")
    assert share.device == "//nas/My Documents"
    assert share.source == r"//nas/My\040Documents"


def test_names_may_hold_any_bytes() -> None:
    (mount,) = parse(b"36 35 98:0 / /mnt/\xff\xfe\\012 rw - ext4 /dev/\xe9 rw")
    assert os.fsencode(mount.mountpoint) == b"/mnt/\xff\xfe\n"
    assert os.fsencode(mount.device) == b"/dev/\xe9"


@pytest.mark.parametrize(
    ("own", "whole", "read_only"),
    [
        (b"rw", b"rw", False),
        (b"ro,relatime", b"rw", True),
        (b"rw", b"ro,errors=continue", True),
        (b"rw,roxy", b"rw", False),
    ],
)
def test_a_mount_is_read_only_by_itself_or_with_its_file_system(own: bytes, whole: bytes, *, read_only: bool) -> None:
    (mount,) = parse(b"36 35 98:0 / /mnt " + own + b" - ext4 /dev/sda1 " + whole)
    assert mount.read_only is read_only


@pytest.mark.parametrize(
    "line", [b"", b"36 35", b"36 35 98:0 / /mnt rw ext4 /dev/sda1 rw", b"36 35 98:0 / /mnt rw - ext4"]
)
def test_a_line_that_makes_no_sense_is_left_out(line: bytes) -> None:
    assert list(parse(line)) == []


def test_of_what_is_mounted_over_each_other_the_last_shows() -> None:
    listing = (
        b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /m rw - ext4 /dev/sdb1 rw\n3 2 8:3 / /m rw - xfs /dev/sdc1 rw\n"
    )
    assert [mount.device for mount in visible(parse(listing))] == ["/dev/sda1", "/dev/sdc1"]


def test_below_a_mount_that_is_hidden_nothing_shows() -> None:
    listing = (
        b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        b"2 1 8:2 / /m rw - ext4 /dev/sdb1 rw\n"
        b"3 2 8:3 / /m/x rw - ext4 /dev/sdc1 rw\n"
        b"4 3 8:4 / /m/x/y rw - ext4 /dev/sdd1 rw\n"
        b"5 2 8:5 / /m rw - ext4 /dev/sde1 rw\n"
        b"6 5 8:6 / /m/z rw - ext4 /dev/sdf1 rw\n"
    )
    assert [mount.mountpoint for mount in visible(parse(listing))] == ["/", "/m", "/m/z"]


def test_the_first_root_is_hidden_by_the_real_one() -> None:
    first = b"1 1 0:2 / / rw - rootfs rootfs rw\n"
    listing = first + b"27 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 27 8:2 / /home rw - xfs /dev/sdb1 rw\n"
    assert [mount.device for mount in worth_watching(parse(listing))] == ["/dev/sda1", "/dev/sdb1"]


def test_a_local_disk_below_a_network_file_system_is_reached_through_it() -> None:
    listing = b"1 0 0:50 / /home rw - nfs4 nas:/home rw\n2 1 8:2 / /home/scratch rw - ext4 /dev/sdb1 rw\n"
    assert [mount.network for mount in worth_watching(parse(listing))] == [True, True]


def test_a_name_that_only_begins_like_a_network_file_system_is_not_below_it() -> None:
    listing = b"1 0 0:50 / /home rw - nfs4 nas:/home rw\n2 0 8:2 / /home2 rw - ext4 /dev/sdb1 rw\n"
    assert [mount.network for mount in worth_watching(parse(listing))] == [True, False]


def test_ostrees_root_is_watched_though_it_is_a_folder_of_its_file_system() -> None:
    listing = b"1 0 8:1 /ostree/deploy/fedora/deploy/a.0 / rw - ext4 /dev/sda1 rw\n"
    assert [mount.mountpoint for mount in worth_watching(parse(listing))] == ["/"]

"""What a file system's type says of it."""

# Kernel interfaces, memory, layers over other file systems, and images that are always full. node_exporter's default
# excludes (filesystem_linux.go) are the base.
_LEFT_OUT = frozenset(
    (
        *("autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "fusectl"),
        *("hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay", "proc", "procfs", "pstore", "rpc_pipefs", "securityfs"),
        *("selinuxfs", "squashfs", "sysfs", "tracefs"),
        *("aufs", "binder", "cd9660", "cdfs", "composefs", "cpuset", "cramfs", "devfs", "efivarfs", "erofs", "fdescfs"),
        *("functionfs", "linprocfs", "linsysfs", "nfsd", "nullfs", "ramfs", "resctrl", "romfs", "rootfs", "smackfs"),
        *("tmpfs", "fuse.fuse-overlayfs", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fuse.rofiles-fuse"),
        *("fuse.snapfuse", "fuse.squashfuse", "fuse.squashfuse_ll"),
    )
)
# Served by another machine, a hypervisor or a process: whoever asks may wait for ever.
_NETWORK = frozenset(
    (
        *("9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2", "fhgfs", "ftp", "fuse"),
        *("fusefs", "gfs", "gfs2", "glusterfs", "gpfs", "kafs", "lustre", "macfuse", "ncp", "ncpfs", "nfs", "nfs3"),
        *("nfs4", "ocfs2", "orangefs", "osxfuse", "panfs", "prl_fs", "pvfs2", "smb", "smb3", "smbfs", "sshfs"),
        *("vboxsf", "virtiofs", "vmhgfs", "webdav"),
    )
)
_NETWORK_FAMILIES = ("fuse.", "fusefs.", "macfuse_", "osxfuse_")


def left_out(fstype: str) -> bool:
    """Whether file systems of this type hold nothing that a person could fill or empty."""
    kind = fstype.lower()
    return kind in _LEFT_OUT or kind.endswith(".appimage")


def network(fstype: str) -> bool:
    """Whether file systems of this type may not answer; `fuseblk` serves a local disk and counts as local."""
    kind = fstype.lower()
    return kind in _NETWORK or kind.startswith(_NETWORK_FAMILIES)

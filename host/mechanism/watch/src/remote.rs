//! File systems on which others change files without this machine's kernel telling.
//!
//! *Invariant:* one that isn't listed counts as local; a wrong guess costs ticks, or changes that are seen late.
//! *Doesn't know:* whether somebody else really has the file system mounted.
//! *Start at:* [`remote`].

use std::path::Path;

/// `f_type` of `statfs(2)`, by name.
const REMOTE: [(u32, &str); 17] = [
    (0x0000_6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x0000_517b, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x786f_4256, "a VirtualBox share"),
    (0xbacb_acbc, "a VMware share"),
    (0x7461_636f, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x2003_0528, "OrangeFS"),
];

/// The kind of remote file system that a folder lies on, if it does.
pub(crate) fn remote(folder: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    named(kind as u32)
}

fn named(kind: u32) -> Option<&'static str> {
    REMOTE.iter().find(|(magic, _)| *magic == kind).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_kinds_are_known_and_local_ones_are_not() {
        assert_eq!(named(0x6969), Some("NFS"));
        assert_eq!(named(0xef53), None);
        assert_eq!(remote(Path::new("/proc")), None);
        assert_eq!(remote(Path::new("/no/such/folder")), None);
    }
}

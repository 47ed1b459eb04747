//! Which addresses aren't the public internet's: a name that has one of these is refused unless its rule says `local`.
//!
//! *Invariant:* IPv6 is public only inside 2000::/3 and outside every row; whatever is new or unassigned is refused. An
//! address that carries an IPv4 address (mapped, translated, tunnelled) is refused whatever it carries, since where it
//! leads is somebody else's affair.
//! *Doesn't know:* names, rules, sockets.
//! *Start at:* [`special`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an IPv4 address is when it isn't public: (address, prefix length, name). The narrower stands first.
const V4: &[([u8; 4], u32, &str)] = &[
    ([0, 0, 0, 0], 32, "unspecified"),
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a carrier"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "for protocols"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 88, 99, 0], 24, "a 6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([255, 255, 255, 255], 32, "broadcast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// The same for IPv6.
const V6: &[([u16; 8], u32, &str)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "IPv4-mapped"),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, "IPv4-compatible"),
    ([0, 0, 0, 0, 0xffff, 0, 0, 0], 96, "IPv4-translated"),
    ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "NAT64"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "NAT64"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard-only"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "Teredo"),
    ([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, "benchmarking"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "for protocols"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

/// What the address is when it isn't public; `None` for a public one.
#[must_use]
pub fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            let row = V4.iter().find(|(net, len, _)| {
                let net = Ipv4Addr::from(*net).to_bits();
                (bits ^ net) >> (32 - len) == 0
            });
            row.map(|(_, _, name)| *name)
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let row = V6.iter().find(|(net, len, _)| {
                let net = Ipv6Addr::from(*net).to_bits();
                (bits ^ net) >> (128 - len) == 0
            });
            row.map(|(_, _, name)| *name).or_else(|| (bits >> 125 != 1).then_some("unassigned"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address and what it is; the edges of each range from both sides.
    const TABLE: &[(&str, &str)] = &[
        ("0.0.0.0", "unspecified"),
        ("0.0.0.1", "this network"),
        ("0.255.255.255", "this network"),
        ("1.0.0.0", "public"),
        ("1.1.1.1", "public"),
        ("8.8.8.8", "public"),
        ("9.255.255.255", "public"),
        ("10.0.0.0", "private"),
        ("10.255.255.255", "private"),
        ("11.0.0.0", "public"),
        ("100.63.255.255", "public"),
        ("100.64.0.0", "shared by a carrier"),
        ("100.100.100.200", "shared by a carrier"),
        ("100.127.255.255", "shared by a carrier"),
        ("100.128.0.0", "public"),
        ("126.255.255.255", "public"),
        ("127.0.0.0", "loopback"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.255", "loopback"),
        ("128.0.0.0", "public"),
        ("169.253.255.255", "public"),
        ("169.254.0.0", "link-local"),
        ("169.254.169.254", "link-local"),
        ("169.254.255.255", "link-local"),
        ("169.255.0.0", "public"),
        ("172.15.255.255", "public"),
        ("172.16.0.0", "private"),
        ("172.31.255.255", "private"),
        ("172.32.0.0", "public"),
        ("192.0.0.0", "for protocols"),
        ("192.0.0.170", "for protocols"),
        ("192.0.1.0", "public"),
        ("192.0.2.255", "documentation"),
        ("192.88.99.1", "a 6to4 relay"),
        ("192.167.255.255", "public"),
        ("192.168.0.0", "private"),
        ("192.168.255.255", "private"),
        ("192.169.0.0", "public"),
        ("198.17.255.255", "public"),
        ("198.18.0.0", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("198.20.0.0", "public"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.7", "documentation"),
        ("223.255.255.255", "public"),
        ("224.0.0.0", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.0", "reserved"),
        ("255.255.255.254", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::2", "IPv4-compatible"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::8.8.8.8", "IPv4-compatible"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        ("::ffff:169.254.169.254", "IPv4-mapped"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::ffff:0:127.0.0.1", "IPv4-translated"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b::8.8.8.8", "NAT64"),
        ("64:ff9b:0:1::", "unassigned"),
        ("64:ff9b:1::a9fe:a9fe", "NAT64"),
        ("64:ff9b:1:ffff::", "NAT64"),
        ("64:ff9b:2::", "unassigned"),
        ("100::1", "discard-only"),
        ("1fff:ffff::", "unassigned"),
        ("2000::", "public"),
        ("2001::", "Teredo"),
        ("2001:0:7f00:1::1", "Teredo"),
        ("2001:2::1", "benchmarking"),
        ("2001:20::1", "for protocols"),
        ("2001:1ff:ffff::", "for protocols"),
        ("2001:200::", "public"),
        ("2001:4860:4860::8888", "public"),
        ("2001:db8::1", "documentation"),
        ("2001:db9::", "public"),
        ("2002:7f00:1::", "6to4"),
        ("2002:808:808::", "6to4"),
        ("2003::", "public"),
        ("2606:4700:4700::1111", "public"),
        ("3ffe:ffff::", "public"),
        ("3fff::1", "documentation"),
        ("3fff:1000::", "public"),
        ("4000::", "unassigned"),
        ("5f00::1", "segment routing"),
        ("fbff::", "unassigned"),
        ("fc00::", "unique local"),
        ("fd00:ec2::254", "unique local"),
        ("fdff:ffff::", "unique local"),
        ("fe00::", "unassigned"),
        ("fe80::1", "link-local"),
        ("febf::", "link-local"),
        ("fec0::", "site-local"),
        ("feff::", "site-local"),
        ("ff00::", "multicast"),
        ("ff02::1", "multicast"),
    ];

    #[test]
    fn every_address_is_what_the_table_says() {
        let mut refused = 0;
        for (text, expected) in TABLE {
            let address: IpAddr = text.parse().expect(text);
            assert_eq!(special(address).unwrap_or("public"), *expected, "{text}");
            refused += usize::from(*expected != "public");
        }
        println!("addresses: {} rows, {refused} refused", TABLE.len());
        assert!(TABLE.len() >= 60 && refused >= 60 && TABLE.len() - refused >= 20);
    }

    #[test]
    fn every_row_is_reached() {
        let known = V4.iter().map(|row| row.2).chain(V6.iter().map(|row| row.2));
        for name in known.chain(["unassigned"]) {
            assert!(TABLE.iter().any(|(_, expected)| *expected == name), "{name} is in no row of the test");
        }
    }
}

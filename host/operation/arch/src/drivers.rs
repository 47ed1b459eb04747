//! Files and threads: no database driver, no broker client.
//!
//! *Invariant:* the lock file is what is read: it names the packages of every platform and every feature, and no
//! registry is needed to read it.
//! *Doesn't know:* who brought a package in; `cargo tree -i NAME` says.
//! *Start at:* [`check`].

use crate::Report;

/// Drivers, embedded engines and broker clients by package name. A name ending in `*` stands for all that begin so.
pub const BANNED: &[&str] = &[
    // Databases by wire.
    "cassandra*",
    "clickhouse*",
    "deadpool-*",
    "diesel*",
    "elasticsearch",
    "etcd-client",
    "memcache*",
    "mongodb",
    "mysql*",
    "neo4rs",
    "oracle",
    "postgres*",
    "redis*",
    "scylla*",
    "sea-orm*",
    "sqlx*",
    "surrealdb*",
    "tiberius",
    "tokio-postgres",
    "fred",
    "aws-sdk-dynamodb",
    // Databases by library.
    "canopydb",
    "duckdb*",
    "fjall",
    "heed*",
    "jammdb",
    "kv",
    "leveldb*",
    "libmdbx*",
    "libsql*",
    "libsqlite3-sys",
    "limbo*",
    "lmdb*",
    "mdbx-sys",
    "native_db",
    "nebari",
    "persy",
    "pickledb",
    "polodb*",
    "redb",
    "rocksdb",
    "librocksdb-sys",
    "rusqlite",
    "rusty-leveldb",
    "sled",
    "speedb",
    "sqlite*",
    "turso*",
    "unqlite",
    // Brokers.
    "amiquip",
    "amqprs",
    "async-nats",
    "fluvio*",
    "iggy*",
    "kafka*",
    "lapin",
    "nats",
    "nng*",
    "paho-mqtt*",
    "pulsar",
    "rdkafka*",
    "rskafka",
    "rumqtt*",
    "samsa",
    "zenoh*",
    "zeromq",
    "zmq*",
    "aws-sdk-sqs",
    "google-cloud-pubsub",
];

/// The packages that a lock file names, in its order.
#[must_use]
pub fn packages(lock: &str) -> Vec<&str> {
    lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect()
}

/// Judges the packages of a lock file.
#[must_use]
pub fn check(packages: &[&str]) -> Report {
    let mut report = Report::default();
    for package in packages {
        report.saw();
        if BANNED.iter().any(|banned| matches(banned, package)) {
            report.found(format!(
                "{package} is a database driver or a broker client; Jaros keeps files instead"
            ));
        }
    }
    report
}

fn matches(banned: &str, package: &str) -> bool {
    match banned.strip_suffix('*') {
        Some(start) => package.starts_with(start),
        None => package == banned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_driver_is_found_by_name_and_by_beginning() {
        let lock = "[[package]]\nname = \"sqlx-core\"\n\n[[package]]\nname = \"redb\"\n\n[[package]]\nname = \"serde\"\n";
        let packages = packages(lock);
        assert_eq!(packages, ["sqlx-core", "redb", "serde"]);
        let report = check(&packages);
        assert_eq!((report.looked_at, report.wrong.len()), (3, 2), "{:?}", report.wrong);
    }

    #[test]
    fn a_name_that_only_looks_alike_passes() {
        assert!(check(&["kvm", "natsort", "redirect", "sledge"]).wrong.is_empty());
    }
}

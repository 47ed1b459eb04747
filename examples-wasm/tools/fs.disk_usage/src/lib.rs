//! `fs.disk_usage`: the room on a granted folder's volume, and what lies in the folder itself. Asks for `files-read` and
//! `host-facts`.

use jaros_guest::prelude::*;
use jaros_guest::{files, host_facts};

#[derive(Deserialize)]
struct Payload {
    path: String,
}

#[derive(Serialize)]
struct Usage {
    path: String,
    total_bytes: u64,
    used_bytes: u64,
    free_bytes: u64,
    used_percent: u64,
    entries: usize,
}

struct DiskUsage;

impl Tool for DiskUsage {
    const DESCRIPTION: &'static str = "Tells how full the volume of a granted folder is.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "path": { "type": "string", "description": "GRANT or GRANT/rest" } },
            "required": ["path"],
        })
    }

    fn execute(Payload { path }: Payload) -> Result<impl Serialize, String> {
        let entries = files::entries(&path)?.len();
        let disk = host_facts::disk(&path)?;
        Ok(Usage {
            path,
            total_bytes: disk.total_bytes,
            used_bytes: disk.used_bytes,
            free_bytes: disk.free_bytes,
            used_percent: percent(disk.used_bytes, disk.total_bytes),
            entries,
        })
    }
}

export_tool!(DiskUsage);

/// Rounded down; an empty volume counts as unused.
fn percent(part: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(part) * 100 / u128::from(whole.max(1))).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percent_rounds_down_and_survives_the_edges() {
        assert_eq!([percent(1, 3), percent(3, 3), percent(0, 0)], [33, 100, 0]);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}

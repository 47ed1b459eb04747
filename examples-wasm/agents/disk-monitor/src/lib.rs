//! `disk-monitor`: watches the room on a granted folder's volume, with `fs.disk_usage`. Without a path, the grant `data`.

use jaros_guest::prelude::*;

#[derive(Default, Deserialize)]
struct Input {
    path: Option<String>,
}

struct DiskMonitor;

impl Agent for DiskMonitor {
    const DESCRIPTION: &'static str = "Watches how full a granted folder's volume is, with fs.disk_usage.";
    // A schedule may leave the input out.
    type Input = Option<Input>;

    fn decide(turn: Turn<Option<Input>>) -> Result<Plan, String> {
        let path = turn.input.unwrap_or_default().path.unwrap_or_else(|| "data".to_owned());
        Ok(Plan::propose("fs.disk_usage", json!({ "path": path })).note("how full the volume is"))
    }
}

export_agent!(DiskMonitor);

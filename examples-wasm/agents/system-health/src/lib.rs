//! `system-health`: has `sys.info` tell about the machine. Takes any input.

use jaros_guest::prelude::*;

struct SystemHealth;

impl Agent for SystemHealth {
    const DESCRIPTION: &'static str = "Tells about the machine with sys.info.";
    type Input = Value;

    fn decide(_: Turn<Value>) -> Result<Plan, String> {
        Ok(Plan::propose("sys.info", json!({})).note("a look at the machine"))
    }
}

export_agent!(SystemHealth);

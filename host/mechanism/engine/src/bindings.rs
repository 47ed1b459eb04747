//! What `jaros.wit` looks like from the host: every interface that a component may import, and what each role exports.
//!
//! *Invariant:* the imports are bound one interface at a time, not as a world, so that a component may import any subset:
//! a linker holds what a role can have, the audit has decided before which of it a component gets.
//! *Doesn't know:* what the functions do.
//! *Start at:* `jaros.wit`.

/// The interfaces that components import.
pub(crate) mod imports {
    wasmtime::component::bindgen!({
        path: "../../../wit/1.0.0",
        interfaces: "
            import jaros:plugin/types@1.0.0;
            import jaros:plugin/model@1.0.0;
            import jaros:plugin/actions@1.0.0;
            import jaros:plugin/job@1.0.0;
            import jaros:plugin/log@1.0.0;
            import jaros:plugin/panic@1.0.0;
            import jaros:plugin/files-read@1.0.0;
            import jaros:plugin/files-write@1.0.0;
            import jaros:plugin/store@1.0.0;
            import jaros:plugin/host-facts@1.0.0;
            import jaros:plugin/http@1.0.0;
        ",
        imports: {
            "jaros:plugin/model.complete": async | trappable,
            default: trappable,
        },
    });
}

/// What a tool exports: called to its end on the calling thread.
pub(crate) mod tool {
    wasmtime::component::bindgen!({
        path: "../../../wit/1.0.0",
        inline: "package jaros:host; world acts { export jaros:plugin/action@1.0.0; }",
        world: "jaros:host/acts",
        with: { "jaros:plugin/types@1.0.0": crate::bindings::imports::jaros::plugin::types },
    });
}

/// What an agent exports: it may wait, for a model above all.
pub(crate) mod agent {
    wasmtime::component::bindgen!({
        path: "../../../wit/1.0.0",
        inline: "package jaros:host; world reasons { export jaros:plugin/reasoning@1.0.0; }",
        world: "jaros:host/reasons",
        with: { "jaros:plugin/types@1.0.0": crate::bindings::imports::jaros::plugin::types },
        exports: { default: async },
    });
}

//! The command line from end to end: the real program, real nodes, folders that are thrown away.

mod alone;
mod bad_input;
mod compile;
mod components;
mod config;
mod eval;
mod grants;
mod growth;
mod inbox;
mod jobs;
mod place;
mod project;
mod streams;
mod whole_way;

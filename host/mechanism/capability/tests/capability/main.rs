//! What a component can reach, through the same calls that the engine makes.

mod edit;
mod files_read;
mod files_write;
mod grants;
mod harness;
mod host_facts;
mod http;
mod http_grants;
mod http_urls;
mod limits;
mod model;
mod observer;
mod paths;
mod races;
mod reach;
mod sections;
mod store;

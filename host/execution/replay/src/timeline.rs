//! The settings of then: which components, grants and limits were in force at each place of the ledger.
//!
//! *Invariant:* built from `component` and `config` entries alone; components come out of the content store by digest, and
//! none of them gets a handle to the machine.
//! *Doesn't know:* what lies in the component folders today.
//! *Start at:* [`Timeline::at`].

use std::path::PathBuf;
use std::sync::Arc;

use jaros_capability::{self as capability, Ceilings, Grants, LimitSet};
use jaros_content::Content;
use jaros_decision::{Digest, Limits, Name, Profile, Seq};
use jaros_engine::{Access, Engine, Load, NoLog, made_with};
use jaros_executor::{AgentCard, Setting};
use jaros_fabric::Layout;
use jaros_gate::Schema;
use jaros_ledger::record::{self, Change, Role};
use jaros_ledger::{EntryKind, Item, opening, segments};
use jaros_tools::{Tool, Tools};

/// All settings, by the entry that brought them.
pub(crate) struct Timeline {
    root: PathBuf,
    content: Content,
    engine: Engine,
    settings: Vec<Arc<Setting>>,
    /// The limits as they were written, and what the engine of then was made with: both together were in force.
    limits: LimitSet,
    engine_of_then: Limits,
    /// The schemas of tools whose component can't be run; whoever needs one is told why.
    unready: Vec<(Name, String)>,
}

impl Timeline {
    pub(crate) fn new(root: PathBuf, content: Content, engine: Engine) -> Self {
        let first = Setting {
            seen: Seq(0),
            tools: Tools::default(),
            agents: Arc::default(),
            grants: Arc::new(Grants::default()),
            limits: Arc::default(),
        };
        Self {
            root,
            content,
            engine,
            settings: vec![Arc::new(first)],
            limits: LimitSet::default(),
            engine_of_then: Limits::default(),
            unready: Vec::new(),
        }
    }

    /// What was in force after entry `seen`.
    pub(crate) fn at(&self, seen: Seq) -> &Arc<Setting> {
        let after = self.settings.partition_point(|setting| setting.seen <= seen);
        &self.settings[after.max(1) - 1]
    }

    /// Why a tool that was in service can't be run here.
    pub(crate) fn why_unready(&self, kind: &str) -> Option<&str> {
        self.unready.iter().rev().find(|(name, _)| name.as_str() == kind).map(|(_, why)| why.as_str())
    }

    /// Goes on with an entry.
    ///
    /// # Errors
    /// A sentence: the entry can't be read, or a component isn't there or isn't what it was.
    pub(crate) fn take_in(&mut self, item: &Item<'_>) -> Result<(), String> {
        match item.entry.kind {
            EntryKind::Open => {
                let body: record::Open = item.entry.parse().map_err(|error| error.to_string())?;
                self.engine_of_then = made_with(&body.engine);
                self.change_limits(item.entry.seq);
                Ok(())
            }
            EntryKind::Component => {
                let body = item.entry.parse().map_err(|error| error.to_string())?;
                self.component(item, &body)
            }
            EntryKind::Config => {
                let body: record::Config = item.entry.parse().map_err(|error| error.to_string())?;
                self.config(item, &body)
            }
            _ => Ok(()),
        }
    }

    fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Setting)) {
        let mut setting = (**self.settings.last().expect("there is a first")).clone();
        setting.seen = seq;
        change(&mut setting);
        self.settings.push(Arc::new(setting));
    }

    /// What held was what was written, as far as the engine held it.
    fn change_limits(&mut self, seq: Seq) {
        let limits = Arc::new(self.limits.clone().within(&self.engine_of_then));
        self.change(seq, |setting| setting.limits = limits);
    }

    fn component(&mut self, item: &Item<'_>, body: &record::Component) -> Result<(), String> {
        let name = &body.name;
        let seq = item.entry.seq;
        match (body.event, body.role, body.digest) {
            (Change::Refused | Change::Held, ..) => Ok(()),
            (Change::Retired, Role::Agent, _) => {
                self.change(seq, |setting| {
                    Arc::make_mut(&mut setting.agents).remove(name);
                });
                Ok(())
            }
            (Change::Retired, Role::Tool, _) => {
                self.change(seq, |setting| setting.tools = setting.tools.without(name.as_str()));
                Ok(())
            }
            (_, role, Some(digest)) => {
                let profile = body.profile.as_ref().ok_or("a component's entry has no profile")?;
                let profile: Profile = item.value(profile).map_err(|error| error.to_string())?;
                match role {
                    Role::Agent => self.agent(seq, name, digest, profile),
                    Role::Tool => self.tool(seq, name, digest),
                }
            }
            (_, _, None) => Err("a component's entry has no digest".into()),
        }
    }

    fn agent(&mut self, seq: Seq, name: &Name, digest: Digest, profile: Profile) -> Result<(), String> {
        let setting = self.settings.last().expect("there is a first").clone();
        let limits = setting.limits_for(capability::Role::Agent, name.as_str());
        let input = Schema::compile(&profile.schema, limits).map_err(|failure| failure.message)?;
        let card = AgentCard { name: name.clone(), digest, profile, input };
        self.change(seq, |setting| {
            Arc::make_mut(&mut setting.agents).insert(name.clone(), Arc::new(card));
        });
        Ok(())
    }

    fn tool(&mut self, seq: Seq, name: &Name, digest: Digest) -> Result<(), String> {
        match self.ready_tool(name, digest) {
            Ok(tool) => {
                self.unready.retain(|(unready, _)| unready != name);
                self.change(seq, |setting| setting.tools = setting.tools.with(tool));
            }
            Err(why) => {
                self.unready.push((name.clone(), why));
                self.change(seq, |setting| setting.tools = setting.tools.without(name.as_str()));
            }
        }
        Ok(())
    }

    fn ready_tool(&mut self, name: &Name, digest: Digest) -> Result<Arc<Tool>, String> {
        let setting = self.settings.last().expect("there is a first").clone();
        let bytes =
            self.content.get(&digest).map_err(|error| format!("the component of `{name}`: {error}"))?;
        let grant = setting.grants.for_tool(name);
        let load = Load {
            engine: &self.engine,
            bytes: &bytes,
            grant: &grant,
            access: Access::Recorded,
            limits: setting.limits_for(capability::Role::Tool, name.as_str()),
            log: Arc::new(NoLog),
        };
        Tool::load(&load).map(Arc::new).map_err(|error| error.to_string())
    }

    fn config(&mut self, item: &Item<'_>, body: &record::Config) -> Result<(), String> {
        let seq = item.entry.seq;
        let text = |item: &Item<'_>| item.value::<String>(&body.data).map_err(|error| error.to_string());
        match body.file.as_str() {
            "grants" => {
                let grants = Grants::parse(&text(item)?, &self.root).map_err(|error| error.to_string())?;
                self.change(seq, |setting| setting.grants = Arc::new(grants));
            }
            "limits" => {
                // The ceilings of then held already, or the file wouldn't have come into force.
                let limits = LimitSet::parse(&text(item)?, &Ceilings::default());
                self.limits = limits.map_err(|error| error.to_string())?;
                self.change_limits(seq);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What an engine has to be made with to run again what the engines of a ledger ran: the most that any of them held, and the
/// last one's stack. Reads the first entry of each segment; what can't be read, the replay itself will tell.
#[must_use]
pub fn engine_limits(layout: &Layout) -> Limits {
    let dir = layout.ledger();
    let openings = segments(&dir).unwrap_or_default();
    let engines = openings.into_iter().filter_map(|segment| opening(&dir, segment).ok());
    let made = engines.map(|open| made_with(&open.engine));
    made.reduce(|most, next| Limits { stack_bytes: next.stack_bytes, ..most.or_larger(&next) })
        .unwrap_or_default()
}

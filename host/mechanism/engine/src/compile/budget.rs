//! What compiling a component may cost, by its size.
//!
//! *Invariant:* it grows with the size and with nothing else, so that a refusal for it can be remembered by digest.
//! *Doesn't know:* how it is enforced.
//! *Start at:* [`Budget`].

use std::time::Duration;

use jaros_decision::{Code, Failure, Limits};

const MIB: u128 = 1 << 20;

/// What compiling one component may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Seconds of processor time, all threads together: the unit in which the system counts them.
    pub(crate) cpu_s: u64,
    /// Bytes of address space, the program's own included.
    pub(crate) memory_bytes: u64,
}

/// How long the machine may take to give a child its processor time. That it passes says something about the machine, not about
/// the component: the processors are busy, or the process was stopped.
pub(super) fn patience(limits: &Limits, budget: &Budget) -> Duration {
    Duration::from_millis(limits.compile_wait_ms.saturating_add(budget.cpu_s.saturating_mul(4_000)))
}

impl Budget {
    pub(crate) fn new(limits: &Limits, bytes: usize) -> Self {
        let grown = |base: u64, a_mib: u64| {
            let all = u128::from(base) + u128::from(a_mib) * bytes as u128 / MIB;
            u64::try_from(all).unwrap_or(u64::MAX)
        };
        Self {
            cpu_s: grown(limits.compile_ms, limits.compile_mib_ms).div_ceil(1_000).max(1),
            memory_bytes: grown(limits.compile_memory_bytes, limits.compile_mib_memory_bytes),
        }
    }

    /// How much code may come out. Machine code has a few times the size of WebAssembly; what fills a memory at the start is
    /// laid out in whole.
    pub(crate) fn code_bytes(&self) -> u64 {
        self.memory_bytes / 8
    }

    /// Whether this allows anything that the other didn't.
    pub(crate) fn exceeds(&self, other: &Self) -> bool {
        self.cpu_s > other.cpu_s || self.memory_bytes > other.memory_bytes
    }

    pub(crate) fn out_of_time(&self) -> Failure {
        let text = format!(
            "compiling the component took more than {} s of processor time (compile_ms, compile_mib_ms); make its \
             functions fewer or smaller, or raise these limits",
            self.cpu_s
        );
        Failure::new(Code::LIMIT, text)
    }

    pub(crate) fn out_of_memory(&self) -> Failure {
        let text = format!(
            "compiling the component needed more than {} bytes of memory (compile_memory_bytes, \
             compile_mib_memory_bytes); make its functions fewer or smaller, or raise these limits",
            self.memory_bytes
        );
        Failure::new(Code::LIMIT, text)
    }

    pub(crate) fn too_much_code(&self) -> Failure {
        let text = format!(
            "the component compiles to more than {} bytes, an eighth of what its compiler may use \
             (compile_memory_bytes, compile_mib_memory_bytes); make it smaller, or raise these limits",
            self.code_bytes()
        );
        Failure::new(Code::LIMIT, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_the_size() {
        let limits = Limits::default();
        let (small, large) = (Budget::new(&limits, 43_000), Budget::new(&limits, 18 << 20));
        assert_eq!((small.cpu_s, large.cpu_s), (6, 59));
        assert!(large.exceeds(&small) && !small.exceeds(&large) && !small.exceeds(&small));
        assert!(patience(&limits, &small).as_secs() == 84 && small.code_bytes() > 16 << 20);
    }

    #[test]
    fn no_setting_overflows_or_leaves_nothing() {
        let odd = |ms| Limits { compile_ms: ms, compile_mib_ms: ms, ..Limits::default() };
        assert_eq!(Budget::new(&odd(0), 0).cpu_s, 1);
        let endless = Budget::new(&odd(u64::MAX), 64 << 20);
        assert!(patience(&Limits::default(), &endless) > Duration::from_secs(1 << 40));
    }
}

//! Whether bytes are a component that the engines compile, and in bearable time.
//!
//! *Invariant:* what passes is valid under exactly the engines' features, and none of its functions nests its blocks so
//! deep that a compiler would take minutes for some kilobytes.
//! *Doesn't know:* imports, exports.
//! *Start at:* [`validate`].

use jaros_decision::{Code, Failure};
use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, ValidPayload,
    Validator, ValidatorResources, WasmFeatures,
};

use crate::settings::FEATURES;

/// Blocks inside one another. Compile time grows with the square: 175 KB of nothing but blocks took 7 s. The largest real
/// functions, interpreters' loops, nest some thousands.
const NESTING_MAX: u32 = 10_000;

/// Why bytes aren't compiled.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// Damaged or cut off.
    Damaged(BinaryReaderError),
    /// Valid, but under other rules than ours.
    Feature(BinaryReaderError),
    /// Blocks too deep in one another.
    Nesting(u32),
}

impl Unfit {
    /// The refusal, with what to do.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Damaged(error) => damaged(error),
            Self::Feature(error) => Failure::new(
                Code::INVALID,
                format!(
                    "the component uses a feature of WebAssembly that would make runs vary or escape limits, or isn't \
                     finished ({error}); build it for the plain wasm32 target, without threads, relaxed SIMD, memory64, \
                     GC or exceptions"
                ),
            ),
            Self::Nesting(max) => Failure::new(
                Code::LIMIT,
                format!(
                    "a function of the component has more than {max} blocks inside one another; split it, since \
                     compiling it would take too long"
                ),
            ),
        }
    }
}

pub(crate) fn damaged(error: &BinaryReaderError) -> Failure {
    let text = format!("the component is damaged or cut off ({error}); build or copy it again");
    Failure::new(Code::INVALID, text)
}

/// Takes as long as the component wants: types can be made whose comparison costs far more than their bytes.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), Unfit> {
    match Pass::run(bytes, FEATURES) {
        Ok(()) => Ok(()),
        Err(Unfit::Damaged(error)) if Pass::run(bytes, WasmFeatures::all()).is_ok() => {
            Err(Unfit::Feature(error))
        }
        Err(unfit) => Err(unfit),
    }
}

/// One walk over a component and all that is in it.
#[derive(Default)]
struct Pass {
    allocations: FuncValidatorAllocations,
}

impl Pass {
    fn run(bytes: &[u8], features: WasmFeatures) -> Result<(), Unfit> {
        let mut validator = Validator::new_with_features(features);
        let mut parser = Parser::new(0);
        parser.set_features(features);
        let mut pass = Self::default();
        for payload in parser.parse_all(bytes) {
            let payload = payload.map_err(Unfit::Damaged)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(Unfit::Damaged)? {
                // At once: millions of functions that wait for it would take more memory than the component.
                pass.function(function, &body, features)?;
            }
        }
        Ok(())
    }

    fn function(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        features: WasmFeatures,
    ) -> Result<(), Unfit> {
        let mut validator = function.into_validator(std::mem::take(&mut self.allocations));
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).map_err(Unfit::Damaged)?;
        reader.set_features(features);
        while !reader.eof() {
            let offset = reader.original_position();
            let checked = reader.visit_operator(&mut validator.visitor(offset));
            checked.and_then(|checked| checked).map_err(Unfit::Damaged)?;
            if validator.control_stack_height() > NESTING_MAX {
                return Err(Unfit::Nesting(NESTING_MAX));
            }
        }
        let end = reader.original_position();
        reader.finish_expression(&validator.visitor(end)).map_err(Unfit::Damaged)?;
        self.allocations = validator.into_allocations();
        Ok(())
    }
}

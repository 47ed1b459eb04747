//! The C SDK as Zig calls it; see jaros/*.h, whose names and layouts these are.
//!
//! Invariant: what is declared here is what an author's Zig can reach; nothing is imported that isn't called.
//! Doesn't know: Zig's slices and errors; the modules beside this one translate.
//! Start at: `Str`.

pub const Str = extern struct {
    ptr: ?[*]const u8,
    len: usize,

    pub fn of(bytes: []const u8) Str {
        return .{ .ptr = bytes.ptr, .len = bytes.len };
    }

    pub fn slice(self: Str) []const u8 {
        return if (self.ptr) |ptr| ptr[0..self.len] else "";
    }
};

pub const Node = opaque {};
pub const PlanOf = opaque {};
pub const RequestOf = opaque {};
pub const ChatOf = opaque {};
pub const HttpRequest = opaque {};
pub const GivenTurn = opaque {};

pub const Error = extern struct { code: Str, message: Str };
pub const Answer = extern struct { id: Str, kind: Str, ok: bool, result: ?*Node, @"error": Error };
pub const Turn = extern struct {
    input: *Node,
    memo: *Node,
    answers: [*]const Answer,
    answer_count: usize,
    number: u32,
    step: Str,
    data: *Node,
};
pub const Call = extern struct { id: Str, name: Str, arguments: *Node };
pub const Response = extern struct {
    text: Str,
    parts: *Node,
    structured: *Node,
    model: Str,
    finish: Str,
    usage: *Node,
    calls: ?[*]const Call,
    call_count: usize,
};
pub const Entry = extern struct { name: Str, kind: Str, size_bytes: u64 };
pub const Entries = extern struct { ptr: [*]const Entry, len: usize };
pub const HttpResponse = extern struct { status: u16, headers: *Node, body: Str };

pub const Decide = *const fn (turn: *const Turn) callconv(.c) ?*PlanOf;
pub const Step = extern struct { name: ?[*:0]const u8, run: ?Decide };
pub const Agent = extern struct {
    description: [*:0]const u8,
    schema: ?[*:0]const u8,
    steps: ?[*]const Step,
    decide: ?Decide,
    version: ?[*:0]const u8,
};
pub const Tool = extern struct {
    description: [*:0]const u8,
    schema: ?[*:0]const u8,
    validate: ?*const fn (payload: *Node) callconv(.c) void,
    execute: *const fn (payload: *Node) callconv(.c) ?*Node,
    version: ?[*:0]const u8,
};

pub extern fn malloc(size: usize) ?[*]u8;
pub extern fn free(block: ?*anyopaque) void;

pub extern fn jaros_is_space(character: u32) bool;
pub extern fn jaros_copy(bytes: ?*const anyopaque, len: usize) Str;
pub extern fn jaros_from_text(text: Str) *Node;
pub extern fn jaros_from_bool(value: bool) *Node;
pub extern fn jaros_from_int(value: c_longlong) *Node;
pub extern fn jaros_from_unsigned(value: c_ulonglong) *Node;
pub extern fn jaros_from_number(value: f64) *Node;
pub extern fn jaros_null() *Node;
pub extern fn jaros_empty_object() *Node;
pub extern fn jaros_empty_array() *Node;
pub extern fn jaros_put_(object: *Node, key: Str, value: *Node) *Node;
pub extern fn jaros_push_(list: *Node, value: *Node) *Node;
pub extern fn jaros_get_(object: *Node, key: Str) *Node;
pub extern fn jaros_has_(object: *Node, key: Str) bool;
pub extern fn jaros_at_(list: *Node, index: usize, file: ?[*:0]const u8, line: c_int) *Node;
pub extern fn jaros_key_(object: *Node, index: usize, file: ?[*:0]const u8, line: c_int) Str;
pub extern fn jaros_len(value: *Node) usize;
pub extern fn jaros_kind_of(value: *Node) c_int;
pub extern fn jaros_as_text(value: *Node) Str;
pub extern fn jaros_as_int(value: *Node) i64;
pub extern fn jaros_as_number(value: *Node) f64;
pub extern fn jaros_as_bool(value: *Node) bool;
pub extern fn jaros_as_list(value: *Node) *Node;
pub extern fn jaros_as_something(value: *Node) *Node;
pub extern fn jaros_misfit_(value: *Node, wanted: Str) void;
pub extern fn jaros_parse_(text: Str, whence: [*:0]const u8) *Node;
pub extern fn jaros_write_(value: *Node) Str;
pub extern fn jaros_same_json(a: *Node, b: *Node) bool;

pub extern fn jaros_failure_(message: Str) ?*anyopaque;
pub extern fn jaros_failed() bool;
pub extern fn jaros_caught(err: *Error) bool;
pub extern fn jaros_answer_failed_(err: *const Error) void;
pub extern fn jaros_bug_(kind: [*:0]const u8, message: Str, file: ?[*:0]const u8, line: c_int) noreturn;

pub extern fn jaros_empty_plan() *PlanOf;
pub extern fn jaros_then_(plan: *PlanOf, kind: Str, payload: *Node) *PlanOf;
pub extern fn jaros_note_(plan: *PlanOf, why: Str) *PlanOf;
pub extern fn jaros_finish_(result: *Node) *PlanOf;
pub extern fn jaros_fail_(reason: Str) *PlanOf;
pub extern fn jaros_block_(reason: Str) *PlanOf;
pub extern fn jaros_submit_(plan: *PlanOf, agent: Str, input: *Node, wait: bool) *PlanOf;
pub extern fn jaros_go_on_(plan: *PlanOf, step: Str, data: *Node) *PlanOf;
pub extern fn jaros_memo_(plan: *PlanOf, memo: *Node) *PlanOf;

pub extern fn jaros_model_new() *RequestOf;
pub extern fn jaros_model_alias_(request: *RequestOf, alias: Str) *RequestOf;
pub extern fn jaros_model_message_(request: *RequestOf, role: Str, content: Str, parts: *Node) *RequestOf;
pub extern fn jaros_model_tool_(request: *RequestOf, name: Str, description: Str, schema: *Node) *RequestOf;
pub extern fn jaros_model_param_(request: *RequestOf, name: Str, value: *Node) *RequestOf;
pub extern fn jaros_model_send(request: *RequestOf) Response;
pub extern fn jaros_actions_list() *Node;
pub extern fn jaros_chat_begin_(turn: *const Turn, system: Str, user: Str) *ChatOf;
pub extern fn jaros_chat_user_(chat: *ChatOf, content: Str) void;
pub extern fn jaros_chat_ask_with(chat: *ChatOf, tools: *Node) Response;
pub extern fn jaros_chat_carry_out(chat: *ChatOf, reply: *const Response) *PlanOf;

pub extern fn jaros_job_id() Str;
pub extern fn jaros_job_accepted_at_ms() u64;
pub extern fn jaros_job_random(len: u32) Str;
pub extern fn jaros_log_(level: [*:0]const u8, message: Str) void;
pub extern fn jaros_files_read_(path: Str) Str;
pub extern fn jaros_files_read_text_(path: Str) Str;
pub extern fn jaros_files_read_range_(path: Str, offset: u64, len: u32) Str;
pub extern fn jaros_files_stat_(path: Str) Entry;
pub extern fn jaros_files_entries_(path: Str) Entries;
pub extern fn jaros_files_write_(path: Str, data: Str) void;
pub extern fn jaros_files_remove_(path: Str) void;
pub extern fn jaros_store_get_(key: Str, value: *Str) bool;
pub extern fn jaros_store_put_(key: Str, value: Str) void;
pub extern fn jaros_store_delete_(key: Str) void;
pub extern fn jaros_store_keys_(prefix: Str, after: Str, limit: u32) *Node;
pub extern fn jaros_host_system() *Node;
pub extern fn jaros_host_disk_(path: Str) *Node;
pub extern fn jaros_http_new_(method: Str, url: Str) *HttpRequest;
pub extern fn jaros_http_header_(request: *HttpRequest, name: Str, value: Str) *HttpRequest;
pub extern fn jaros_http_body_(request: *HttpRequest, body: Str) *HttpRequest;
pub extern fn jaros_http_send(request: *HttpRequest) HttpResponse;

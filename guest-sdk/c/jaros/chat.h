// A conversation that lives in the memo from turn to turn: the loop of a model that calls tools, in five lines.
//
//     jaros_chat chat = jaros_chat_begin(turn, "You answer with care.", jaros_text(turn->input, "question"));
//     jaros_response reply = jaros_chat_ask(chat);
//     if (reply.call_count) return jaros_chat_carry_out(chat, &reply);
//     return jaros_finish(jaros_object("answer", reply.text));
//
// Invariant: each call that the model made is a decision of the agent's, judged as any other; its answer is the next turn's message.
// Doesn't know: when the conversation is over; the agent does, or the host's `turns`.
// Start at: jaros_chat_begin.
#ifndef JAROS_CHAT_H
#define JAROS_CHAT_H

#include "agent.h"
#include "model.h"

typedef struct jaros_chat_of *jaros_chat;

// The job's first turn: a new conversation of these two messages (an empty text is left out). A later one: the conversation of the memo,
// with what became of the calls added.
#define jaros_chat_begin(turn, system, user) jaros_chat_begin_(turn, JAROS_STR(system), JAROS_STR(user))
// Asks, and offers the model every action that this agent may propose.
jaros_response jaros_chat_ask(jaros_chat chat);
// Asks, and offers these: [{"kind":…,"description":…,"schema":…}].
jaros_response jaros_chat_ask_with(jaros_chat chat, jaros_json tools);
// Adds another question.
#define jaros_chat_user(chat, content) jaros_chat_user_(chat, JAROS_STR(content))
// A plan of one decision a call, with the conversation as its memo. The next turn runs the same step.
jaros_plan jaros_chat_carry_out(jaros_chat chat, const jaros_response *reply);

// ---- What the macros are made of; not for authors.

jaros_chat jaros_chat_begin_(const jaros_turn *turn, jaros_str system, jaros_str user);
void jaros_chat_user_(jaros_chat chat, jaros_str content);

#endif

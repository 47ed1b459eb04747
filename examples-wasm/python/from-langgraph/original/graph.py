"""The graph as it was: two tools, and a model that asks for them until it can answer. Needs: pip install langgraph"""

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import SystemMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode

PRICES = {"lamp": 40, "desk": 250}
RATES = {"EUR": 0.5, "GBP": 0.25}


@tool
def look_up_price(item: str) -> dict:
    """The price of an item, in dollars."""
    if item not in PRICES:
        raise ValueError(f"we don't sell {item}")
    return {"item": item, "dollars": PRICES[item]}


@tool
def convert(dollars: float, currency: str) -> dict:
    """What an amount of dollars is in another currency."""
    if currency not in RATES:
        raise ValueError(f"there is no rate for {currency}")
    return {"amount": dollars * RATES[currency], "currency": currency}


TOOLS = [look_up_price, convert]


def build(model: BaseChatModel) -> CompiledStateGraph:
    bound = model.bind_tools(TOOLS)

    def ask(state: MessagesState) -> dict:
        asked = [SystemMessage("You sell furniture. Use the tools.")] + state["messages"]
        return {"messages": [bound.invoke(asked)]}

    def which(state: MessagesState) -> str:
        return "tools" if state["messages"][-1].tool_calls else END

    graph = StateGraph(MessagesState)
    graph.add_node("ask", ask)
    graph.add_node("tools", ToolNode(TOOLS, handle_tool_errors=True))
    graph.add_edge(START, "ask")
    graph.add_conditional_edges("ask", which)
    graph.add_edge("tools", "ask")
    return graph.compile()

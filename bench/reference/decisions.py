"""Writes a decision log of N greetings through the reference's own code: `decisions.py STATE_FOLDER N`.

Running that many jobs there takes many minutes, and only the replay is measured, so nothing is synced here.
"""

import os
import sys

from jaros.core import create_decision
from jaros.state import DecisionLog, TransitionLog, record_decision

os.fsync = lambda descriptor: None
folder, number = sys.argv[1], int(sys.argv[2])
TransitionLog(folder).ensure()
log = DecisionLog(folder)
log.ensure()
for one in range(number):
    record_decision(log, create_decision(id=f"greet-{one}", source="greeter", kind="greet", payload={"name": "Ada"}))

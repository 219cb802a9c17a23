"""What is known of electronic invoices and their networks, in one place."""

EVENT = "einvoice"
MOVE = "account.move"

# The sending methods by which nothing goes to the customer electronically, or that have
# an event of their own
OTHER_METHODS = frozenset(("email", "manual", "snailmail"))
# What Odoo offers beside the sending methods, where the office it goes to delivers the
# invoice to the customer. The others report to a tax office, or make a file.
DELIVERING_EDIS = frozenset(
    ("it_edi_send", "pl_ksef", "ro_edi", "rs_edi", "tr_nilvera")
)

# How the names end of the fields in which networks note what became of an invoice:
# `peppol_move_state`, `nemhandel_move_state`
STATE = "_move_state"
# The delivery status for such a state; with any other one the invoice did not leave
DELIVERY_OF_STATE = {"processing": "pending", "done": "sent", "error": "error"}
FINAL_STATES = ("done", "error")
# With these the network has taken it
SENT_STATES = ("processing", "done")

"""What the event sources of HTTP share.

An event source is where something happened: here a request, by a user or a customer.
"""

from odoo.http import request

from odoo.addons.portal.utils import validate_thread_with_hash_pid

from ..models.recording.request_watch import RequestWatch

# How often a request is run anew because the log met another transaction. Odoo itself
# gives up, with an error for the user, after a few tries more.
MAX_RETRIES = 2
# How a browser or a proxy says that it fetches what nobody asked for yet: the
# Fetch standard (Sec-Purpose), older Chrome and Safari (Purpose), Firefox (X-Moz)
PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
PREFETCHED = ("prefetch", "preview", "prerender")


def record(event, documents, recorder=None, **kwargs):
    """Record that `event` happened to `documents` in this request.

    The keys of the entries are those of the request: a transaction that is retried
    logs nothing twice.

    :param recorder: `interaction.recorder` in another environment than the request's
    :param kwargs: see `_record_event` of `interaction.recorder`
    :return: the entries
    """
    watch = RequestWatch.get()
    watch.tries += 1
    if recorder is None:
        recorder = request.env["interaction.recorder"]
    return recorder._record_event(
        event,
        documents,
        source=f"{event},{watch.key}",
        may_retry=watch.tries <= MAX_RETRIES,
        **kwargs,
    )


def may_record(event, model_name):
    """Say, without a query, whether a rule could record `event` in this request."""
    return _is_looked_at() and (
        request.env["interaction.rule"]._may_match(event, model_name)
    )


def _is_looked_at():
    """Say whether somebody gets to see the answer, as far as the request tells."""
    headers = request.httprequest.headers
    return request.httprequest.method != "HEAD" and not any(
        purpose in headers.get(name, "").lower()
        for name in PREFETCH_HEADERS
        for purpose in PREFETCHED
    )


def may_record_customer(event, model_name):
    """Say whether a customer does it: neither an internal user nor a robot."""
    return (
        not request.env.user._is_internal()
        and may_record(event, model_name)
        and not request.env["ir.http"].is_a_bot()
        # the page is fetched for a chat that shows what the link leads to
        and request.httprequest.headers.get("Odoo-Link-Preview") != "True"
    )


def record_customer(event, documents, report=None, files=None, signature=None):
    """Record that the customer viewed or downloaded `documents`, once per request.

    Whoever calls has checked the access: by the rights of the portal user, or by the
    token in the link. The contact is the portal user, else the person whom the link
    was sent to, else the contact of the document.

    :param files: function that returns what left; see `_add_details`
    :param tuple signature: the `pid` and `hash` of a link that Odoo made for a person
    """
    env = request.env
    customer = env["res.partner"].sudo()
    if not env.user._is_public():
        customer = env.user.partner_id.sudo()
    elif len(documents) == 1:
        customer = _find_addressee(documents, *(signature or (None, None)))
    if customer and not customer._filter_interaction_external():
        return  # an internal contact: not logged in, or an employee in the portal
    # The log is read by us, not by the customer
    company = documents[:1].company_id if "company_id" in documents._fields else False
    lang = (company or env.company).sudo().partner_id.lang or env.lang
    record(
        event,
        documents.with_env(env),
        # the customer has no right on the log, and may have none on the document
        # but the link
        recorder=env["interaction.recorder"].sudo().with_context(lang=lang),
        report=report,
        details={
            "partner": customer,
            # what the customer does costs us neither paper nor time
            "vals": {
                "initiated_by": "them",
                "channel": "web",
                "cost": 0,
                "duration": 0,
            },
            "files": files or {},
        },
    )


def _find_addressee(document, partner_id, signature):
    """Return the contact whom Odoo made the link for, or none."""
    partner = request.env["res.partner"].sudo()  # whose name the link is
    if (
        signature
        and str(partner_id).isdigit()
        and hasattr(document, "_sign_token")
        and validate_thread_with_hash_pid(document.sudo(), signature, partner_id)
    ):
        return partner.browse(int(partner_id)).exists()
    return partner

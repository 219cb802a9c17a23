from collections import defaultdict

from odoo import api, models

from odoo.addons.interaction_log.models.email.mail_types import (
    Mail,
    Sent,
    get_first_words,
)

from .text_message import FAILURE_TEXTS


class InteractionRecorder(models.AbstractModel):
    """Text messages, from what Odoo says of them to what the rules decide on."""

    _inherit = "interaction.recorder"

    @api.model
    def _get_failure_texts(self):
        # EXTENDS: why a text message did not arrive
        return super()._get_failure_texts() | FAILURE_TEXTS

    @api.model
    def _find_sent_sms(self, texts, names):
        """Return list of `Sent`, each contact of a text message once.

        Where it goes to no contact, with the numbers that nobody knows.

        :param list texts: of `TextMessage`
        :param names: models of the documents that rules ask for
        """
        none = self.env["res.partner"].sudo()
        found = self._find_contacts_of_numbers(
            [(text.message, text.number) for text in texts if not text.partner]
        )
        sent, strangers = {}, []
        for text in texts:
            partner = text.partner or found.get((text.message, text.number), none)
            document = text.document or partner
            if not document or document._name not in names:
                continue
            if partner:
                sent.setdefault((text.message or text.source_key, partner), text)
            elif (text.message, text.number) in found:
                strangers.append(text)
        reached = {message for message, _partner in sent}
        return [
            *(
                self._make_sent_sms(text, partner)
                for (_, partner), text in sent.items()
            ),
            *(
                self._make_sent_sms(text, none)
                for text in strangers
                if (text.message or text.source_key) not in reached
            ),
        ]

    @api.model
    def _make_sent_sms(self, text, partner):
        document = text.document or partner
        return Sent(
            model=document._name,
            uid=text.uid,
            date=text.date,
            mail=Mail(
                res_id=document.id,
                partner=partner,
                source_key=text.source_key,
                has_files=False,
                subject=get_first_words(text.text),
                vals={
                    "mail_message_id": text.message.id,
                    "note": text.text,
                    "contact_via": text.number,
                    "delivery_status": text.status,
                    "delivery_error": text.failure,
                },
            ),
        )

    @api.model
    def _find_contacts_of_numbers(self, asked):
        """Return {(message, number): contact}, an empty one where nobody has it.

        Without those that are ours; of several it is the document's, as for addresses.

        :param list asked: of (`mail.message` or none, number)
        """
        Partner = self.env["res.partner"].sudo()  # whoever may read them
        numbers = {number for _message, number in asked if number}
        partners_of = defaultdict(Partner.browse)
        if numbers:
            for partner in Partner.search(
                [("phone_sanitized", "in", list(numbers))], order="id"
            ):
                partners_of[partner.phone_sanitized] |= partner
        return self._decide_contacts(
            {
                (message, number): partners_of.get(number, Partner)
                for message, number in asked
            },
            [(message, number, Partner) for message, number in asked],
        )

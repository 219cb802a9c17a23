from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import (
    SQL,
    email_normalize,
    email_normalize_all,
    parse_contact_from_email,
)


class InteractionRecorder(models.AbstractModel):
    """Whose an address is, of an e-mail about a document; reads only."""

    _inherit = "interaction.recorder"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    @api.model
    def _find_senders(self, messages):
        """Return {message: who sent it}, an empty contact where nobody is known.

        Without what we sent ourselves, and without what strangers' machines did.

        :param messages: `mail.message` that arrived, with all rights
        """
        address_of = {
            message: message.email_from or message.author_id.email
            for message in messages
        }
        found = self._find_contacts(
            [
                (message, address, message.author_id)
                for message, address in address_of.items()
            ]
        )
        return {
            message: found[message, address]
            for message, address in address_of.items()
            if (message, address) in found
            and (found[message, address] or not message._is_automatic())
        }

    @api.model
    def _find_contacts(self, asked):
        """Return {(message, address): contact}, an empty one where nobody has it.

        Without those that are ours. Of several contacts that have an address, or that
        Odoo names, it is the document's; see `_get_contact_rank`. A constant number of
        queries for each model, and none where nothing is asked.

        :param list asked: of tuples of a `mail.message` about a document, an address as
            an e-mail has it, and the contact whom Odoo takes it for, maybe none
        """
        address_of = {
            address: email_normalize(address, strict=False)
            for _message, address, _author in asked
        }
        addresses = set(address_of.values()) - {False}
        own = self.env["mail.alias.domain"]._find_own_addresses(addresses)
        partners_of = self._find_partners_of(addresses - own)
        candidates = {
            (message, address): partners_of[address_of[address]] | author.sudo()
            for message, address, author in asked
            if address_of[address] not in own
        }
        return self._decide_contacts(candidates, asked)

    @api.model
    def _decide_contacts(self, candidates, asked):
        """Return {(message, address): contact}, one of those who have the address.

        Also for addons, of what is no address of an e-mail.

        :param candidates: {(message, address): contacts, maybe none}
        :param list asked: see `_find_contacts`
        """
        none = self.env["res.partner"].sudo()  # whoever may read them
        everybody = none.union(*candidates.values())
        external = everybody and everybody._filter_interaction_external()
        found = {
            key: partners
            for key, partners in candidates.items()
            if partners <= external
        }
        shared = {key: group for key, group in found.items() if len(group) > 1}
        return found | self._choose_contacts(shared, asked)

    @api.model
    def _find_partners_of(self, addresses):
        """Return {address: contacts}, also those that have several addresses.

        :param addresses: set of normalized addresses
        """
        Partner = self.env["res.partner"].sudo()
        partners_of = defaultdict(Partner.browse)
        if not addresses:
            return partners_of
        Partner.flush_model(["email"])
        # The normalized one of a contact is the first. In SQL, as the few that have
        # several are looked for first: of 200,000 contacts 120 ms, not 190.
        with_others = SQL(
            """(SELECT id FROM res_partner
                WHERE email LIKE '%%@%%@%%' AND LOWER(email) LIKE ANY(%s))""",
            [f"%{address}%" for address in addresses],
        )
        for partner in Partner.search(
            Domain("email_normalized", "in", list(addresses))
            | Domain("id", "in", with_others),
            order="id",
        ):
            for address in addresses.intersection(
                [partner.email_normalized, *email_normalize_all(partner.email)]
            ):
                partners_of[address] |= partner
        return partners_of

    @api.model
    def _choose_contacts(self, shared, asked):
        """Return {(message, address): contact} of those that several have."""
        messages = self.env["mail.message"].sudo()
        messages = messages.union(*(message for message, _address in shared))
        author_of = {(message, address): author for message, address, author in asked}
        contacts, companies, written = {}, {}, {}
        for model_name, group in messages.grouped("model").items():
            documents = self.env[model_name].sudo().browse(group.mapped("res_id"))
            contacts_of = documents._mail_get_partners()
            company_of = documents._mail_get_companies()
            for message in group:
                contacts[message] = contacts_of[message.res_id]
                companies[message] = company_of[message.res_id]
            written |= self._find_written_to(model_name, group, shared)
        return {
            (message, address): max(
                partners,
                key=lambda partner, message=message, address=address: (
                    self._get_contact_rank(
                        partner,
                        parse_contact_from_email(address)[0],
                        contacts.get(message, partners.browse()),
                        companies.get(message, self.env.company),
                        written.get((message, partner.id), 0),
                        author_of[message, address],
                    )
                ),
            )
            for (message, address), partners in shared.items()
        }

    @api.model
    def _get_contact_rank(self, partner, name, contacts, company, written, author):
        """Return how near a contact is to what an e-mail is about: the greatest is it.

        Contacts of another company are the last. The nearest is the document's, then
        the people of its company, who was written to in the thread last, who has the
        name, whom Odoo takes it for, and who is there longest.

        :param str name: as the e-mail has it
        :param contacts: those of the document
        :param company: `res.company` of the document
        :param int written: id of the last e-mail to the contact, or 0
        :param author: the one whom Odoo takes it for
        """
        return (
            not partner.company_id or partner.company_id == company,
            partner in contacts,
            partner.commercial_partner_id in contacts.commercial_partner_id,
            written,
            bool(name) and (partner.name or "").lower() == name.lower(),
            partner == author,
            -partner.id,
        )

    @api.model
    def _find_written_to(self, model_name, messages, shared):
        """Return {(message, id of a contact): id of the last e-mail to it before that}.

        :param messages: those about documents of model `model_name`
        :param shared: see `_choose_contacts`
        """
        partners = self.env["res.partner"].union(*shared.values())
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search(
                Domain("res_partner_id", "in", partners.ids)
                & Domain("interaction_by_client", "=", False)
                & Domain("mail_message_id.model", "=", model_name)
                & Domain("mail_message_id.res_id", "in", messages.mapped("res_id")),
                order="id",
            )
        )
        written = defaultdict(int)
        for notification in notifications:
            sent = notification.mail_message_id
            for message in messages:
                if sent.res_id == message.res_id and sent.id < message.id:
                    key = message, notification.res_partner_id.id
                    written[key] = max(written[key], sent.id)
        return written

    @api.model
    def _browse_documents(self, messages):
        """Return {message: its document}; those of a model are read at once."""
        result = {}
        for model_name, group in messages.grouped("model").items():
            # the rules decide, whatever the user may read
            documents = self.env[model_name].sudo().browse(group.mapped("res_id"))
            result |= zip(group, documents, strict=True)
        return result

import base64

from ..common import InteractionCommon

PDF = base64.b64encode(b"%PDF-1.4 terms")


class TemplateFilesCommon(InteractionCommon):
    """A template for letters, two contacts of different languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "fr_BE", "de_DE"):
            cls.env["res.lang"].sudo()._activate_lang(code)
        cls.english, cls.french, cls.belgian, cls.german = (
            cls.env.ref(f"base.lang_{name}") for name in ("en", "fr", "fr_BE", "de")
        )
        cls.Template = cls.env["interaction.template"].with_user(cls.user_manager)
        cls.File = cls.env["interaction.template.file"].with_user(cls.user_manager)
        cls.template = cls.Template.create(
            {
                "name": "Thanks",
                "group_id": cls._shipped("interaction_group_letter").id,
                "channel": "letter",
            }
        )
        cls.anna.write({"lang": "en_US", "street": "Rue 1", "city": "Namur"})
        cls.chloe = cls.env["res.partner"].create(
            {"name": "Chloé", "parent_id": cls.acme.id, "lang": "fr_FR"}
        )

    @classmethod
    def _add(cls, name, content=PDF, lang=None, template=None, **vals):
        return cls.File.create(
            {
                "template_id": (template or cls.template).id,
                "lang_id": (lang or cls.english).id,
                "filename": name,
                "file": content,
                **vals,
            }
        )

    @classmethod
    def _log_with(cls, partner, **vals):
        return cls._log(template_id=cls.template.id, partner_id=partner.id, **vals)

    @classmethod
    def _get_document_vals(cls, name):
        """Return what an interaction about a quotation of that name says of it."""
        order = cls._new_order(name=name)
        return {"res_model": order._name, "res_id": order.id, "document_name": name}

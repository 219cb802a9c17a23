import base64
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SegmentContentCommon


@tagged("-at_install", "post_install")
class TestSegmentPreview(SegmentContentCommon):
    """What is logged of a line, and the dialog that shows it.

    That is what the line says, else the segment, else the template.
    """

    def test_follows_the_segment(self):
        self.segment.write({"subject": "Hello", "channel": "visit", "lang": "fr_FR"})
        self.segment.write({"cost": 3, "duration": 0.5, "flow": "inbound"})
        vals = self.line._prepare_vals()
        expected = {
            "template_id": self.template_letter.id,
            "partner_id": self.anna.id,
            "company_id": self.company_a.id,
            "user_id": self.user_sales.id,
            "name": "Hello",
            "channel": "visit",
            "lang": "fr_FR",
            "flow": "inbound",
            "initiated_by": "us",
            "cost": 3,
            "duration": 0.5,
            "is_duration_estimated": False,
            "campaign_id": False,
            "campaign_target": False,
            "campaign_response": False,
        }
        self.assertEqual(vals, expected)
        entry = self.Entry.with_user(self.user_sales).log_interactions([vals])
        self.assertEqual(entry.name, "Hello")
        self.assertEqual(entry.channel, "visit")

    def test_empty_follows_the_template(self):
        self.segment.write({"flow": False, "initiated_by": False})
        vals = self.line._prepare_vals()
        self.assertNotIn("flow", vals)
        self.assertNotIn("initiated_by", vals)
        self.assertFalse({"name", "channel", "lang"} & set(vals))

    def test_says_its_own(self):
        self.segment.write({"subject": "Hello", "channel": "visit", "cost": 3})
        self.line.write(
            {
                "name": "Dear",
                "channel": "phone",
                "lang": "fr_FR",
                "user_id": self.user_other_sales.id,
                "cost": 0,
                "duration": 2,
            }
        )
        vals = self.line._prepare_vals()
        self.assertEqual(vals["name"], "Dear")
        self.assertEqual(vals["channel"], "phone")
        self.assertEqual(vals["lang"], "fr_FR")
        self.assertEqual(vals["user_id"], self.user_other_sales.id)
        self.assertEqual(vals["cost"], 0)
        self.assertEqual(vals["duration"], 2)
        self.assertEqual(self.line_acme._prepare_vals()["name"], "Hello")

    def test_template_of_its_own(self):
        """The segment says nothing of another template but language, who, campaign."""
        campaign = self.env["utm.campaign"].sudo().create({"title": "Fair"})
        self.segment.write(
            {
                "subject": "Hello",
                "channel": "visit",
                "flow": "inbound",
                "cost": 3,
                "duration": 1,
                "lang": "fr_FR",
                "campaign_id": campaign.id,
                "campaign_target": True,
            }
        )
        self.line.template_id = self.template_call
        expected = {
            "template_id": self.template_call.id,
            "partner_id": self.anna.id,
            "company_id": self.company_a.id,
            "user_id": self.user_sales.id,
            "lang": "fr_FR",
            "campaign_id": campaign.id,
            "campaign_target": True,
            "campaign_response": False,
        }
        self.assertEqual(self.line._prepare_vals(), expected)
        self.segment.campaign_id = False
        self.assertNotIn("campaign_id", self.line._prepare_vals())

    def test_salesperson(self):
        """That of the line, else of the segment, else of the contact, else the user."""
        self.segment.user_id = False
        self.anna.sudo().user_id = self.user_other_sales
        self.acme.sudo().user_id = False
        self.assertEqual(
            [line._prepare_vals()["user_id"] for line in self.segment.line_ids],
            [self.user_other_sales.id, self.user_sales.id],
        )

    # -- the dialog shows that, and logs nothing ---------------------------

    def _open(self, record):
        action = record.with_user(self.user_sales).action_preview()
        return Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )

    def _add_file(self, name, content, lang):
        return (
            self.env["interaction.template.file"]
            .sudo()
            .create(
                {
                    "template_id": self.template_letter.id,
                    "lang_id": self.env["res.lang"]._lang_get(lang).id,
                    "filename": name,
                    "file": base64.b64encode(content),
                }
            )
        )

    def test_segment_shows_the_first_contact(self):
        self._add_file("terms.pdf", b"%PDF-1.4 terms", "en_US")
        self._add_file("conditions.pdf", b"%PDF-1.4 conditions", "fr_FR")
        own = self.env["ir.attachment"].with_user(self.user_sales)
        self.segment.attachment_ids = own.create({"name": "map.txt", "raw": b"map"})
        self.line.write({"cost": 7, "channel": "visit", "name": "Dear Anna"})
        self.line.attachment_ids = own.create({"name": "own.txt", "raw": b"own"})
        count = self.Entry.search_count([])
        form = self._open(self.segment)
        self.assertEqual(form.line_id, self.line)
        self.assertEqual(form.partner_id, self.anna)
        self.assertEqual(form.subject, "Dear Anna")
        self.assertEqual(form.channel, "visit")
        self.assertEqual(form.cost, 7)
        self.assertEqual(form.duration, 0.25)
        self.assertEqual(form.user_id, self.user_sales)
        self.assertEqual(form.filenames, "terms.pdf, map.txt, own.txt")
        self.assertFalse(form.warning)
        self.assertFalse(form.error)
        # and the next one, in its language
        form.line_id = self.line_acme
        self.assertEqual(form.lang, "fr_FR")
        self.assertEqual(form.subject, self.template_letter.description)
        self.assertEqual(form.channel, "letter")
        self.assertEqual(form.cost, 0)
        self.assertEqual(form.filenames, "conditions.pdf, map.txt")
        preview = form.save()
        url = preview.action_download()["url"]
        file = self.env["ir.attachment"].browse(int(url.split("/")[3].split("?")[0]))
        with zipfile.ZipFile(io.BytesIO(file.sudo().raw)) as archive:
            self.assertEqual(sorted(archive.namelist()), ["conditions.pdf", "map.txt"])
        self.assertEqual(self.Entry.search_count([]), count)

    def test_template_of_the_line(self):
        self.line.template_id = self.template_call
        form = self._open(self.line)
        self.assertEqual(form.template_id, self.template_call)
        self.assertEqual(form.channel, "phone")

    def test_says_why_it_is_left_out(self):
        self.anna.write({"street": False, "zip": False, "city": False})
        form = self._open(self.line)
        self.assertEqual(form.warning, "no_address")
        self.anna.sudo().unlink()
        form = self._open(self.segment)
        self.assertEqual(form.warning, "deleted")
        self.assertFalse(form.partner_id)

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "Empty has no contacts"):
            self.segment.create(
                {"name": "Empty", "template_id": self.template_letter.id}
            ).action_preview()
        self.segment.template_id = False
        with self.assertRaisesRegex(UserError, "Choose a template for Spring"):
            self.segment.action_preview()

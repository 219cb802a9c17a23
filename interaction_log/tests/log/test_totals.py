from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import InteractionHttpCommon
from .common import FOREIGN, OWN, SALESPERSON, TotalsCommon


@tagged("-at_install", "post_install")
class TestTotals(TotalsCommon):
    def test_canceled_and_postponed_never_count(self):
        self._assert_totals((0, 0, 0), self.Entry)
        entries = self._log_talk() | self._log_talk(cost=7, duration=1)
        canceled = self._log_talk()
        canceled._cancel(self.reason)
        self._log_talk(state="postponed")
        self._assert_totals((2, 11, 1.5), entries)
        canceled.action_restore()
        self._assert_totals((3, 15, 2), entries | canceled)

    def test_user_is_no_contact(self):
        """The totals of a salesperson are not those with the salesperson."""
        self._log(partner_id=self.user_other_sales.partner_id.id)
        other = self.user_other_sales.with_user(self.user_sales)
        self.assertEqual(other.salesperson_interaction_count, 0)
        self.assertFalse(other.salesperson_interaction_ids)
        self.assertEqual(other.partner_id.interaction_count, 1)

    def test_user_has_the_totals_of_the_contact_too(self):
        """A user's `interaction_*` are the contact's, as all that comes from there."""
        user = self.user_other_sales.with_user(self.user_sales)
        others = self._log_talk(partner_id=user.partner_id.id, cost=7, duration=1)
        own = self._log_talk(user_id=user.id) | self._log_talk(user_id=user.id)
        self.assertRecordValues(
            user,
            [
                {
                    "interaction_ids": others.ids,
                    "interaction_count": 1,
                    "interaction_cost": 7,
                    "interaction_duration": 1,
                    "salesperson_interaction_ids": own.ids,
                    "salesperson_interaction_count": 2,
                    "salesperson_interaction_cost": 8,
                    "salesperson_interaction_duration": 1,
                }
            ],
        )
        self.assertEqual(user.partner_id.interaction_ids, others.with_env(user.env))
        self.assertEqual(
            self._open(user.action_view_interactions(), user.env), own.sudo()
        )
        self.assertEqual(
            self._open(user.partner_id.action_view_interactions(), user.env),
            others.sudo(),
        )

    def test_companies_and_their_currencies(self):
        euro = self.setup_other_currency("EUR", rates=[])
        company = self._new_company(currency_id=euro.id)
        self.env["res.currency.rate"].sudo().create(
            [
                {
                    "name": "2020-01-01",
                    "currency_id": currency.id,
                    "company_id": of_company.id,
                    "rate": rate,
                }
                for currency, of_company, rate in (
                    (euro, self.company_a, 2),
                    (self.company_a.currency_id, company, 0.5),
                )
            ]
        )
        self.user_sales.sudo().company_ids |= company
        here = self._log_talk()
        there = (
            self.env["interaction.log.entry"]
            .with_user(self.user_sales)
            .with_company(company)
            .log_interactions(
                [
                    {
                        "template_id": self.template.id,
                        "partner_id": self.anna.id,
                        "campaign_id": self.campaign.id,
                        "cost": 10,
                    }
                ]
            )
        )
        self.assertEqual(there.currency_id, euro)
        ids = {"a": self.company_a.id, "b": company.id}
        for companies, cost, entries in (
            ("a", 4, here),
            ("b", 10, there),
            ("ab", 9, here | there),
            ("ba", 18, here | there),
        ):
            self._assert_totals(
                (len(entries), cost, 0.5 * len(entries)),
                entries,
                allowed_company_ids=[ids[name] for name in companies],
            )
            currency = self.group.with_user(self.user_sales).with_context(
                allowed_company_ids=[ids[name] for name in companies]
            )
            self.assertEqual(
                currency.interaction_currency_id,
                self.env["res.company"].browse(ids[companies[0]]).sudo().currency_id,
            )

    def test_period_in_the_time_zone_of_the_user(self):
        january = self._log_talk(date="2026-01-10 12:00:00")
        late = self._log_talk(date="2026-01-31 23:30:00")
        first = self._log_talk(date="2026-02-01 03:00:00")
        self._log_talk(date="2026-01-31 23:30:00", state="postponed")
        none = january.browse()
        in_january, in_february = (
            {"interaction_date_from": start, "interaction_date_to": end}
            for start, end in (
                ("2026-01-01", "2026-01-31"),
                ("2026-02-01", "2026-02-28"),
            )
        )
        for user, tz, counted, later in (
            (self.user_sales, "UTC", january | late, first),
            (self.user_other_sales, "Europe/Brussels", january, late | first),
            (self.user_manager, "America/New_York", january | late | first, none),
        ):
            user.sudo().tz = tz
            for entries, period in ((counted, in_january), (later, in_february)):
                number = len(entries)
                totals = (number, 4 * number, 0.5 * number)
                self._assert_totals(totals, entries, user=user, **period)
                # the time zone that the client sends goes first
                self._assert_totals(
                    totals, entries, user=self.user_admin, tz=tz, **period
                )

    def test_both_days_are_included_and_either_may_be_missing(self):
        self.user_sales.sudo().tz = "Europe/Brussels"
        # midnight to midnight, in summer time
        before = self._log_talk(date="2026-06-30 21:59:59")
        first = self._log_talk(date="2026-06-30 22:00:00")
        last = self._log_talk(date="2026-07-01 21:59:59")
        after = self._log_talk(date="2026-07-01 22:00:00")
        day = "2026-07-01"
        for entries, start, end in (
            (first | last, day, day),
            (first | last | after, day, False),
            (before | first | last, None, day),
            (before | first | last | after, "0001-01-01", "9999-12-31"),
        ):
            number = len(entries)
            self._assert_totals(
                (number, 4 * number, 0.5 * number),
                entries,
                interaction_date_from=start,
                interaction_date_to=end,
            )

    def test_last_dates_in_a_period(self):
        self._log_talk(date="2026-01-10 12:00:00")
        self._log_talk(date="2026-02-10 12:00:00")
        acme = self.acme.with_user(self.user_sales)
        acme = acme.with_context(interaction_date_to="2026-01-31")
        self.assertEqual(str(acme.interaction_last_date), "2026-01-10 12:00:00")

    def test_what_is_opened_says_the_period(self):
        for period, name in (
            ({}, "Interaction Log Entries"),
            (
                {"interaction_date_from": "2026-01-01"},
                "Interaction Log Entries (01/01/2026 - …)",
            ),
        ):
            template = self.template.with_context(**period)
            action = template.action_view_interactions()
            self.assertEqual(action["display_name"], name)

    def test_bad_period(self):
        self._log_talk()
        for message, start, end in (
            ('"yesterday" is not a valid date', "yesterday", None),
            ('"2026-02-30" is not a valid', None, "2026-02-30"),
            ('"7" is not a valid', 7, None),
            ("end date 2026-01-01 is before", "2026-01-02", "2026-01-01"),
        ):
            for record, names in self.owners:
                owner = record.with_user(self.user_sales).with_context(
                    interaction_date_from=start, interaction_date_to=end
                )
                with self.subTest(owner=owner, message=message):
                    with self.assertRaisesRegex(ValidationError, message):
                        owner.mapped(names[0])
                    with self.assertRaisesRegex(ValidationError, message):
                        owner.action_view_interactions()

    def test_targets_and_responses_of_a_campaign(self):
        target = self._log_talk(campaign_target=True)
        both = self._log_talk(campaign_target=True, campaign_response=True)
        self._log_talk()
        self._log_talk(campaign_target=True, campaign_response=True)._cancel(
            self.reason
        )
        campaign = self.campaign.with_user(self.user_sales)
        self.assertRecordValues(
            campaign,
            [
                {
                    "interaction_count": 3,
                    "interaction_cost": 12,
                    "interaction_target_count": 2,
                    "interaction_response_count": 1,
                }
            ],
        )
        self.assertEqual(
            self._open(campaign.action_view_interaction_targets(), campaign.env),
            (target | both).sudo(),
        )
        self.assertEqual(
            self._open(campaign.action_view_interaction_responses(), campaign.env),
            both.sudo(),
        )

    def test_one_query_however_many_records(self):
        sudo = self.env(su=True)
        number = 20
        partners = sudo["res.partner"].create([{"name": str(n)} for n in range(number)])
        users = sudo["res.users"].create(
            [
                {
                    "login": f"il_{n}",
                    "partner_id": partner.id,
                    "group_ids": [Command.link(self.env.ref("base.group_user").id)],
                }
                for n, partner in enumerate(partners)
            ]
        )
        groups = sudo["interaction.group"].create([{"name": str(n)} for n in range(20)])
        templates = sudo["interaction.template"].create(
            [{"name": group.name, "group_id": group.id} for group in groups]
        )
        campaigns = sudo["utm.campaign"].create(
            [{"title": f"Fair {n}"} for n in range(number)]
        )
        self.env["interaction.log.entry"].with_user(self.user_sales).log_interactions(
            [
                {
                    "template_id": template.id,
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "campaign_id": campaign.id,
                    "campaign_target": True,
                }
                for template, partner, user, campaign in zip(
                    templates, partners, users, campaigns, strict=True
                )
            ]
        )
        for all_owners in (templates, groups, partners, users, campaigns):
            owners = all_owners.with_user(self.user_sales)
            name = (
                "interaction_count" if owners._name != "res.users" else SALESPERSON[0]
            )
            owners[0].mapped(name)  # warms caches
            for records in (owners[0], owners):
                self.env.invalidate_all()
                self.env.user.has_group("base.group_user")
                records.env.user.has_group("base.group_user")
                records.env.company.currency_id.mapped("rounding")
                with (
                    self.subTest(records=records),
                    self.assertQueryCount(1),
                ):
                    counts = records.mapped(name)
                self.assertEqual(counts, [1] * len(records))

    def test_new_record(self):
        form = Form(self.env["interaction.group"].with_user(self.user_manager))
        self.assertEqual(form.interaction_count, 0)
        form.name = "Webinars"
        group = form.save()
        self.assertEqual((group.code, group.interaction_count), ("WEBINARS", 0))

    def test_user_without_right_opens_a_campaign_and_a_user(self):
        self._log_talk()
        self._let_open_campaigns(self.user_assistant)
        system = self._new_user("il_settings", "base.group_system")
        foreign = (*FOREIGN, "interaction_ids")
        of_user = (*foreign, *SALESPERSON, "salesperson_interaction_ids")
        for owner, user, view, names in (
            (self.campaign, self.user_assistant, "utm.utm_campaign_view_form", foreign),
            (self.user_sales, system, "base.view_users_form", of_user),
            (self.anna, self.user_assistant, "base.view_partner_form", foreign),
        ):
            with self.subTest(owner=owner):
                record = owner.with_user(user)
                arch = record.get_view(self.env.ref(view).id)["arch"]
                Form(record, view)
                for name in names:
                    self.assertNotIn(f'name="{name}"', arch)
                    with self.assertRaises(AccessError):
                        record.read([name])
                    self.assertNotIn(name, record.fields_get())

    def test_user_with_right_sees_the_buttons(self):
        self._log_talk()
        system = self._new_user(
            "il_settings", "base.group_system", "interaction_log.group_user"
        )
        for owner, view, name in (
            (self.template, "interaction_log.interaction_template_view_form", OWN[0]),
            (self.group, "interaction_log.interaction_group_view_form", OWN[0]),
            (self.campaign, "utm.utm_campaign_view_form", FOREIGN[0]),
            (self.user_sales, "base.view_users_form", SALESPERSON[0]),
            (self.anna, "base.view_partner_form", FOREIGN[0]),
        ):
            with self.subTest(owner=owner):
                record = owner.with_user(system)
                form = Form(record, view)
                self.assertEqual(form[name], 1)
                arch = record.get_view(self.env.ref(view).id)["arch"]
                # on a contact the timeline has the button
                button = "action_view_interaction_statistics"
                self.assertIn(
                    "interaction_timeline" if owner == self.anna else button, arch
                )


@tagged("-at_install", "post_install")
class TestTotalsUi(TotalsCommon, InteractionHttpCommon):
    def test_totals_of_a_period(self):
        """The filter changes the numbers of the list; the button opens what counts."""
        last_year = fields.Date.today().year - 1
        self._log_talk(name="Last year's talk", date=f"{last_year}-06-15 12:00:00")
        self._log_talk(
            name="Canceled talk", date=f"{last_year}-06-16 12:00:00"
        )._cancel(self.reason)
        self._log_talk(name="Talk of today")
        self.start_tour(
            "/odoo/interaction-groups",
            "interaction_log_totals",
            login=self.user_manager.login,
        )

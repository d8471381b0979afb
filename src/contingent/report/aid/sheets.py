"""The sheets of the workbook of aid: which columns each shows, of which frame, and what they mean.

A sheet is a page of the house's workbook with the column of a frame for each of its own. The frames are those of
`contingent.aid.status.STATUS_FRAMES`; `prepared` names what is worked out beside them. Days from D-day are written as D+30, days of
the calendar as dates.
"""

from dataclasses import dataclass

from contingent.report.workbook.book import Column, Page

DONOR = Column("Donor", "text", 18, "Who promises or gives, ISO 3166 alpha-3.")
FAMILY = Column("Family", "text", 18, "Family of equipment.")
EQUIPMENT = Column("Type", "text", 20, "Type of equipment; blank = any of the family, or money.")
FORMATION = Column("Formation", "wrapped", 30, "Formation of the host.")
PRIORITY = Column("Priority", "count", 9, "1 comes first.")
KIND = Column("Kind", "text", 11, "pledge, allocation (set aside), finance (an envelope), aggregate (a total), unpledged.")
PLEDGE = Column("Pledge", "text", 11, "Key of the row in pledges.csv.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat sheet: its page, the frame that it shows, and the frame's column for each of its own."""

    page: Page
    frame: str
    shown: tuple[str, ...]
    freeze: int = 1


def _sheet(name: str, says: str, frame: str, *columns: tuple[Column, str], freeze: int = 1) -> Sheet:
    return Sheet(Page(name, says, tuple(column for column, _ in columns)), frame, tuple(shown for _, shown in columns), freeze)


SUMMARY = Page("Summary", "What was promised to the host, what is known to have come, and what follows from it.", ())

BY_DONOR = (
    DONOR,
    Column("Pledges", "count", 10, "Pledges and allocations that count."),
    Column("Nothing known", "count", 10, "Of them, those of which nothing is known to have come."),
    Column("In part", "count", 10, "Of them, those of which a part has come."),
    Column("Delivered", "count", 10, "Of them, those that have come whole."),
    Column("No number", "count", 10, "Of them, those that name no number and no sum to hold a delivery against."),
    Column("Promised [EUR m]", "amount", 13, "Money promised. [million EUR]"),
    Column("Came [EUR m]", "amount", 13, "Value of what is known to have come. [million EUR]"),
    Column("Open [EUR m]", "amount", 13, "Promised less what came. [million EUR]"),
    Column("Envelopes [EUR m]", "amount", 17, "Money set up for a span of time, out of which pledges are paid: never added to them. [million EUR]"),
)

BY_FAMILY = (
    Column("Family of equipment", "text", 18, "Family; things are added up within one family only."),
    Column("Its pledges", "count", 10, "Pledges and allocations of it that count."),
    Column("Things promised", "count", 10, "Things promised. [units]"),
    Column("Things that came", "count", 10, "Things known to have come, those of pledges that name no number too. [units]"),
    Column("Things open", "count", 10, "Promised less what came. [units]"),
    Column("Beyond", "count", 10, "Things that came beyond what was promised. [units]"),
    Column("Its money promised [EUR m]", "amount", 13, "Money promised for it. [million EUR]"),
    Column("Its money that came [EUR m]", "amount", 13, "Value of what came of it. [million EUR]"),
    Column("Its money open [EUR m]", "amount", 13, "Promised less what came. [million EUR]"),
)

LEDGER = _sheet(
    "Ledger", "One row a pledge: what counts, what is known to have come, and where it is said.", "ledger",
    (PLEDGE, "pledge"),
    (DONOR, "donor"),
    (Column("What is promised", "wrapped", 44, "In words."), "item"),
    (EQUIPMENT, "equipment"),
    (FAMILY, "family"),
    (KIND, "kind"),
    (Column("Announced", "date", 11, "Day of the announcement."), "announced"),
    (Column("Due", "date", 11, "Day by which it was promised; blank = none named."), "due"),
    (Column("Within", "text", 10, "Pledge that contains it; blank = none."), "within"),
    (Column("Counts", "yes", 8, "yes = it is part of a sum, of things, of money or of both."), "counted"),
    (Column("Why not", "wrapped", 30, "Why it does not count, or in one measure only."), "why_not"),
    (Column("State", "text", 12, "open = nothing is known to have come; partly; delivered; unmeasured = no number; left out."), "state"),
    (Column("Promised", "count", 11, "Things that count; blank = none named. [units]"), "promised"),
    (Column("Came", "count", 11, "Things known to have come. [units]"), "delivered"),
    (Column("Open", "count", 11, "Promised less what came. [units]"), "open"),
    (Column("Over", "count", 9, "Things that came beyond what was promised. [units]"), "over"),
    (Column("Announced sum [m]", "amount", 12, "Sum as announced. [million of its currency]"), "value_m"),
    (Column("Currency", "text", 9, "Of the announced sum."), "currency"),
    (Column("Rate", "wrapped", 26, "Rate and day at which it was turned into euro."), "fx_basis"),
    (Column("Promised [EUR m]", "amount", 12, "Sum that counts. [million EUR]"), "promised_eur_m"),
    (Column("Came [EUR m]", "amount", 12, "Value of what is known to have come. [million EUR]"), "delivered_eur_m"),
    (Column("Open [EUR m]", "amount", 12, "Promised less what came. [million EUR]"), "open_eur_m"),
    (Column("Last came", "date", 11, "Day of the last that came, or by which it had come."), "last_delivery"),
    (Column("Event", "text", 14, "Meeting or package where it was announced."), "event"),
    (Column("Source", "wrapped", 34, "Where the row comes from."), "source"),
    (Column("Confidence", "text", 11, "How far the row can be trusted."), "confidence"),
)  # fmt: skip

MONTHS = _sheet(
    "By month", "What was announced in each month, and what came in it.", "by_month",
    (Column("Month", "date", 11, "First day of the month."), "month"),
    (DONOR, "donor"),
    (FAMILY, "family"),
    (KIND, "kind"),
    (Column("Promised", "count", 12, "Things announced in the month. [units]"), "promised"),
    (Column("Came", "count", 12, "Things that came in it, or by its last look. [units]"), "delivered"),
    (Column("Promised [EUR m]", "amount", 14, "Money announced in it. [million EUR]"), "promised_eur_m"),
    (Column("Came [EUR m]", "amount", 14, "Value of what came in it. [million EUR]"), "delivered_eur_m"),
)  # fmt: skip

DELAYS = _sheet(
    "Delays", "How long promises take; what has not come counts as awaited, not as late or lost.", "delays",
    (Column("Donor", "text", 18, "Donor; blank = all."), "donor"),
    (Column("Family", "text", 20, "Family; blank = all."), "family"),
    (Column("Followed", "amount", 10, "Pledges whose amount can be followed. [pledges]"), "pledges"),
    (Column("Arrived", "amount", 10, "Of them, what arrived, parts by their share. [pledges]"), "arrived"),
    (Column("Awaited", "amount", 10, "Of them, what did not. [pledges]"), "awaited"),
    (Column("Half there after", "count", 12, "Days until half was delivered; blank = not reached yet. [days]"), "median_days"),
    (Column("At least", "count", 10, "Lower end of its 95 % interval. [days]"), "median_low"),
    (Column("At most", "count", 10, "Upper end; blank = cannot be said. [days]"), "median_high"),
    (Column("Within 180 days", "share", 12, "Share delivered by then; blank = none was watched for so long."), "delivered_180"),
    (Column("Within 360 days", "share", 12, "Share delivered by then; blank = none was watched for so long."), "delivered_360"),
    (Column("By chance", "ratio", 10, "How often such a difference from all others comes by chance, for all groups looked at."), "adjusted"),
    (Column("With a due day", "amount", 11, "Pledges that name a day. [pledges]"), "due_pledges"),
    (Column("Late", "share", 10, "Share of them that came after their day, or has not come though it is past."), "late"),
    (Column("Days late", "count", 10, "Days until half of what was due had come; blank = cannot be said. [days]"), "median_late_days"),
    freeze=2,
)  # fmt: skip

EXPECTED = _sheet(
    "Expected", "What of the open pledges has arrived by each day, with its interval; no new pledge is foreseen.", "arrivals_by_quarter",
    (Column("Of", "text", 12, "all, family or donor."), "cut"),
    (Column("Name", "text", 22, "Which family or donor."), "name"),
    (Column("Measure", "text", 12, "Items, or money in million EUR."), "measure"),
    (Column("By", "date", 11, "Day of the calendar."), "date"),
    (Column("Low", "amount", 12, "Lower end of the interval."), "low"),
    (Column("Even chance", "amount", 12, "As likely more as less."), "median"),
    (Column("Mean", "amount", 12, "On average."), "mean"),
    (Column("High", "amount", 12, "Upper end of the interval."), "high"),
    (Column("Open", "amount", 12, "All that is open: the most that can arrive."), "open"),
    freeze=2,
)  # fmt: skip

OPEN = _sheet(
    "Open pledges", "Each open pledge, and the day by which it has come with an even chance.", "open_dated",
    (PLEDGE, "pledge"),
    (DONOR, "donor"),
    (FAMILY, "family"),
    (EQUIPMENT, "equipment"),
    (Column("Announced", "date", 11, "Day of the announcement."), "announced"),
    (Column("Still to come", "count", 12, "Things; blank = money. [units]"), "quantity"),
    (Column("Still to come [EUR m]", "amount", 13, "Value still to come. [million EUR]"), "value_eur_m"),
    (Column("Share open", "share", 10, "Of the pledge, still to come."), "share"),
    (Column("Due", "date", 11, "Day by which it was promised; blank = none named."), "due_date"),
    (Column("Even chance by", "date", 12, "Day by which it has come with a chance of one half; blank = beyond what can be said."), "expected_date"),
    (Column("Chance", "share", 10, "That it comes within the time looked at."), "chance"),
    (Column("There unseen", "share", 12, "Chance that it has come by the close of the books though no source says so; blank = not asked."),
     "chance_by_now"),
)  # fmt: skip

FORMATIONS = _sheet(
    "Formations", "Which formation reaches its standard when, from what is open, and what it is given.", "equipped",
    (FORMATION, "formation"),
    (PRIORITY, "priority"),
    (Column("At standard on", "day", 13, "Day from D-day on which it has its standard of each need, trained; blank = not within the time."),
     "equipped_day"),
    (Column("Needs", "count", 11, "Things that it needs, of all kinds. [units]"), "quantity"),
    (Column("Is given", "count", 11, "Of them, given within the time. [units]"), "given"),
    (Column("Share", "share", 10, "Given divided by needed."), "share"),
    (Column("Types", "count", 8, "Types that it has to keep."), "types"),
)  # fmt: skip

GIVEN = _sheet(
    "Given", "What is handed to whom, from when on its crews can use it.", "given",
    (FORMATION, "formation"),
    (Column("Need", "text", 26, "Key of the row in needs.csv."), "need"),
    (EQUIPMENT, "equipment"),
    (FAMILY, "family"),
    (Column("Handed over", "day", 12, "First day of the period in which it is handed over."), "day"),
    (Column("Usable", "day", 12, "First day on which its crews are trained."), "ready_day"),
    (Column("How many", "count", 10, "[units]"), "quantity"),
)  # fmt: skip

GAPS = _sheet(
    "Gaps", "What stays missing of each need, why, and the further pledge that would help most.", "gaps_with_next",
    (FORMATION, "formation"),
    (Column("Need", "text", 26, "Key of the row in needs.csv."), "need"),
    (FAMILY, "family"),
    (EQUIPMENT, "equipment"),
    (PRIORITY, "priority"),
    (Column("Needed by", "day", 11, "Day from D-day."), "by_day"),
    (Column("Needed", "count", 10, "[units]"), "quantity"),
    (Column("There by then", "count", 11, "In trained hands by that day. [units]"), "by_then"),
    (Column("Given", "count", 10, "Within the time looked at. [units]"), "given"),
    (Column("Missing", "count", 10, "Needed less given. [units]"), "gap"),
    (Column("To the standard", "count", 11, "Of them, missing to the standard. [units]"), "to_standard"),
    (Column("Reason", "wrapped", 22, "Why, in a few words; there may be several reasons."), "reason"),
    (Column("In words", "wrapped", 60, "The same with figures."), "detail"),
    (Column("Next pledge", "wrapped", 26, "The further pledge for this family that is worth most."), "next"),
    freeze=2,
)  # fmt: skip

NEXT = _sheet(
    "Next pledges", "One more pledge of each type, at hand at once, by what it would change: the best first.", "next_pledges",
    (Column("Rank", "count", 7, "1 is worth most."), "rank"),
    (EQUIPMENT, "equipment"),
    (FAMILY, "family"),
    (Column("How many", "count", 10, "The fewest that bring some formation to its standard in that family. [units]"), "quantity"),
    (Column("Value [m]", "amount", 11, "Of all of them; blank = not known. [million of its currency]"), "value_m"),
    (Column("Currency", "text", 9, "Of that value."), "currency"),
    (Column("Formations more", "count", 12, "At their standard at the end. [formations]"), "brigades"),
    (Column("Periods at standard more", "count", 13, "Formations times periods at their standard. [periods]"), "brigade_periods"),
    (Column("Periods of share more", "amount", 13, "Shares of needs met, added up over all periods. [periods]"), "share_periods"),
    (Column("First at priority", "count", 11, "First priority that gains; a later one may lose by it."), "priority"),
)  # fmt: skip

STOPS = _sheet(
    "If a donor stops", "What is lost if nothing more comes of one donor, all others as they are.", "stops",
    (DONOR, "donor"),
    (Column("Things open", "count", 11, "Still to come of it. [units]"), "items_open"),
    (Column("Money open [EUR m]", "amount", 13, "Still to come of it. [million EUR]"), "value_open_eur_m"),
    (Column("Formations with it", "count", 12, "At their standard at the end. [formations]"), "formations"),
    (Column("Without it", "count", 11, "At their standard at the end without it. [formations]"), "formations_without"),
    (Column("Later", "count", 9, "Formations that reach their standard later. [formations]"), "later"),
    (Column("Periods at standard lost", "amount", 13, "Formations times periods. [periods]"), "brigade_periods_lost"),
    (Column("Periods of share lost", "amount", 13, "Shares of needs met, added up over all periods. [periods]"), "share_periods_lost"),
    (Column("Needs that miss it", "wrapped", 36, "First needs that are met worse."), "needs"),
    (Column("In words", "wrapped", 60, "The same as a sentence."), "sentence"),
)  # fmt: skip

COVER = _sheet(
    "Cover", "How many days the rounds last at the daily use of what is in trained hands.", "ammunition_by_quarter",
    (Column("Ammunition", "text", 22, "Type of ammunition."), "ammunition"),
    (Column("On", "day", 9, "Day from D-day."), "day"),
    (Column("Pieces", "amount", 10, "That fire it, in trained hands. [units]"), "users"),
    (Column("Rounds a day", "amount", 12, "What they use, by the planning figures of equipment.csv. [rounds/day]"), "rounds_per_day"),
    (Column("In stock", "amount", 12, "At the end of the day; what was there before the close of the books is not known. [rounds]"), "stock"),
    (Column("Arrived that day", "amount", 12, "[rounds]"), "arrived"),
    (Column("Lasts", "amount", 10, "Stock over use; blank = nothing uses it. [days]"), "cover_days"),
)  # fmt: skip

SPARES = _sheet(
    "Upkeep", "What upkeep the equipment in trained hands asks for, and how long promised money for parts lasts.", "spares_by_quarter",
    (Column("Family", "text", 18, "Family; blank = all together."), "family"),
    (Column("Type", "text", 20, "Type; blank = all together."), "equipment"),
    (Column("On", "day", 9, "Day from D-day."), "day"),
    (Column("Pieces", "amount", 10, "In trained hands. [units]"), "pieces"),
    (Column("Hours asked", "amount", 12, "Hours of upkeep. [h/month]"), "hours_per_month"),
    (Column("Hours there", "amount", 12, "That formations can do; blank = not given. [h/month]"), "hours_there"),
    (Column("Parts asked [EUR]", "count", 13, "Of pieces whose use of parts is known. [EUR/month]"), "parts_eur_per_month"),
    (Column("Not priced", "amount", 10, "Pieces whose use of parts is not known. [units]"), "unpriced"),
    (Column("Pledged for it [EUR m]", "amount", 13, "Pledged for maintenance, and expected by that day. [million EUR]"), "money_arrived_eur_m"),
    (Column("Left of it [EUR m]", "amount", 13, "After parts until then; of a type, its share by use. [million EUR]"), "money_left_eur_m"),
    (Column("Lasts", "count", 10, "Blank = no use of parts is known. [days]"), "cover_days"),
    freeze=2,
)  # fmt: skip

COALITIONS = _sheet(
    "Coalitions", "What each capability coalition has covered of its own target.", "coalitions",
    (Column("Coalition", "text", 16, "Key of the row in coalitions.csv."), "coalition"),
    (Column("Name", "wrapped", 36, "In reports."), "name"),
    (Column("Target", "count", 12, "Things that it means to give; blank = none published. [units]"), "target_quantity"),
    (Column("Promised", "count", 12, "By its members, in its families. [units]"), "promised"),
    (Column("Came", "count", 12, "Of that. [units]"), "delivered"),
    (Column("Promised of target", "share", 11, "Blank = there is no target."), "promised_share"),
    (Column("Came of target", "share", 11, "Blank = there is no target."), "delivered_share"),
    (Column("Target [m]", "amount", 12, "Sum that it means to give; blank = none published. [million of its currency]"), "target_value_m"),
    (Column("Currency", "text", 9, "Of the sum."), "currency"),
    (Column("Promised [m]", "amount", 12, "[million of its currency]"), "promised_value_m"),
    (Column("Promised of sum", "share", 11, "Blank = there is no target in money."), "promised_value_share"),
    (Column("Left out", "count", 9, "Pledges whose amount is not known in that unit. [pledges]"), "left_out"),
)  # fmt: skip

COMPETITION = _sheet(
    "Competition", "Where the force's own plan and the aid ask for the same thing.", "competition",
    (Column("Over what", "text", 14, "Air defence, trainers or transport."), "kind"),
    (Column("Nation", "text", 9, "ISO 3166 alpha-3; blank = all."), "nation"),
    (Column("Which", "wrapped", 30, "Unit type, line, place or link."), "what"),
    (Column("From", "day", 9, "First day."), "from_day"),
    (Column("Until", "day", 9, "Day on which it ends."), "until_day"),
    (Column("Aid asks", "amount", 11, "In its unit."), "aid"),
    (Column("Force asks", "amount", 11, "In its unit."), "force"),
    (Column("There is", "amount", 11, "In its unit; blank = not known."), "have"),
    (Column("Short", "amount", 10, "What both ask for beyond what there is."), "short"),
    (Column("Unit", "text", 12, "What is counted."), "unit"),
    (Column("In words", "wrapped", 60, "The same as a sentence."), "sentence"),
    (Column("Status", "text", 11, "sourced, derived or assumption."), "status"),
    (Column("Source", "wrapped", 30, "Where the figures come from."), "source"),
    (Column("Confidence", "text", 11, "How far they can be trusted."), "confidence"),
)  # fmt: skip

DOUBTS = _sheet(
    "Doubts", "What an auditor would ask; nothing of it is taken out of a sum by itself.", "doubts",
    (Column("Doubt", "text", 22, "Which question it is."), "doubt"),
    (Column("Row", "text", 14, "Key of a pledge or a delivery."), "first"),
    (Column("Other row", "text", 14, "Key of the other; may be blank."), "second"),
    (DONOR, "donor"),
    (Column("In words", "wrapped", 90, "What is asked."), "what"),
)  # fmt: skip

ABOUT = Page(
    "About",
    "What the words mean, how it was worked out, and what it cannot know.",
    (
        Column("Subject", "text", 20, "What is described."),
        Column("Item", "text", 26, "Its part."),
        Column("Meaning", "wrapped", 120, "What it means."),
    ),
)

SHEETS: tuple[Sheet, ...] = (
    LEDGER, MONTHS, DELAYS, EXPECTED, OPEN, FORMATIONS, GIVEN, GAPS, NEXT, STOPS, COVER, SPARES, COALITIONS, COMPETITION, DOUBTS,
)  # fmt: skip
"""Every flat sheet in order; `Summary` comes first and `About` last. A sheet whose frame is not there is left out."""

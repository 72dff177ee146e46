"""Fields of forms and addresses, as a browser sends them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from bot.domain.days import check_days


def _checked(day: dt.date | None) -> dt.date | None:
    check_days(day)
    return day


# A form sends a field that was left empty too. Near the ends of the calendar there is no day after, or before.
DateOrNone = Annotated[dt.date | None, BeforeValidator(lambda given: given or None), AfterValidator(_checked)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="From 1.")]

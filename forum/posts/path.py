"""The way of a post's status, as steps with days; pure arithmetic over what the timeline tells."""

from collections.abc import Mapping
from datetime import datetime

from forum.posts.status import Status

WAY = (Status.NEW, Status.ANSWERED, Status.IN_REVIEW, Status.PLANNED, Status.IN_PROGRESS, Status.LAUNCHED)


def steps(status: Status, reached: Mapping[Status, datetime]) -> list[tuple[Status, datetime | None, str]]:
    """The steps of a post at `status`, each with the moment it was `reached` and `done`, `now` or nothing.

    A post may pass *answered* by; *not now* ends the way where it is.
    """
    if status is Status.NOT_NOW:
        way = [one for one in (Status.NEW, Status.ANSWERED, Status.IN_REVIEW) if one in reached]
        way.append(Status.NOT_NOW)
    else:
        passed = WAY.index(status) > WAY.index(Status.ANSWERED) and Status.ANSWERED not in reached
        way = [one for one in WAY if not (passed and one is Status.ANSWERED)]
    here = way.index(status)
    return [
        (one, reached.get(one) if place <= here else None, "done" if place < here else "now" if place == here else "")
        for place, one in enumerate(way)
    ]

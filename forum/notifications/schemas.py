"""What is sent to choose which mail one gets."""

from forum.core.schemas import Action
from forum.notifications.status import DEFAULTS, How, Topic


class Choices(Action):
    """How somebody hears of each topic; the names of fields are those of topics."""

    own_comments: How = DEFAULTS[Topic.OWN_COMMENTS]
    comments: How = DEFAULTS[Topic.COMMENTS]
    answers: How = DEFAULTS[Topic.ANSWERS]
    status: How = DEFAULTS[Topic.STATUS]
    launches: How = DEFAULTS[Topic.LAUNCHES]
    arranging: How = DEFAULTS[Topic.ARRANGING]
    objections: How = DEFAULTS[Topic.OBJECTIONS]
    new_posts: How = DEFAULTS[Topic.NEW_POSTS]
    warnings: How = DEFAULTS[Topic.WARNINGS]
    pilots: How = DEFAULTS[Topic.PILOTS]

    def by_topic(self) -> dict[Topic, How]:
        """The choices by what they are about."""
        return {topic: getattr(self, topic.name.lower()) for topic in Topic}

"""Following and being told: notices on the site, mail at once or once a day, and none that was not asked for."""

"""The development server: stands before Daphne in INSTALLED_APPS, so that its `runserver` is the one found."""

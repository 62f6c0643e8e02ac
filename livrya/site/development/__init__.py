"""The development server: comes before Daphne in INSTALLED_APPS, so that its `runserver` is the one found."""

"""The app of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "reports"
    verbose_name = "报表"

    def ready(self) -> None:
        """Tell services below how often the campaign wants households visited."""
        from reports.campaign.queries import visit_every  # inline: models are not loaded when this module is
        from services.visits import interval  # inline: likewise

        interval.told_by(visit_every)

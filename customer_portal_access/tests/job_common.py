from odoo import Command

from .common import CustomerData


class JobData(CustomerData):
    """A project with stages, one task that customers see and one that they do not."""

    @classmethod
    def _create_job_data(cls):
        cls.stages = cls.env["project.task.type"].create(
            [{"name": name, "sequence": number} for number, name in enumerate(("New", "Ready"))]
        )
        cls.project.write({"type_ids": [Command.set(cls.stages.ids)]})
        cls.shown = cls._create_task("Pack the kitchen", customer_visible=True)
        cls.hidden = cls._create_task("Talk about their bill")

    @classmethod
    def _create_task(cls, name, **values):
        values = {"name": name, "project_id": cls.project.id, **values}
        values.setdefault("stage_id", cls.stages[:1].id)
        return cls.env["project.task"].create(values)

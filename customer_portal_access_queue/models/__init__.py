from . import customer_invitation_job

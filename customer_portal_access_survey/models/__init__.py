from . import survey_survey
from . import survey_user_input
from . import customer_questionnaire
from . import customer_questionnaire_answer
from . import customer_access
from . import customer_access_questionnaire
from . import crm_lead

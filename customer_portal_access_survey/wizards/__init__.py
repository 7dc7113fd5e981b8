from . import customer_questionnaire_choice

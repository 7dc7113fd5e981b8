# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal Access: questionnaires",
    "summary": "Contacts of an opportunity answer questionnaires on their own page",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Customer Portal Access contributors",
    "depends": ["customer_portal_access", "survey"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_questionnaire_rules.xml",
        "data/customer_permission.xml",
        "data/mail_template.xml",
        "wizards/customer_questionnaire_choice_views.xml",
        "views/customer_questionnaire_views.xml",
        "views/survey_survey_views.xml",
        "views/crm_lead_views.xml",
        "views/survey_templates.xml",
        "views/portal_questionnaires.xml",
    ],
    "demo": ["demo/survey_survey.xml", "demo/customer_questionnaire.xml"],
    "assets": {
        "web.assets_frontend": ["customer_portal_access_survey/static/src/scss/*"],
        "survey.survey_assets": ["customer_portal_access_survey/static/src/interactions/*"],
    },
    "auto_install": True,
}

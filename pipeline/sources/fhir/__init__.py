"""FHIR R4 QuestionnaireResponses: from resources to items to rows."""

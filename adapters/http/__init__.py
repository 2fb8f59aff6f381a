"""The web: an API for programs and pages for people, over the same application functions. In reading order:

app          the application: routes, middleware, errors
problems     every error, as problem+json
bodies       JSON bodies and headers, read strictly
contract     the public form of answers, for the OpenAPI description
schema       the OpenAPI description, completed from the registry
answers      what the API says of subjects, cases, deadlines
possible     what may be asked now, and why not
forecast     what time would bring, on a copy
api          the routes of the API
identities   who acts, and for which authority
forms        a form for any command
views        what a page shows
pages        the routes of the pages
"""

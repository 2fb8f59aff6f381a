-- What the desk keeps beside the register: decisions being signed, and the numbers given to cases.

CREATE TABLE public.drafts (
    subject_id uuid NOT NULL,
    case_ref   text NOT NULL,
    type       text NOT NULL,
    body       jsonb NOT NULL,
    signed     jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject_id, case_ref, type)
);

CREATE TABLE public.case_numbers (
    prefix text NOT NULL,
    year   integer NOT NULL,
    last   integer NOT NULL CHECK (last >= 1),
    PRIMARY KEY (prefix, year)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON public.drafts TO greffe_app;
GRANT SELECT, INSERT, UPDATE ON public.case_numbers TO greffe_app;
GRANT SELECT ON public.drafts, public.case_numbers TO greffe_audit;

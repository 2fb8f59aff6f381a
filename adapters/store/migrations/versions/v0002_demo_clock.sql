-- The clock of a demonstration: how many days it is ahead of the real one. Empty, and never read, elsewhere.

CREATE TABLE public.demo_clock (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    offset_days integer NOT NULL CHECK (offset_days >= 0),
    moved_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

REVOKE ALL ON public.demo_clock FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON public.demo_clock TO greffe_app;
GRANT SELECT ON public.demo_clock TO greffe_audit;
